#include <catch2/catch.hpp>

#include "src/app/duration.hpp"

using bellshard::parse_duration;

TEST_CASE("durations are read as people and Slurm write them") {
  CHECK(parse_duration("90") == 90);
  CHECK(parse_duration("0") == 0);
  CHECK(parse_duration("0.5") == 0.5);
  CHECK(parse_duration("90s") == 90);
  CHECK(parse_duration("10min") == 600);
  CHECK(parse_duration("1.5h") == 5400);
  CHECK(parse_duration("2d") == 172800);
  CHECK(parse_duration("1h30min") == 5400);
  CHECK(parse_duration("90:00") == 5400);
  CHECK(parse_duration("01:30:00") == 5400);
  CHECK(parse_duration("1-12:00:30") == 129630);
}

TEST_CASE("other words are no durations") {
  for (auto const* text : {"", "h", "10 min", "10m", "10minutes", "-5", "-0", "1e3", "inf", "nan", "1:2:3:4", "1:", ":1", "1-2:3", "1h30", "10min later"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}
