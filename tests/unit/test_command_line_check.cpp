#include <catch2/catch.hpp>

#include "src/app/commands.hpp"

using namespace bellshard;

namespace {
constexpr double mebi = 1024.0 * 1024.0;
}

TEST_CASE("the estimate is a table in human units with its total and a verdict") {
  Estimate const estimate{{{"states", "4 267 343"}}, {{"values, two stages", 64 * mebi}, {"mask", 1536}}, {}};

  CHECK(estimate_text(estimate, 3, {2, 1024 * mebi}) ==
        "  states                     4 267 343\n"
        "\n"
        "memory of each of 3 ranks\n"
        "  values, two stages          64.0 MiB\n"
        "  mask                         1.5 KiB\n"
        "  total of the fullest rank   64.0 MiB\n"
        "\n"
        "2 ranks on a node need 128.0 MiB of its 1.0 GiB: fits\n");
}

TEST_CASE("all ranks of a node share its memory") {
  Estimate const estimate{{}, {{"values", 600 * mebi}}, {}};
  CHECK(fits(estimate, {1, 1024 * mebi}));
  CHECK_FALSE(fits(estimate, {2, 1024 * mebi}));
  CHECK(estimate_text(estimate, 2, {2, 1024 * mebi}).find("does not fit; use more nodes") != std::string::npos);
}
