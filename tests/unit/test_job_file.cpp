#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/unit/sample_job.hpp"

namespace {

/// What a job file is refused with; "." exists everywhere, so it serves as the input file.
std::string refused(std::string const& text, std::vector<std::string> overrides = {}) {
  SampleJob job;
  overrides.insert(overrides.begin(), "model.file=\".\"");
  return refusal([&] { job.apply(text, overrides); });
}

}  // namespace

TEST_CASE("values reach the fields that they are bound to") {
  SampleJob job;

  job.apply(R"(
[model]
file = "."
drift = 0                       # an integer serves as a real
target = [[1, 2], [3, 4]]
target_lat_lon = [[51.95, 4]]
weights = [1, 0.5]
labels = ["a", "b"]
[solver]
discount = 0.5
method = "jacobi"
ordered = false
patience = inf
seeds = [7]
[output]
title = "sea \"routes\""
)");

  CHECK(job.file == ".");
  CHECK(job.drift == 0);
  CHECK(job.target == std::vector<std::array<std::int64_t, 2>>{{1, 2}, {3, 4}});
  CHECK(job.target_lat_lon == std::vector<std::array<double, 2>>{{51.95, 4}});
  CHECK(job.weights == std::vector<double>{1, 0.5});
  CHECK(job.labels == std::vector<std::string>{"a", "b"});
  CHECK(job.discount == 0.5);
  CHECK(job.tolerance == 1e-6);  // not named: its default
  CHECK(job.method == SampleJob::Method::jacobi);
  CHECK_FALSE(job.ordered);
  CHECK(std::isinf(job.patience));
  CHECK(job.seeds == std::vector<std::int64_t>{7});
  CHECK(job.title == "sea \"routes\"");
}

TEST_CASE("tables may be written inline, dotted or with heads") {
  for (auto const* text : {"solver.discount = 0.25", "solver = {discount = 0.25}", "[solver]\n  discount = 0.25"}) {
    SampleJob job;
    job.apply(text, {"model.file=."});
    CHECK(job.discount == 0.25);
  }
}

TEST_CASE("a value out of range is refused with the range and the way out") {
  CHECK(refused("\n[solver]\n  discount = 1.2") ==
        "3 job.toml:3:3: solver.discount = 1.2 (must lie in (0, 1)); for an undiscounted problem set criterion = \"total_reward\"");
  CHECK(refused("[solver]\ndiscount = 1") ==
        "3 job.toml:2:1: solver.discount = 1 (must lie in (0, 1)); for an undiscounted problem set criterion = \"total_reward\"");
  CHECK(refused("[solver]\ntolerance = 0") == "3 job.toml:2:1: solver.tolerance = 0 (must be above 0)");
  CHECK(refused("[solver]\npatience = -1.5") == "3 job.toml:2:1: solver.patience = -1.5 (must be at least 0)");
  CHECK(refused("[solver]\nmax_sweeps = 0") == "3 job.toml:2:1: solver.max_sweeps = 0 (must lie in [1, 1000000000])");
  CHECK(refused("[model]\ndrift = 0.5") == "3 job.toml:2:1: model.drift = 0.5 (must lie in [0, 0.5))");
  CHECK(refused("[model]\nweights = [0, 2.0]") == "3 job.toml:2:15: model.weights[1] = 2.0 (must lie in [0, 1])");
  CHECK(refused("[model]\ntarget = [[0, 0],\n  [0, -3]]") == "3 job.toml:3:7: model.target[1][1] = -3 (must be at least 0)");
}

TEST_CASE("not a number and infinity are refused unless the key allows them") {
  CHECK(refused("[solver]\ntolerance = nan") == "3 job.toml:2:1: solver.tolerance = nan (must be a number)");
  CHECK(refused("[solver]\ntolerance = inf") == "3 job.toml:2:1: solver.tolerance = inf (must be finite)");
  CHECK(refused("[solver]\npatience = -inf") == "3 job.toml:2:1: solver.patience = -inf (must be at least 0)");
  CHECK(refused("[model]\ntarget_lat_lon = [[inf, 0]]") == "3 job.toml:2:20: model.target_lat_lon[0][0] = inf (must be finite)");
}

