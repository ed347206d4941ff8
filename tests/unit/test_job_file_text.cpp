#include <unistd.h>

#include <catch2/catch.hpp>
#include <limits>

#include "tests/unit/sample_job.hpp"

TEST_CASE("the canonical text names every key that has a value") {
  SampleJob job;
  job.apply("[solver]\nmethod = \"jacobi\"\n[model]\nfile = \".\"\ndrift = 0");

  CHECK(canonical_text(job.keys) ==
        "[model]\nfile = \".\"\ndrift = 0.0\nweights = [0.5, 0.25]\nlabels = [\"init\"]\n\n"
        "[solver]\ndiscount = 0.9\ntolerance = 1e-06\nmax_sweeps = 100\nmethod = \"jacobi\"\nordered = true\npatience = 60.0\n");
  CHECK(canonical_text(job.keys, {"model"}) == "[model]\nfile = \".\"\ndrift = 0.0\nweights = [0.5, 0.25]\nlabels = [\"init\"]\n");
}

TEST_CASE("the canonical text reads back to the same values, to the last bit") {
  SampleJob job, again;
  job.apply(R"(
[model]
file = "."
drift = 0.30000000000000004
target = [[9007199254740993, 0]]
weights = [1e-300, 4.9e-324, 0.1]
labels = ["tab\there", "quote\"", "line\nend", "\u0007", "größer"]
[solver]
patience = inf
[output]
title = "C:\\sea"
)");

  auto const text = canonical_text(job.keys);
  again.apply(text);

  CHECK(canonical_text(again.keys) == text);
  CHECK(again.drift == job.drift);
  CHECK(again.target == job.target);
  CHECK(again.weights == job.weights);
  CHECK(again.labels == job.labels);
  CHECK(again.patience == std::numeric_limits<double>::infinity());
  CHECK(again.title == "C:\\sea");
  // What was given stays so, and a default that is spelt out counts as not given.
  for (auto const& key : job.keys.all()) CHECK(again.keys.given(key->path) == key->given);
}

TEST_CASE("applying another file starts from the defaults again") {
  SampleJob job;
  job.apply("[model]\nfile = \".\"\ndrift = 0.2");
  job.apply("[model]\nfile = \".\"");
  CHECK(job.drift == 0.1);
  CHECK_FALSE(job.keys.given("model.drift"));
}

TEST_CASE("describe has every key with type, range, default and unit in columns") {
  SampleJob job;
  auto const text = describe_text(job.keys);

  for (auto const& key : job.keys.all()) {
    CHECK(text.find(key->path.substr(key->path.rfind('.') + 1)) != std::string::npos);
    CHECK(text.find(key->help) != std::string::npos);
  }
  CHECK(text.find("[solver]  how it is solved\n") != std::string::npos);
  CHECK_THAT(text, Catch::Matches("[^]*max_sweeps +integer +\\[1, 1000000000\\] +100 +count +limit of sweeps\n[^]*"));
  CHECK_THAT(text, Catch::Matches("[^]*file +file +required +grid of free cells\n[^]*"));
  CHECK_THAT(text, Catch::Matches("[^]*method +\"jacobi\" \\| \"gauss_seidel\" +\"gauss_seidel\" +kind of sweep\n[^]*"));
  CHECK_THAT(text, Catch::Matches("[^]*tolerance +real +> 0 +1e-06 +1 +largest gap\n[^]*"));
}

TEST_CASE("init gives a job file that parses to the defaults") {
  auto const folder = std::filesystem::temp_directory_path() / fmt::format("bellshard_test_init_{}", getpid());
  std::filesystem::create_directories(folder / "land.nc");
  SampleJob job;
  auto const text = init_text(job.keys, "sample");

  bellshard::apply({text, folder / "job.toml", {}}, job.keys);

  CHECK(job.file == folder / "land.nc");
  CHECK(job.method == SampleJob::Method::gauss_seidel);
  CHECK_FALSE(job.keys.given("solver.tolerance"));
  CHECK(text.find("bellshard run sample -c job.toml") != std::string::npos);
  CHECK(text.find("# target =\n") != std::string::npos);  // optional without a default: commented out
  CHECK(text.find("# limit of sweeps (integer in [1, 1000000000], unit count)\nmax_sweeps = 100\n") != std::string::npos);
  std::filesystem::remove_all(folder);
}
