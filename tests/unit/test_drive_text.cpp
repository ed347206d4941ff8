#include <catch2/catch.hpp>

#include "src/drive/restore.hpp"

using namespace bellshard;

TEST_CASE("the first difference of two job texts is shown with its table") {
  CHECK(first_difference("[a]\nx = 1\n[b]\ny = 2\n", "[a]\nx = 1\n[b]\ny = 3\n") == "[b] y = 2 there, y = 3 here");
  CHECK(first_difference("[a]\nx = 1\n", "[a]\nx = 1\ny = 2\n") == "[a] nothing there, y = 2 here");
  CHECK(first_difference("same\n", "same\n") == "no line differs");
}

TEST_CASE("the summary says how a run ended") {
  DriveResult result;
  result.sweeps = 120;
  result.residual = 9.5e-7;
  result.seconds = 12.3;
  result.life_seconds = 12.3;
  result.updates = 12.3e6;
  result.trace = {{"residual", "h", "", {}}};

  CHECK(summary_line(result, "a/b.h5") == "done: 120 sweeps, residual 9.5e-07 h, 12.3 s, 1.00 M updates/s, a/b.h5");
  result.outcome = Outcome::stopped;
  result.reason = "SIGTERM";
  result.restart_count = 1;
  CHECK(summary_line(result, "b.h5").starts_with("stopped by SIGTERM, run again to go on: 120 sweeps"));
  CHECK(summary_line(result, "b.h5").find("1 restart,") != std::string::npos);
}