TEST_CASE("a wrong type says what was found and what is wanted") {
  CHECK(refused("[solver]\ntolerance = \"small\"") ==
        "3 job.toml:2:1: solver.tolerance = \"small\" is a text; wanted a real, for example 1e-06");
  CHECK(refused("[solver]\nmax_sweeps = 1e6") == "3 job.toml:2:1: solver.max_sweeps = 1000000.0 is a real; wanted an integer: write 1000000");
  CHECK(refused("[solver]\nmax_sweeps = 1.5") == "3 job.toml:2:1: solver.max_sweeps = 1.5 is a real; wanted an integer, for example 100");
  CHECK(refused("[solver]\nordered = 1") == "3 job.toml:2:1: solver.ordered = 1 is an integer; wanted true or false, for example true");
  CHECK(refused("[solver]\nmethod = true") ==
        "3 job.toml:2:1: solver.method = true is true or false; wanted a word, for example \"gauss_seidel\"");
  CHECK(refused("[output]\ntitle = 2024-01-01") == "3 job.toml:2:1: output.title = a date is a date or time; wanted a text");
  CHECK(refused("[model]\ntarget = [3, 4]") ==
        "3 job.toml:2:11: model.target[0] = 3 is no pair of two numbers; wanted a list of pairs of integers");
  CHECK(refused("[model]\nlabels = [\"a\", 1]") ==
        "3 job.toml:2:16: model.labels[1] = 1 is an integer; wanted a list of texts, for example [\"init\"]");
  CHECK(refused("[model]\nweights = 1") == "3 job.toml:2:1: model.weights = 1 is an integer; wanted a list of reals, for example [0.5, 0.25]");
}

TEST_CASE("an unknown word of a choice names the words and the nearest") {
  CHECK(refused("[solver]\nmethod = \"gaus_seidel\"") ==
        "3 job.toml:2:1: solver.method = \"gaus_seidel\" (must be one of \"jacobi\", \"gauss_seidel\"); did you mean \"gauss_seidel\"?");
  CHECK(refused("[solver]\nmethod = \"newton\"") ==
        "3 job.toml:2:1: solver.method = \"newton\" (must be one of \"jacobi\", \"gauss_seidel\")");
}

TEST_CASE("an unknown key points to the nearest one, also of another table") {
  CHECK(refused("[model]\n\ndrfit = 0.1") == "3 job.toml:3:1: model.drfit is no key of this job; did you mean model.drift?");
  CHECK(refused("[model]\ntolerance = 0.1") == "3 job.toml:2:1: model.tolerance is no key of this job; did you mean solver.tolerance?");
  CHECK(refused("[model]\nzzz = 0.1") == "3 job.toml:2:1: model.zzz is no key of this job; `bellshard describe JOB` lists all keys");
  CHECK(refused("drift = 0.1") == "3 job.toml:1:1: drift stands outside any table; did you mean model.drift?");
}

TEST_CASE("tables and keys are not mixed up") {
  CHECK(refused("[modle]\ndrift = 1\nfoo = 2") == "3 job.toml:1:2: [modle] is no table of this job; did you mean [model]?");
  CHECK(refused("[sea.salt]\na = 1") == "3 job.toml:1:2: [sea] is no table of this job; `bellshard describe JOB` lists all keys");
  CHECK(refused("model = 3") == "3 job.toml:1:1: model is a table, not a key; write [model] and its keys below it");
  CHECK(refused("[[model]]\ndrift = 0.1") == "3 job.toml:1:3: model is a table, not a key; write [model] and its keys below it");
  CHECK(refused("[model.drift]\nx = 1") == "3 job.toml:1:8: model.drift is a table; wanted a real");
}

TEST_CASE("syntax errors and repeated keys have a place") {
  CHECK_THAT(refused("[solver]\ndiscount = \n"), Catch::StartsWith("3 job.toml:2:12: this is no TOML: "));
  CHECK_THAT(refused("[solver]\ndiscount = 0.5\ndiscount = 0.6"), Catch::StartsWith("3 job.toml:3:") && Catch::Contains("discount"));
  CHECK_THAT(refused("[solver\n"), Catch::StartsWith("3 job.toml:1:8: this is no TOML: "));
  CHECK_THAT(refused("a = 99999999999999999999"), Catch::StartsWith("3 job.toml:1:"));
  CHECK_THAT(refused("a = \"\xff\""), Catch::StartsWith("3 job.toml:1:"));
}

