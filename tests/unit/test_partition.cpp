#include <catch2/catch.hpp>
#include <vector>

#include "src/dist/partition.hpp"

using bellshard::Block;
using bellshard::Partition;

namespace {

/// The blocks follow each other without a gap, and each item's owner is the part whose block holds it.
void check_covers(Partition const& axis, std::int64_t n, int parts) {
  REQUIRE(axis.parts() == parts);
  CHECK(axis.size() == n);
  std::int64_t next = 0;
  for (int part = 0; part < parts; ++part) {
    CHECK(axis.block(part).begin == next);
    CHECK(axis.block(part).end >= next);
    next = axis.block(part).end;
    for (auto i = axis.block(part).begin; i < next; ++i) CHECK(axis.owner(i) == part);
  }
  CHECK(next == n);
}

std::vector<Block> blocks(Partition const& axis) {
  std::vector<Block> list;
  for (int part = 0; part < axis.parts(); ++part) list.push_back(axis.block(part));
  return list;
}

}  // namespace

TEST_CASE("equal blocks differ by one item at most, the longer ones first") {
  CHECK(blocks(Partition::equal(7, 3)) == std::vector<Block>{{0, 3}, {3, 5}, {5, 7}});
  check_covers(Partition::equal(7, 3), 7, 3);
  check_covers(Partition::equal(1000, 7), 1000, 7);
}

TEST_CASE("more parts than items leave empty blocks") {
  CHECK(blocks(Partition::equal(2, 4)) == std::vector<Block>{{0, 1}, {1, 2}, {2, 2}, {2, 2}});
  check_covers(Partition::equal(2, 4), 2, 4);
  check_covers(Partition::equal(0, 3), 0, 3);
}

TEST_CASE("equal blocks of a huge axis do not overflow") {
  std::int64_t const n = (std::int64_t{1} << 62) + 5;

  auto const axis = Partition::equal(n, 3);

  CHECK(axis.block(2).end == n);
  CHECK(axis.owner(n - 1) == 2);
  CHECK(axis.owner(axis.block(1).begin) == 1);
}

TEST_CASE("weighted blocks carry about the same work") {
  // weight   1 1 1 1 | 4 | 2 2        of 12, so 4 each
  std::vector<std::int64_t> const weight{1, 1, 1, 1, 4, 2, 2};

  auto const axis = Partition::weighted(weight, 3);

  CHECK(blocks(axis) == std::vector<Block>{{0, 4}, {4, 5}, {5, 7}});
  check_covers(axis, 7, 3);
}

TEST_CASE("a heavy item at either end stays alone") {
  CHECK(blocks(Partition::weighted(std::vector<std::int64_t>{1, 1, 1, 10}, 2)) == std::vector<Block>{{0, 3}, {3, 4}});
  CHECK(blocks(Partition::weighted(std::vector<std::int64_t>{10, 1, 1, 1}, 2)) == std::vector<Block>{{0, 1}, {1, 4}});
}

TEST_CASE("an item heavier than a share leaves its neighbours' parts empty") {
  auto const axis = Partition::weighted(std::vector<std::int64_t>{100, 1}, 4);

  check_covers(axis, 2, 4);
  CHECK(axis.block(0) == Block{0, 0});
  CHECK(axis.block(2).empty());
}

TEST_CASE("items of no weight are owned all the same") {
  std::vector<std::int64_t> const weight{0, 0, 3, 0, 0, 3, 0};
  check_covers(Partition::weighted(weight, 2), 7, 2);
  CHECK(blocks(Partition::weighted(weight, 2))[0].contains(2));
  CHECK_FALSE(blocks(Partition::weighted(weight, 2))[0].contains(5));

  SECTION("where no item has weight the parts are equal") {
    std::vector<std::int64_t> const none(5, 0);
    CHECK(blocks(Partition::weighted(none, 2)) == blocks(Partition::equal(5, 2)));
  }
}

TEST_CASE("weights near the end of int64 do not overflow") {
  std::vector<std::int64_t> const weight(4, std::int64_t{1} << 60);
  CHECK(blocks(Partition::weighted(weight, 4)) == std::vector<Block>{{0, 1}, {1, 2}, {2, 3}, {3, 4}});
}

TEST_CASE("blocks of given sizes, empty ones among them") {
  auto const axis = Partition::of_sizes(std::vector<std::int64_t>{0, 3, 0, 0, 2, 0});
  check_covers(axis, 5, 6);
  CHECK(axis.owner(2) == 1);
  CHECK(axis.owner(3) == 4);
}
