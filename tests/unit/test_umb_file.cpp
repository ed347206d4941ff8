#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "io/export/umb.hpp"
#include "io/import/model_formats.hpp"
#include "io/import/umb.hpp"
#include "io/mdp/repeated_targets.hpp"
#include "io/umb/archive.hpp"
#include "io/umb/index.hpp"
#include "tests/mpi/scratch_folder.hpp"
#include "tests/unit/sample_job.hpp"
#include "tests/unit/small_mdp.hpp"

using namespace bellshard;
using io::ExplicitMdp;
using test::ScratchFolder;

namespace {

/// "init" comes first out of a UMB file, which keeps it apart.
ExplicitMdp init_first(ExplicitMdp mdp) {
  std::swap(mdp.labels[0], mdp.labels[1]);
  return mdp;
}

std::string content(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string index_with(std::string const& old, std::string const& fresh) {
  io::UmbIndex index;
  index.states = index.choices = index.branches = 1;
  index.probability = io::UmbType{};
  index.labels = {{"goal", "Goal", {"states"}, {io::UmbType::Kind::boolean, 1}}};
  auto text = io::umb_index_text(index);
  return text.replace(text.find(old), old.size(), fresh);
}

}  // namespace

TEST_CASE("a model comes back from a UMB file as it was") {
  ScratchFolder const folder;

  io::write_umb(folder / "m.umb", init_first(small_mdp()));
  io::write_umb(folder / "i.umb", init_first(small_interval_mdp()));

  CHECK(io::read_umb(folder / "m.umb") == init_first(small_mdp()));
  CHECK(io::read_umb(folder / "i.umb") == init_first(small_interval_mdp()));
}

TEST_CASE("the same model gives the same bytes, and the index stands first") {
  ScratchFolder const folder;

  io::write_umb(folder / "a.umb", small_mdp());
  io::write_umb(folder / "b.umb", small_mdp());

  CHECK(content(folder / "a.umb") == content(folder / "b.umb"));
  CHECK(io::read_archive(folder / "a.umb").contains("index.json"));
}

TEST_CASE("names that differ in letters that folders lack stay apart") {
  ScratchFolder const folder;
  auto mdp = small_mdp();
  mdp.labels = {{"A b", {1, 0, 0}}, {"a_b", {0, 1, 0}}, {"a/b", {0, 0, 1}}};

  io::write_umb(folder / "m.umb", mdp);

  CHECK(io::read_umb(folder / "m.umb").labels == mdp.labels);
}

TEST_CASE("transitions of a pair to the same state become one") {
  ExplicitMdp mdp;
  mdp.action_offset = {0, 1, 2};
  mdp.transition_offset = {0, 3, 6};
  mdp.next_state = {1, 0, 1, 0, 1, 0};
  mdp.probability = {0.25, 0.5, 0.25, 0.25, 0.25, 0.5};
  auto interval = mdp;
  interval.probability_upper = {0.75, 1, 0.5, 0.5, 1, 0.25};

  io::merge_repeated_targets(mdp);
  io::merge_repeated_targets(interval);

  CHECK(mdp.transition_offset == std::vector<std::int64_t>{0, 2, 4});
  CHECK(mdp.next_state == std::vector<std::int64_t>{1, 0, 0, 1});
  CHECK(mdp.probability == std::vector<double>{0.5, 0.5, 0.75, 0.25});
  CHECK(interval.probability_upper == std::vector<double>{1, 1, 0.75, 1});
}

TEST_CASE("an index that makes no sense is refused with its key") {
  auto const said = [](std::string const& old, std::string const& fresh) {
    return refusal([&] { io::parse_umb_index(index_with(old, fresh), "m.umb"); });
  };

  CHECK_THAT(said("{", "["), Catch::StartsWith("4 m.umb: index.json: "));
  CHECK_THAT(said("#branches", "branches"), Catch::Contains("#branches"));
  CHECK_THAT(said("\"#states\": 1", "\"#states\": \"one\""), Catch::StartsWith("4 m.umb: index.json: "));
  CHECK_THAT(said("\"double\"", "\"quad\""), Catch::Contains("\"quad\" is no type of UMB"));
  CHECK_THAT(said("\"size\": 64", "\"size\": 32"), Catch::Contains("type double has size 32 (must be 64)"));
  CHECK_THAT(said("\"size\": 1\n", "\"size\": 0\n"), Catch::Contains("must be in 1 .. 1048576"));
  CHECK_THAT(said("\"size\": 1\n", "\"size\": 92233720368547756854775800\n"), Catch::Contains("\"size\" is 9.22") && Catch::Contains("must be a whole number of 64 bits"));
  CHECK_THAT(said("\"size\": 1\n", "\"size\": 18446744073709551615\n"), Catch::Contains("\"size\" is 18446744073709551615 (must be a whole number of 64 bits)"));
  CHECK_THAT(said("\"#states\": 1", "\"#states\": 1.5"), Catch::Contains("\"#states\" is 1.5 (must be a whole number of 64 bits)"));
}

TEST_CASE("a file's format is told by the end of its name") {
  CHECK(io::format_to_read("a.b/model.umb").extension == ".umb");
  CHECK(io::format_to_write("model.v2.h5").extension == ".h5");
  CHECK_THAT(refusal([] { io::format_to_read("model.txt"); }), Catch::StartsWith("2 model.txt") && Catch::Contains(".umb"));
  CHECK_THAT(refusal([] { io::format_to_write(".h5"); }), Catch::StartsWith("2 "));
}