TEST_CASE("a name of very many parts is refused before tables are made of it") {
  std::string parts;
  for (int k = 0; k < 200'000; ++k) parts += "a.";

  for (auto const& text : {"[model]\n" + parts + "a = 1", "\n[" + parts + "a]\nb = 1", "[model]\nname = {" + parts + "a = 1}"}) {
    CHECK_THAT(refused(text), Catch::Contains("job.toml:2:1: a name of 200001 parts (must have at most 32)"));
  }
  CHECK_THAT(refused("[solver]\nmethod = \"" + std::string(200, '.') + "\" # ]"), Catch::Contains("must be one of"));
}

TEST_CASE("all that is wrong is said at once, in the order of the file") {
  CHECK(refused("[solver]\ntolerance = -1\n[model]\ndrfit = 1") ==
        "3 job.toml:2:1: solver.tolerance = -1 (must be above 0)\n"
        "job.toml:4:1: model.drfit is no key of this job; did you mean model.drift?");
}

TEST_CASE("a missing required key says what to add") {
  SampleJob job;
  CHECK(refusal([&] { job.apply("[solver]\ndiscount = 0.5"); }) ==
        "3 job.toml: model.file is required (grid of free cells); add to [model] the line: file = \"land.nc\"");
  CHECK(refusal([&] { bellshard::apply({}, job.keys); }) ==
        "3 model.file is required (grid of free cells); add --set model.file=\"land.nc\", or name a job file with -c");
}

TEST_CASE("overrides replace what the file says and are checked alike") {
  SampleJob job;
  job.apply("[model]\nfile = \".\"\n[solver]\ndiscount = 7\nmethod = \"jacobi\"",
            {"solver.discount=0.25", "solver.discount = 0.75", "solver.method=gauss_seidel", "output.title=2024", "model.labels=['x']"});
  CHECK(job.discount == 0.75);
  CHECK(job.method == SampleJob::Method::gauss_seidel);
  CHECK(job.title == "2024");
  CHECK(job.labels == std::vector<std::string>{"x"});

  CHECK(refused("", {"solver.discount=1.2"}) ==
        "3 --set solver.discount: solver.discount = 1.2 (must lie in (0, 1)); for an undiscounted problem set criterion = \"total_reward\"");
  CHECK(refused("", {"solver.tolerance=tiny"}) ==
        "3 --set solver.tolerance: solver.tolerance = \"tiny\" is a text; wanted a real, for example 1e-06");
  CHECK(refused("", {"solvr.tolerance=1"}) == "3 --set solvr.tolerance: solvr.tolerance is no key of this job; did you mean solver.tolerance?");
  CHECK(refused("", {"model.labels=[1]"}) ==
        "3 --set model.labels: model.labels[0] = 1 is an integer; wanted a list of texts, for example [\"init\"]");
  CHECK_THAT(refused("", {"solver.discount"}), Catch::StartsWith("2 --set solver.discount: wants a key and a value"));
  CHECK_THAT(refused("", {"=3"}), Catch::StartsWith("2 --set =3: wants a key and a value"));
}

TEST_CASE("an input file is looked for from here and from the job file's folder") {
  auto const folder = std::filesystem::temp_directory_path() / fmt::format("bellshard_test_job_file_{}", getpid());
  std::filesystem::create_directories(folder / "data");
  SampleJob job;
  auto const apply_with = [&](std::string const& name) {
    bellshard::apply({"[model]\nfile = \"" + name + "\"", folder / "job.toml", {}}, job.keys);
  };

  apply_with("data");
  CHECK(job.file == folder / "data");
  CHECK(canonical_text(job.keys, {"model"}).find("file = \"data\"\n") != std::string::npos);  // as it was written

  auto const here = (std::filesystem::current_path() / "absent.nc").string();
  CHECK(refusal([&] { apply_with("absent.nc"); }) ==
        fmt::format("4 {0}/job.toml:2:1: model.file = \"absent.nc\" was not found: there is no {1} and no {0}/absent.nc; check the path",
                    folder.string(), here));
  CHECK_THAT(refusal([&] { apply_with("/absent.nc"); }), Catch::EndsWith("there is no /absent.nc; check the path"));
  CHECK_THAT(refusal([&] { apply_with(""); }), Catch::Contains("names no file"));
  std::filesystem::remove_all(folder);
}

TEST_CASE("given and reject serve the checks between keys") {
  SampleJob job;
  job.apply("[model]\nfile = \".\"\ndrift = 0.1\ntarget = [[0, 1]]");

  CHECK(job.keys.given("model.target"));
  CHECK_FALSE(job.keys.given("model.target_lat_lon"));
  CHECK_FALSE(job.keys.given("model.drift"));  // repeats its default
  CHECK(refusal([&] { job.keys.reject("model.target", "model.target and model.target_lat_lon exclude each other"); }) ==
        "3 job.toml:4:1: model.target and model.target_lat_lon exclude each other");
  CHECK(refusal([&] { job.keys.reject("solver.seeds", "solver.seeds is needed"); }) == "3 solver.seeds: solver.seeds is needed");
  CHECK_THAT(refusal([&] { (void)job.keys.given("model.absent"); }), Catch::StartsWith("1 "));
}
