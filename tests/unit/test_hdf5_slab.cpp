#include <catch2/catch.hpp>

#include "io/hdf5/read_mode.hpp"
#include "io/hdf5/slab.hpp"

using namespace bellshard;
using io::cut;

namespace {

/// How often each element of the block is covered, and whether offsets follow the row-major order.
bool covers_once(std::vector<std::int64_t> const& shape, Block own, std::int64_t limit) {
  std::int64_t next = 0;
  for (auto const& slab : cut(shape, own, limit)) {
    std::int64_t elements = 1, first = 0;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      first = first * shape[d] + static_cast<std::int64_t>(slab.start[d]) - (d == 0 ? own.begin : 0);
      elements *= static_cast<std::int64_t>(slab.count[d]);
    }
    if (slab.offset != next || first != next || elements > std::max<std::int64_t>(limit, 1)) return false;
    next += elements;
  }
  std::int64_t wanted = own.size();
  for (std::size_t d = 1; d < shape.size(); ++d) wanted *= shape[d];
  return next == wanted;
}

}  // namespace

TEST_CASE("slabs cover a block once, in order, none above the limit") {
  auto const limit = GENERATE(1, 2, 3, 5, 6, 7, 12, 30, 1000);
  CHECK(covers_once({17}, {3, 14}, limit));
  CHECK(covers_once({5, 6}, {1, 5}, limit));
  CHECK(covers_once({4, 3, 5}, {0, 4}, limit));
  CHECK(covers_once({3, 2, 3, 2}, {1, 3}, limit));
  CHECK(covers_once({5, 6}, {2, 2}, limit));
}

TEST_CASE("an empty axis gives no slab and a scalar gives one") {
  CHECK(cut({4, 0}, {0, 4}, 10).empty());
  CHECK(cut({}, {0, 1}, 10).size() == 1);
  CHECK(cut({}, {0, 0}, 10).empty());
}

TEST_CASE("collective reads are trusted unless this Open MPI corrupts them") {
  using io::collective_reads_trusted;
  CHECK_FALSE(collective_reads_trusted("Open MPI v4.1.4, package: Debian OpenMPI", nullptr));
  CHECK_FALSE(collective_reads_trusted("Open MPI v4.1.0", "1"));
  CHECK(collective_reads_trusted("Open MPI v4.1.4, package: Debian OpenMPI", "0"));
  CHECK(collective_reads_trusted("Open MPI v4.1.5", nullptr));
  CHECK(collective_reads_trusted("Open MPI v4.1.10", nullptr));
  CHECK(collective_reads_trusted("Open MPI v5.0.3", nullptr));
  CHECK(collective_reads_trusted("MPICH Version: 4.0.2", nullptr));
}
