#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "src/dist/reduce.hpp"
#include "src/dist/window_exchange.hpp"

using namespace bellshard;

namespace {

int rank_of_this() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

int all_ranks() {
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  return ranks;
}

/// Blocks of 7, 1, 0 and 5 items for ranks 0 to 3: margins wider than 1 reach across the short and the empty one.
Partition uneven_axis() {
  std::vector<std::int64_t> sizes{7, 1, 0, 5};
  sizes.resize(static_cast<std::size_t>(all_ranks()), 2);
  return Partition::of_sizes(sizes);
}

/// What element e of item i of the axis holds in a given sweep: differs between neighbours, sweeps and elements.
template <class T>
T formula(std::int64_t item, std::int64_t element, int sweep) {
  return static_cast<T>(1 + (item * 7 + element * 3 + sweep * 11) % 97);
}

template <class T>
constexpr T sentinel = static_cast<T>(200);

/// Three exchanges in a row; after each, every element of the local storage is what the formula says of its global place.
template <class T>
void check_exchange(Partition const& axis, std::int64_t low, std::int64_t high, std::int64_t width, TransferOptions options = {}) {
  auto const own = axis.block(rank_of_this());
  Kokkos::View<T*> local("local", (low + own.size() + high) * width);
  WindowExchange exchange(MPI_COMM_WORLD, axis, low, high, width, options);

  for (int sweep = 0; sweep < 3; ++sweep) {
    auto host = Kokkos::create_mirror_view(local);
    for (std::size_t k = 0; k < host.size(); ++k) host(k) = sentinel<T>;
    for (auto i = own.begin; i < own.end; ++i) {
      for (std::int64_t e = 0; e < width; ++e) host((i - own.begin + low) * width + e) = formula<T>(i, e, sweep);
    }
    Kokkos::deep_copy(local, host);

    exchange.start(local);
    exchange.finish(local);

    Kokkos::deep_copy(host, local);
    for (auto i = own.begin - low; i < own.end + high; ++i) {
      for (std::int64_t e = 0; e < width; ++e) {
        bool const filled = !own.empty() && 0 <= i && i < axis.size();
        INFO("sweep " << sweep << ", item " << i << ", element " << e);
        CHECK(host((i - own.begin + low) * width + e) == (filled ? formula<T>(i, e, sweep) : sentinel<T>));
      }
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("margins hold what their owners hold", "", std::uint8_t, std::int32_t, float, double) {
  auto const axis = Partition::equal(10, all_ranks());
  check_exchange<TestType>(axis, 1, 1, 1);
  check_exchange<TestType>(axis, 2, 1, 5);
}

TEST_CASE("margins wider than a neighbour's block reach the ranks behind it, across an empty one") {
  auto const axis = uneven_axis();
  check_exchange<double>(axis, 4, 4, 1);
  check_exchange<std::uint8_t>(axis, 3, 6, 2);
  check_exchange<double>(axis, 20, 20, 3);
}

TEST_CASE("a margin on one side only") {
  auto const axis = uneven_axis();
  check_exchange<float>(axis, 3, 0, 1);
  check_exchange<float>(axis, 0, 3, 1);
  check_exchange<float>(axis, 0, 0, 1);
}

TEST_CASE("more ranks than items") { check_exchange<double>(Partition::equal(2, all_ranks()), 1, 1, 4); }

TEST_CASE("an axis without items exchanges nothing") { check_exchange<double>(Partition::equal(0, all_ranks()), 1, 1, 1); }

TEST_CASE("staged through host memory, and cut into small pieces, the same arrives") {
  auto const axis = uneven_axis();
  check_exchange<double>(axis, 4, 4, 3, {.way = DeviceTransfer::staged});
  check_exchange<double>(axis, 4, 4, 3, {.piece_bytes = 7});
  check_exchange<std::int32_t>(axis, 4, 4, 3, {.way = DeviceTransfer::staged, .piece_bytes = 5});
}

TEST_CASE("items received count the margin inside the axis") {
  auto const axis = Partition::equal(10, all_ranks());
  WindowExchange const exchange(MPI_COMM_WORLD, axis, 1, 1, 8);

  int const rank = rank_of_this();
  CHECK(exchange.items_received() == (rank > 0 ? 1 : 0) + (rank < all_ranks() - 1 ? 1 : 0));
}

TEST_CASE("reductions give every rank the same number") {
  int const rank = rank_of_this();
  int const ranks = all_ranks();

  CHECK(max_over_ranks(MPI_COMM_WORLD, rank + 0.5) == ranks - 0.5);
  CHECK(min_over_ranks(MPI_COMM_WORLD, rank + 0.5) == 0.5);
  CHECK(sum_over_ranks(MPI_COMM_WORLD, std::int64_t{rank}) == ranks * (ranks - 1) / 2);
  CHECK(max_over_ranks(MPI_COMM_WORLD, (std::int64_t{1} << 60) + rank) == (std::int64_t{1} << 60) + ranks - 1);
  CHECK(min_over_ranks(MPI_COMM_WORLD, std::int64_t{-rank}) == 1 - ranks);
  CHECK(sum_over_ranks(MPI_COMM_WORLD, 0.25) == 0.25 * ranks);
  CHECK(any_over_ranks(MPI_COMM_WORLD, rank == ranks - 1));
  CHECK_FALSE(any_over_ranks(MPI_COMM_WORLD, false));
}
