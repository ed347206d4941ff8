#include <catch2/catch.hpp>

#include <map>
#include <memory>

#include "tests/unit/sample_job.hpp"

namespace {

/// A job whose file names tables of its own: [boats.NAME].
struct HarbourJob {
  struct Boat {
    double speed = 5;
    std::int64_t crew = 2;
  };
  double depth = 10;
  std::map<std::string, std::unique_ptr<Boat>> boats;
  bellshard::Keys keys;

  HarbourJob() {
    keys.table("harbour", "where they lie");
    keys.real("harbour.depth", depth, "at low water").range(0, 100);
    keys.family("boats", "any number of them", [this](std::string const& name) {
      auto& boat = *boats.emplace(name, std::make_unique<Boat>()).first->second;
      keys.real("boats." + name + ".speed", boat.speed, "through the water").range(0, 50);
      keys.integer("boats." + name + ".crew", boat.crew, "people on board");
    });
  }

  void apply(std::string const& text, std::vector<std::string> overrides = {}) {
    bellshard::apply({text, "job.toml", std::move(overrides)}, keys);
  }
};

std::string refused(std::string const& text) {
  HarbourJob job;
  return refusal([&] { job.apply(text); });
}

}  // namespace

TEST_CASE("Tables that the job file names have the keys of their family") {
  HarbourJob job;

  job.apply("[boats.anna]\nspeed = 7.5\n[harbour]\ndepth = 4\n[boats.bert]\n", {"boats.anna.crew=3", "boats.carl.speed=1"});

  REQUIRE(job.boats.size() == 3);
  CHECK(job.boats["anna"]->speed == 7.5);
  CHECK(job.boats["anna"]->crew == 3);
  CHECK(job.boats["bert"]->speed == 5);
  CHECK(job.boats["carl"]->speed == 1);
  CHECK(job.depth == 4);
}

TEST_CASE("A canonical job file holds the tables that the job file named, and means the same") {
  HarbourJob job, again;

  job.apply("[boats.anna]\nspeed = 7.5\n");
  auto const canonical = bellshard::canonical_text(job.keys);
  again.apply(canonical);

  CHECK(canonical.find("[boats.anna]\nspeed = 7.5\ncrew = 2\n") != std::string::npos);
  CHECK(bellshard::canonical_text(again.keys) == canonical);
}

TEST_CASE("A family is described once, whatever its tables will be called") {
  HarbourJob job;

  CHECK(bellshard::describe_text(job.keys).find("[boats.NAME]  any number of them\n") != std::string::npos);
  CHECK(bellshard::init_text(job.keys, "harbour").find("# [boats.NAME]  # any number of them\n") != std::string::npos);
}

TEST_CASE("What is wrong in a named table is refused with its place") {
  CHECK(refused("[boats.anna]\nspede = 1\n").find("job.toml:2:1: boats.anna.spede is no key of this job; did you mean boats.anna.speed?") != std::string::npos);
  CHECK(refused("[boats.anna]\nspeed = 51\n").find("job.toml:2:") != std::string::npos);
  CHECK(refused("[boat.anna]\nspeed = 5\n").find("did you mean [boats]?") != std::string::npos);
  CHECK(refused("[boats]\n").find("[boats] wants a name: write [boats.NAME]") != std::string::npos);
  CHECK(refused("[boats]\nspeed = 5\n").find("wants a name") != std::string::npos);
  CHECK(refused("[boats.\"a b\"]\nspeed = 5\n").find("[boats.a b] wants a name") != std::string::npos);
  CHECK(refused("[boats.anna.sails]\narea = 5\n").find("[boats.anna.sails] is no table of this job") != std::string::npos);
}
