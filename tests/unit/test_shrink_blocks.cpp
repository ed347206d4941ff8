#include <catch2/catch.hpp>
#include <cmath>

#include "jobs/depth_shrink/blocks.hpp"

using namespace bellshard::depth_shrink;

TEST_CASE("masks are counted as combinations: 12 of 31 blocks (Fu et al. 2024)") {
  Blocks blocks{{}, std::vector<std::size_t>(31), 11};
  auto const fewer = blocks.masks();

  blocks.most = 12;

  CHECK(std::llround(blocks.masks() - fewer) == 141'120'525);
  blocks.most = 31;
  CHECK(std::llround(blocks.masks()) == 2'147'483'647);
}
