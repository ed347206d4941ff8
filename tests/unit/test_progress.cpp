#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "src/runtime/human.hpp"
#include "src/runtime/progress.hpp"

using namespace bellshard;

namespace {

struct Lines {
  std::vector<std::string> said;
  Progress::Sink sink() {
    return [this](std::string const& text) { said.push_back(text); };
  }
};

bool contains(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a log gets a line at the start and at 1, 2, 5, 10, 20 ... 90 percent of the sweeps") {
  Lines lines;
  Progress progress(Progress::Style::lines, {.max_sweeps = 1000}, {.seconds = 5}, lines.sink());
  REQUIRE(lines.said.size() == 1);

  std::vector<std::int64_t> at;
  for (std::int64_t sweep = 1; sweep <= 1000; ++sweep) {
    auto const before = lines.said.size();
    progress.show({.sweep = sweep, .seconds = 5 + 0.001 * static_cast<double>(sweep)});
    if (lines.said.size() > before) at.push_back(sweep);
  }

  CHECK(at == std::vector<std::int64_t>{10, 20, 50, 100, 200, 300, 400, 500, 600, 700, 800, 900});
}

TEST_CASE("a sweep that passes several marks says one line") {
  Lines lines;
  Progress progress(Progress::Style::lines, {.max_sweeps = 10}, {}, lines.sink());

  progress.show({.sweep = 3, .seconds = 1});
  progress.show({.sweep = 3, .seconds = 2});

  CHECK(lines.said.size() == 2);
}

TEST_CASE("a log gets a line each 60 s where nothing else is to say") {
  Lines lines;
  Progress progress(Progress::Style::lines, {.max_sweeps = 1'000'000}, {}, lines.sink());

  for (int sweep = 1; sweep <= 18; ++sweep) progress.show({.sweep = sweep, .seconds = 10.0 * sweep});

  CHECK(lines.said.size() == 1 + 3);
}

TEST_CASE("a terminal's line is rewritten at most 5 times a second") {
  Lines lines;
  Progress progress(Progress::Style::rewritten, {.max_sweeps = 100}, {}, lines.sink());

  for (int sweep = 1; sweep <= 100; ++sweep) progress.show({.sweep = sweep, .seconds = sweep / 64.0});

  CHECK(lines.said.size() == 7);
}

TEST_CASE("the residual's way to its goal counts on a log scale") {
  // 1 -> 0.1 is a quarter of the way to 1e-4: 10 s spent, 30 s left; 10 sweeps of 2 M updates in 10 s.
  Lines lines;
  Progress progress(Progress::Style::lines, {.residual = 1e-4, .unit = "h", .max_sweeps = 1'000'000}, {}, lines.sink());

  progress.show({.sweep = 1, .residual = 1, .updates = 2e6, .seconds = 0});
  progress.show({.sweep = 10, .residual = 0.1, .updates = 20e6, .seconds = 10});

  REQUIRE(lines.said.size() == 2);
  CHECK(lines.said[1] == "sweep 10, residual 0.1 h (goal 0.0001), 2.00 M updates/s, 25 %, 10.0 s spent, about 30.0 s left");
}

TEST_CASE("a residual that rises, or is infinite at first, does not turn the share back") {
  Lines lines;
  Progress progress(Progress::Style::rewritten, {.residual = 1e-2, .max_sweeps = 1'000'000}, {}, lines.sink());

  progress.show({.sweep = 1, .residual = INFINITY, .seconds = 1});
  progress.show({.sweep = 2, .residual = 1, .seconds = 2});
  progress.show({.sweep = 3, .residual = 0.1, .seconds = 3});
  progress.show({.sweep = 4, .residual = 0.5, .seconds = 4});

  REQUIRE(lines.said.size() == 4);
  CHECK_FALSE(contains(lines.said[0], "inf"));
  CHECK(contains(lines.said[2], "50 %"));
  CHECK(contains(lines.said[3], "50 %"));
}

TEST_CASE("after a restart the time left counts from the sweeps of this life") {
  Lines lines;
  Progress progress(Progress::Style::rewritten, {.max_sweeps = 100}, {.sweep = 80, .seconds = 1000}, lines.sink());

  progress.show({.sweep = 90, .seconds = 1010});

  CHECK(contains(lines.said.at(0), "about 10.0 s left"));
}

TEST_CASE("numbers for people") {
  CHECK(human_count(7) == "7");
  CHECK(human_count(0) == "0");
  CHECK(human_count(1200) == "1.20 k");
  CHECK(human_count(81.94e6) == "81.9 M");
  CHECK(human_count(999'700) == "1.00 M");
  CHECK(human_bytes(512) == "512 B");
  CHECK(human_bytes(1.5 * 1024 * 1024 * 1024) == "1.50 GiB");
  CHECK(human_seconds(0.312) == "0.31 s");
  CHECK(human_seconds(12.34) == "12.3 s");
  CHECK(human_seconds(245) == "4 min 05 s");
  CHECK(human_seconds(2 * 3600 + 13 * 60) == "2 h 13 min");
  CHECK(human_seconds(3 * 86400 + 4 * 3600) == "3 d 04 h");
  CHECK(human_seconds(INFINITY) == "unknown");
}
