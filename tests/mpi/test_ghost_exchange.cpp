#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <vector>

#include "src/dist/ghost_exchange.hpp"

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

/// Blocks of 9, 1, 0 and 6 items for ranks 0 to 3.
Partition uneven_axis() {
  std::vector<std::int64_t> sizes{9, 1, 0, 6};
  sizes.resize(static_cast<std::size_t>(all_ranks()), 2);
  return Partition::of_sizes(sizes);
}

/// Items that this rank needs of others: of all that are not its own, those whose number leaves the rest `rank` or 0 in 3.
std::vector<std::int64_t> scattered(Partition const& axis) {
  auto const own = axis.block(rank_of_this());
  std::vector<std::int64_t> foreign;
  for (std::int64_t i = 0; i < axis.size(); ++i) {
    if (!own.contains(i) && (i % 3 == rank_of_this() % 3 || i % 3 == 0)) foreign.push_back(i);
  }
  return foreign;
}

template <class T>
T formula(std::int64_t item, int sweep) {
  return static_cast<T>(1 + (item * 7 + sweep * 11) % 97);
}

/// Host copy of the local storage with own items filled in and foreign ones wrong.
template <class T>
std::vector<T> before(GhostExchange const& exchange, Block own, int sweep) {
  std::vector<T> local(static_cast<std::size_t>(exchange.local_items()), T{111});
  for (auto i = own.begin; i < own.end; ++i) local[static_cast<std::size_t>(exchange.local_index(i))] = formula<T>(i, sweep);
  return local;
}

template <class T>
void check(std::vector<T> const& local, GhostExchange const& exchange, Block own, int sweep) {
  for (auto i = own.begin; i < own.end; ++i) CHECK(local[static_cast<std::size_t>(exchange.local_index(i))] == formula<T>(i, sweep));
  for (auto i : exchange.foreign()) {
    INFO("sweep " << sweep << ", foreign item " << i);
    CHECK(local[static_cast<std::size_t>(exchange.local_index(i))] == formula<T>(i, sweep));
  }
}

template <class T>
void check_exchange(Partition const& axis, std::vector<std::int64_t> const& foreign, TransferOptions options = {},
                    ForeignPlace place = ForeignPlace::behind) {
  auto const own = axis.block(rank_of_this());
  GhostExchange exchange(MPI_COMM_WORLD, axis, foreign, options, place);
  REQUIRE(exchange.own_items() == own.size());
  REQUIRE(exchange.local_items() == own.size() + static_cast<std::int64_t>(foreign.size()));

  for (int sweep = 0; sweep < 3; ++sweep) {
    auto on_host = before<T>(exchange, own, sweep);
    Array<T> local("test::local", on_host.size());
    auto const mirror = Kokkos::create_mirror_view(local);
    std::copy(on_host.begin(), on_host.end(), mirror.data());
    Kokkos::deep_copy(local, mirror);

    exchange.start(local);
    exchange.finish(local);
    exchange.refresh(std::span<T>(on_host));

    check(on_host, exchange, own, sweep);
    Kokkos::deep_copy(mirror, local);
    check(std::vector<T>(mirror.data(), mirror.data() + mirror.extent(0)), exchange, own, sweep);
  }
}

}  // namespace

TEMPLATE_TEST_CASE("foreign items hold what their owners hold", "", std::uint8_t, std::int32_t, std::int64_t, double) {
  auto const axis = Partition::equal(23, all_ranks());
  check_exchange<TestType>(axis, scattered(axis));
  check_exchange<TestType>(axis, scattered(axis), {}, ForeignPlace::around);
}

