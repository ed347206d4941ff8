#include <catch2/catch.hpp>

#include "src/base/block.hpp"

using bellshard::Block;

TEST_CASE("intersect gives the common part of two blocks") {
  CHECK(intersect(Block{0, 5}, Block{3, 9}) == Block{3, 5});
  CHECK(intersect(Block{0, 5}, Block{5, 9}).empty());
  CHECK(intersect(Block{7, 9}, Block{0, 3}).empty());
  CHECK(intersect(Block{0, 9}, Block{2, 2}).empty());
}
