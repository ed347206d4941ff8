#include <catch2/catch.hpp>

#include "tests/unit/sample_job.hpp"

namespace {

/// A job with three kinds of model: they share paths, with other types, defaults and help.
struct ModelJob {
  enum class Kind { ring, garnet, file };
  Kind kind = Kind::ring;
  double discount = 0.9;
  std::int64_t ring_states = 50;
  double drift = 0.1;
  std::int64_t garnet_states = 1000;
  std::int64_t branching = 5;
  std::string file_states;
  std::filesystem::path file;
  bellshard::Keys keys;

  ModelJob() {
    keys.table("model", "what is solved");
    keys.choice<Kind>("model.kind", kind, {{"ring", Kind::ring}, {"garnet", Kind::garnet}, {"file", Kind::file}}, "kind of model");
    keys.variant("model.kind", "ring", "a walk", [&] {
      keys.integer("model.states", ring_states, "places on the ring").range(3, 1e9);
      keys.real("model.drift", drift, "probability of sliding").range(0, 1);
    });
    keys.variant("model.kind", "garnet", "random", [&] {
      keys.integer("model.states", garnet_states, "number of states").range(1, 1e12);
      keys.integer("model.branching", branching, "successors of a pair").range(1, 1e6);
    });
    keys.variant("model.kind", "file", "", [&] {
      keys.file("model.file", file, "the model").required().example("\".\"");
      keys.text("model.states", file_states, "which states");
    });
    keys.table("criterion", "what is best");
    keys.real("criterion.discount", discount, "factor of the next step").range(0, 1);
  }

  void apply(std::string const& text, std::vector<std::string> overrides = {}) {
    bellshard::apply({text, "job.toml", std::move(overrides)}, keys);
  }
};

std::string refused(std::string const& text, std::vector<std::string> overrides = {}) {
  ModelJob job;
  return refusal([&] { job.apply(text, overrides); });
}

}  // namespace

TEST_CASE("keys reach the fields of the chosen variant alone") {
  ModelJob job;

  job.apply("[model]\nstates = 7\nbranching = 2\nkind = \"garnet\"  # the choice may stand behind the keys");

  CHECK(job.kind == ModelJob::Kind::garnet);
  CHECK(job.garnet_states == 7);
  CHECK(job.branching == 2);
  CHECK(job.ring_states == 50);
  CHECK(job.keys.given("model.states"));
  CHECK_FALSE(job.keys.given("model.drift"));  // of another kind
}

TEST_CASE("the default of the choice holds where nobody chooses") {
  ModelJob job;

  job.apply("[model]\nstates = 7");

  CHECK(job.ring_states == 7);
  CHECK(job.garnet_states == 1000);
}

TEST_CASE("the choice of the command line decides over the file's") {
  ModelJob job;

  job.apply("[model]\nkind = \"ring\"\nstates = 7", {"model.branching=3", "model.kind=garnet"});

  CHECK(job.garnet_states == 7);
  CHECK(job.branching == 3);
}

TEST_CASE("one path may have another type in each variant") {
  ModelJob job;

  job.apply("model = {kind = \"file\", file = \".\", states = \"even\"}");

  CHECK(job.file_states == "even");
  CHECK(refused("model = {kind = \"file\", file = \".\", states = 7}") ==
        "3 job.toml:1:37: model.states = 7 is an integer; wanted a text");
}

TEST_CASE("a key of another variant is refused with its owner") {
  CHECK(refused("[model]\nkind = \"garnet\"\ndrift = 0.2") ==
        "3 job.toml:3:1: model.drift has no use with model.kind = \"garnet\"; it belongs to kind \"ring\"");
  CHECK(refused("[model]\nbranching = 2") ==
        "3 job.toml:2:1: model.branching has no use with model.kind = \"ring\"; it belongs to kind \"garnet\"");
  CHECK(refused("[model]\nkind = \"garnet\"\nbranchng = 2") ==
        "3 job.toml:3:1: model.branchng is no key of this job; did you mean model.branching?");
}

TEST_CASE("an unknown word of the choice is all that is said") {
  CHECK(refused("[model]\nkind = \"garnt\"\nbranching = 0\nnonsense = 1") ==
        "3 job.toml:2:1: model.kind = \"garnt\" (must be one of \"ring\", \"garnet\", \"file\"); did you mean \"garnet\"?");
}

TEST_CASE("what a variant requires is missed only where it is chosen") {
  CHECK(refused("") == "no error");
  CHECK(refused("[model]\nkind = \"file\"") == "3 job.toml: model.file is required (the model); add to [model] the line: file = \".\"");
}

TEST_CASE("ranges are those of the chosen variant") {
  CHECK(refused("[model]\nstates = 1") == "3 job.toml:2:1: model.states = 1 (must lie in [3, 1000000000])");
  CHECK(refused("[model]\nkind = \"garnet\"\nstates = 1") == "no error");
}

TEST_CASE("the canonical text has the keys in force and reads back") {
  ModelJob job, again;
  job.apply("[model]\nkind = \"garnet\"\nstates = 7");

  auto const text = canonical_text(job.keys);
  again.apply(text);

  CHECK(text == "[model]\nkind = \"garnet\"\nstates = 7\nbranching = 5\n\n[criterion]\ndiscount = 0.9\n");
  CHECK(canonical_text(again.keys) == text);
}

TEST_CASE("describe has the keys of every variant below its name") {
  ModelJob job;

  auto const text = describe_text(job.keys);

  CHECK_THAT(text, Catch::Matches("[^]*  with model.kind = \"ring\": a walk\n +states [^]*places on the ring\n +drift [^]*"
                                  "  with model.kind = \"garnet\": random\n +states [^]*number of states\n +branching [^]*"
                                  "  with model.kind = \"file\"\n +file [^]*\\[criterion\\][^]*"));
  CHECK(text.find("with", text.find("[criterion]")) == std::string::npos);
}

TEST_CASE("init prints the keys of the default variant and the names of the others") {
  ModelJob job;

  auto const text = init_text(job.keys, "sample");

  CHECK(refused(text) == "no error");
  CHECK(text.find("states = 50\n") != std::string::npos);
  CHECK(text.find("branching") == std::string::npos);
  CHECK(text.find("kind = \"ring\"\n# each with keys of its own, see `bellshard describe sample`: garnet, file\n") != std::string::npos);
}

TEST_CASE("variants need a choice that has their word, and exclude only each other") {
  ModelJob job;

  CHECK_THAT(refusal([&] { job.keys.variant("model.kind", "rng", "", [] {}); }), Catch::StartsWith("1 model.kind = \"rng\""));
  CHECK_THAT(refusal([&] { job.keys.variant("model.kind", "ring", "", [&] { job.keys.real("model.drift", job.drift, ""); }); }),
             Catch::StartsWith("1 the job declares the key model.drift twice"));
}

TEST_CASE("a table of another variant's keys alone is not in the job file that is printed", "[config]") {
  ModelJob job;
  double weight = 1;
  job.keys.variant("model.kind", "garnet", "random", [&] {
    job.keys.table("draws", "how it is drawn");
    job.keys.real("draws.weight", weight, "of a draw");
  });

  auto const text = bellshard::init_text(job.keys, "sample");

  CHECK(text.find("[draws]") == std::string::npos);
  CHECK_NOTHROW(bellshard::apply({text, "job.toml", {}}, job.keys));
}