TEST_CASE("foreign rows hold what their owners hold") {
  auto const axis = uneven_axis();
  auto const own = axis.block(rank_of_this());
  std::int64_t const width = 5;
  auto const options = GENERATE(TransferOptions{DeviceTransfer::staged, 24}, TransferOptions{DeviceTransfer::direct});  // 24: pieces that end within a row
  auto const place = GENERATE(ForeignPlace::behind, ForeignPlace::around);
  if (!runs_on_host && options.way == DeviceTransfer::direct && device_transfer() != DeviceTransfer::direct) return;  // an MPI that reads no device memory
  GhostExchange exchange(MPI_COMM_WORLD, axis, scattered(axis), options, place);
  Array<double> const local("test::rows", static_cast<std::size_t>(exchange.local_items() * width));
  auto const host = Kokkos::create_mirror_view(local);
  for (auto i = own.begin; i < own.end; ++i) {
    for (std::int64_t k = 0; k < width; ++k) host(static_cast<std::size_t>(exchange.local_index(i) * width + k)) = formula<double>(i, static_cast<int>(k));
  }
  Kokkos::deep_copy(local, host);

  exchange.start_rows(local, width);
  exchange.finish_rows(local, width);

  Kokkos::deep_copy(host, local);
  for (std::int64_t k = 0; k < width; ++k) {
    for (auto i = own.begin; i < own.end; ++i) CHECK(host(static_cast<std::size_t>(exchange.local_index(i) * width + k)) == formula<double>(i, static_cast<int>(k)));
    for (auto const i : exchange.foreign()) CHECK(host(static_cast<std::size_t>(exchange.local_index(i) * width + k)) == formula<double>(i, static_cast<int>(k)));
  }
}

TEST_CASE("uneven and empty blocks, more ranks than items, and nothing at all") {
  check_exchange<double>(uneven_axis(), scattered(uneven_axis()));
  check_exchange<std::uint8_t>(uneven_axis(), scattered(uneven_axis()), {}, ForeignPlace::around);
  check_exchange<double>(Partition::equal(2, all_ranks()), scattered(Partition::equal(2, all_ranks())));
  check_exchange<double>(Partition::equal(0, all_ranks()), {});
  check_exchange<double>(uneven_axis(), {});
}

TEST_CASE("one rank needs all, the others nothing") {
  auto const axis = uneven_axis();
  auto const own = axis.block(rank_of_this());
  std::vector<std::int64_t> foreign;
  for (std::int64_t i = 0; i < axis.size() && rank_of_this() == all_ranks() - 1; ++i) {
    if (!own.contains(i)) foreign.push_back(i);
  }

  check_exchange<double>(axis, foreign);
  check_exchange<std::int32_t>(axis, foreign, {}, ForeignPlace::around);
}

TEST_CASE("ghosts staged through host memory, and cut into small pieces, are the same") {
  auto const axis = uneven_axis();
  check_exchange<double>(axis, scattered(axis), {.way = DeviceTransfer::staged});
  check_exchange<double>(axis, scattered(axis), {.piece_bytes = 3}, ForeignPlace::around);
  check_exchange<std::int32_t>(axis, scattered(axis), {.way = DeviceTransfer::staged, .piece_bytes = 5});
}

TEST_CASE("local storage: foreign items behind the own ones, or around them in ascending order") {
  auto const axis = Partition::equal(5 * all_ranks(), all_ranks());
  auto const own = axis.block(rank_of_this());
  std::vector<std::int64_t> foreign;
  if (own.begin > 0) foreign.push_back(own.begin - 2);
  if (own.end < axis.size()) foreign.push_back(own.end + 1);
  GhostExchange const behind(MPI_COMM_WORLD, axis, foreign);
  GhostExchange const around(MPI_COMM_WORLD, axis, foreign, {}, ForeignPlace::around);

  CHECK(behind.own_first() == 0);
  CHECK(around.own_first() == (own.begin > 0 ? 1 : 0));
  for (std::size_t k = 0; k < foreign.size(); ++k) CHECK(behind.local_index(foreign[k]) == 5 + static_cast<std::int64_t>(k));
  if (own.begin > 0) CHECK(around.local_index(own.begin - 2) == 0);
  if (own.end < axis.size()) CHECK(around.local_index(own.end + 1) == around.local_items() - 1);
  CHECK(behind.items_received() == static_cast<std::int64_t>(foreign.size()));
  CHECK(around.local_index(own.begin + 3) == around.own_first() + 3);
}
