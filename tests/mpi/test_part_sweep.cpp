// Sweeps of a part of the own states and the links between parts, against the plain model, stored in two ways and made by formula.
#include <catch2/catch.hpp>
#include <set>

#include "tests/mpi/sparse_fixture.hpp"
#include "tests/unit/generated_rows.hpp"

using namespace sparse_fixture;
using reference::DenseMdp;
using reference::random_mdp;

namespace {

constexpr std::int64_t part_states = mdp::Operator::part_step;

Array<double> copy_of(Array<double> const& values) {
  Array<double> copy("test::copy", values.extent(0));
  Kokkos::deep_copy(copy, values);
  return copy;
}

std::vector<std::int32_t> on_host(Array<std::int32_t> const& array) {
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), array);
  return std::vector<std::int32_t>(host.data(), host.data() + host.extent(0));
}

/// The table of links by hand: leads(s, t) for global states.
template <class Leads>
std::vector<std::int32_t> links_by_hand(Block own, std::int64_t states, Leads const& leads) {
  auto const blocks = (own.size() + part_states - 1) / part_states;
  std::vector<std::int32_t> table(static_cast<std::size_t>(blocks * (blocks + 1)), 0);
  for (auto s = own.begin; s < own.end; ++s) {
    for (std::int64_t t = 0; t < states; ++t) {
      if (!leads(s, t)) continue;
      auto const to = own.contains(t) ? (t - own.begin) / part_states : blocks;
      table[static_cast<std::size_t>((s - own.begin) / part_states * (blocks + 1) + to)] = 1;
    }
  }
  return table;
}

}  // namespace

TEST_CASE("a sweep of a part changes that part alone, in order") {
  if (!runs_on_host) return;  // a device sweeps it at once
  auto const storage = GENERATE(mdp::StorageChoice::indexed, mdp::StorageChoice::near);
  auto const model = random_mdp({.states = 330, .most_actions = 3, .reach = 40}, 8, 0.95, false);
  Sharded const sharded(MPI_COMM_WORLD, uneven(330), model, storage);
  auto& op = *sharded.op;
  auto const start = some_values(330);
  auto const values = sharded.values(start);
  op.refresh(values);
  auto const own = op.own();
  bool const ascending = GENERATE(true, false);
  auto expected = start;

  // With one thread a part is swept in order; several threads each sweep a piece that reads the others as they were.
  auto const threads = Execution().concurrency();
  for (std::int64_t begin = own.size() / part_states * part_states; begin >= 0; begin -= 2 * part_states) {
    auto const end = std::min(own.size(), begin + part_states);
    if (end <= begin) continue;
    auto const copy = copy_of(values);
    op.sweep_part(values, copy, {begin, end}, ascending ? mdp::Operator::Order::ascending : mdp::Operator::Order::descending);

    auto const pieces = std::min<std::int64_t>(threads, end - begin);
    auto const before = expected;
    for (std::int64_t piece = 0; piece < pieces; ++piece) {
      auto const first = static_cast<std::size_t>(own.begin + begin + (end - begin) * piece / pieces);
      auto const last = static_cast<std::size_t>(own.begin + begin + (end - begin) * (piece + 1) / pieces);
      auto const swept = model.in_place(before, first, last, ascending, 1.0);
      std::copy(swept.begin() + static_cast<std::ptrdiff_t>(first), swept.begin() + static_cast<std::ptrdiff_t>(last), expected.begin() + static_cast<std::ptrdiff_t>(first));
    }
    auto const found = sharded.own(values), wanted = sharded.own_part(expected);
    for (std::size_t i = 0; i < found.size(); ++i) {
      INFO("own state " << i << " after the part from " << begin);
      CHECK(found[i] == Approx(wanted[i]).epsilon(1e-13).margin(1e-12));
    }
    if (threads > 1) CHECK(sharded.own(copy) == found);
  }
}

TEST_CASE("links of stored parts are those of their transitions") {
  auto const storage = GENERATE(mdp::StorageChoice::indexed, mdp::StorageChoice::near);
  auto const model = random_mdp({.states = 500, .reach = 70}, 9, 0.9, true);
  Sharded const sharded(MPI_COMM_WORLD, uneven(500), model, storage);

  auto const found = on_host(sharded.op->links(part_states));

  auto const leads = [&](std::int64_t s, std::int64_t t) {
    for (auto const& action : model.actions[static_cast<std::size_t>(s)]) {
      if (action.probability[static_cast<std::size_t>(t)] > 0) return true;
    }
    return false;
  };
  CHECK(found == links_by_hand(sharded.op->own(), 500, leads));
}

TEST_CASE("links of parts by formula are those of their rows") {
  auto const source = make_source("ring", "states = 300\nstorage = \"matrix_free\"");
  auto const rows = all_rows(*source);
  auto const op = source->matrix_free(MPI_COMM_WORLD, source->partition(MPI_COMM_WORLD), mdp::Objective::max, 0.9);
  REQUIRE(op != nullptr);

  auto const found = on_host(op->links(part_states));

  std::set<std::pair<std::int64_t, std::int64_t>> steps;
  for (std::int64_t s = 0; s < rows.states; ++s) {
    for (auto t = rows.transition_offset[rows.action_offset[s]]; t < rows.transition_offset[rows.action_offset[s + 1]]; ++t) steps.insert({s, rows.next_state[t]});
  }
  CHECK(found == links_by_hand(op->own(), rows.states, [&](std::int64_t s, std::int64_t t) { return steps.count({s, t}) > 0; }));
}
