#include <catch2/catch.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "src/mdp/graph/end_components.hpp"
#include "src/mdp/graph/strong_components.hpp"
#include "src/mdp/reduction.hpp"
#include "tests/reference/small_mdp.hpp"

using namespace bellshard;
using namespace bellshard::mdp;
using reference::SmallMdp;

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

/// Cuts that differ from model to model, some ranks being left without states.
Partition some_partition(std::int64_t states, std::uint64_t seed) {
  std::vector<std::int64_t> weight(states, 1);
  for (std::int64_t s = 0; s < states; ++s) weight[s] = static_cast<std::int64_t>((seed >> (s % 16)) % 3);
  return Partition::weighted(weight, all_ranks());
}

template <class T>
MPI_Datatype type_of() {
  if constexpr (std::is_same_v<T, double>) return MPI_DOUBLE;
  if constexpr (std::is_same_v<T, std::int64_t>) return MPI_INT64_T;
  if constexpr (std::is_same_v<T, std::int32_t>) return MPI_INT32_T;
  if constexpr (std::is_same_v<T, std::uint8_t>) return MPI_UINT8_T;
}

/// The parts of all ranks, one behind the other, on every rank.
template <class T>
std::vector<T> together(std::vector<T> const& part) {
  int const items = static_cast<int>(part.size());
  std::vector<int> counts(all_ranks());
  MPI_Allgather(&items, 1, MPI_INT, counts.data(), 1, MPI_INT, MPI_COMM_WORLD);
  std::vector<int> first(counts.size() + 1, 0);
  std::partial_sum(counts.begin(), counts.end(), first.begin() + 1);
  std::vector<T> whole(first.back());
  MPI_Allgatherv(part.data(), items, type_of<T>(), whole.data(), counts.data(), first.data(), type_of<T>(), MPI_COMM_WORLD);
  return whole;
}

std::vector<std::int64_t> lengths(std::vector<std::int64_t> const& offset) {
  std::vector<std::int64_t> length(offset.size());
  std::adjacent_difference(offset.begin(), offset.end(), length.begin());
  length.erase(length.begin());
  return length;
}

std::vector<std::uint8_t> part_of(std::vector<std::uint8_t> const& whole, Block own) {
  return {whole.begin() + own.begin, whole.begin() + own.end};
}

void check_same_rows(Rows const& parts, Rows const& whole) {
  CHECK(parts.states == whole.states);
  CHECK(together(lengths(parts.action_offset)) == lengths(whole.action_offset));
  CHECK(together(lengths(parts.transition_offset)) == lengths(whole.transition_offset));
  CHECK(together(parts.next_state) == whole.next_state);
  CHECK(together(parts.probability) == whole.probability);
  CHECK(together(parts.probability_upper) == whole.probability_upper);
  CHECK(together(parts.reward) == whole.reward);
}

/// What all ranks make of a model, and the ways back, is what one rank makes of it.
void check_reduction(SmallMdp const& mdp, Partition const& states, Criterion const& criterion) {
  auto const own = states.block(rank_of_this());
  auto const one = Partition::equal(mdp.states(), 1);
  auto const whole_rows = reference::rows_of(mdp, {0, mdp.states()});
  auto const rows = reference::rows_of(mdp, own);

  auto const whole = reduce(MPI_COMM_SELF, one, whole_rows, mdp.target, mdp.allowed, criterion);
  auto const parts = reduce(MPI_COMM_WORLD, states, rows, part_of(mdp.target, own), part_of(mdp.allowed, own), criterion);

  CHECK(parts.states.size() == whole.states.size());
  CHECK(parts.rows.own == parts.states.block(rank_of_this()));
  CHECK(parts.components == whole.components);
  check_same_rows(parts.rows, whole.rows);
  CHECK(together(parts.image) == whole.image);
  CHECK(together(parts.decided) == whole.decided);
  CHECK(together(parts.decided_action) == whole.decided_action);
  CHECK(together(parts.pair_state) == whole.pair_state);
  CHECK(together(parts.pair_action) == whole.pair_action);
  CHECK(together(parts.internal) == whole.internal);

  auto const reduced = parts.rows.own;
  std::vector<double> whole_values;
  std::vector<std::int32_t> whole_choice;
  for (std::int64_t s = 0; s < whole.states.size(); ++s) {
    whole_values.push_back(0.5 + static_cast<double>(s));
    auto const actions = whole.rows.action_offset[s + 1] - whole.rows.action_offset[s];
    whole_choice.push_back(static_cast<std::int32_t>((s * 5 + 3) % actions));
  }
  std::vector<double> const values(whole_values.begin() + reduced.begin, whole_values.begin() + reduced.end);
  std::vector<std::int32_t> const choice(whole_choice.begin() + reduced.begin, whole_choice.begin() + reduced.end);
  CHECK(together(lift_values(MPI_COMM_WORLD, states, parts, values)) == lift_values(MPI_COMM_SELF, one, whole, whole_values));
  CHECK(together(lift_policy(MPI_COMM_WORLD, states, rows, parts, choice)) ==
        lift_policy(MPI_COMM_SELF, one, whole_rows, whole, whole_choice));
}

void check_components(SmallMdp const& mdp, Partition const& states) {
  auto const rows = reference::rows_of(mdp, states.block(rank_of_this()));
  auto const whole_rows = reference::rows_of(mdp, {0, mdp.states()});
  auto const one = Partition::equal(mdp.states(), 1);

  auto const whole = end_components(MPI_COMM_SELF, one, whole_rows);
  auto const parts = end_components(MPI_COMM_WORLD, states, rows);

  CHECK(parts.count == whole.count);
  CHECK(together(parts.component) == whole.component);
  CHECK(together(parts.internal) == whole.internal);

  std::vector<double> gain(whole.count, 0.25);
  auto const stay_whole = reduce_to_components(MPI_COMM_SELF, one, whole_rows, whole, gain);
  auto const stay_parts = reduce_to_components(MPI_COMM_WORLD, states, rows, parts, gain);
  check_same_rows(stay_parts.rows, stay_whole.rows);
  CHECK(together(stay_parts.pair_state) == stay_whole.pair_state);
  CHECK(together(stay_parts.image) == stay_whole.image);
}

/// More states than the oracle could try: a few actions each that lead nearby, so components have all sizes.
SmallMdp larger_mdp(std::uint64_t seed, int states) {
  std::mt19937_64 random(seed);
  SmallMdp mdp;
  for (int s = 0; s < states; ++s) {
    auto& actions = mdp.actions.emplace_back(1 + random() % 2);
    for (auto& action : actions) {
      int const near = static_cast<int>((s + random() % 4 + states - 1) % states);
      int const far = random() % 6 == 0 ? static_cast<int>(random() % states) : near;
      if (near == far) action.next = {{near, 1.0}};
      if (near < far) action.next = {{near, 0.5}, {far, 0.5}};
      if (near > far) action.next = {{far, 0.5}, {near, 0.5}};
      action.reward = static_cast<double>(random() % 2);
    }
    mdp.target.push_back(random() % 20 == 0);
    mdp.allowed.push_back(random() % 30 != 0);
  }
  return mdp;
}

}  // namespace

TEST_CASE("a reduction does not depend on the ranks, some of them without states") {
  for (auto kind : {CriterionKind::reachability, CriterionKind::total_reward}) {
    for (auto objective : {Objective::min, Objective::max}) {
      for (std::uint64_t seed = 0; seed < 40; ++seed) {
        INFO("seed " << seed << ", objective " << static_cast<int>(objective) << ", kind " << static_cast<int>(kind));
        auto const small = reference::random_mdp(seed, reference::Rewards::not_negative);
        check_reduction(small, some_partition(small.states(), seed), {kind, objective, 1, 0, 0});
        check_reduction(small, some_partition(small.states(), seed), {kind, objective, 0.5, 0, 0});
        check_reduction(reference::widened(small), some_partition(small.states(), seed), {kind, objective, 1, 0, 0});
        auto const larger = larger_mdp(seed, 60);
        check_reduction(larger, Partition::equal(60, all_ranks()), {kind, objective, 1, 0, 0});
      }
    }
  }
}

TEST_CASE("end components do not depend on the ranks, nor on the way they are found") {
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    INFO("seed " << seed);
    auto const small = reference::random_mdp(seed, reference::Rewards::not_negative);
    check_components(small, some_partition(small.states(), seed));
    auto const larger = larger_mdp(seed, 80);
    check_components(larger, some_partition(80, seed + 77));
  }
}

TEST_CASE("a long chain of loops across the ranks") {
  // pairs of states that go round, each with a way to the pair before it:  0 <-> 1 <- 2 <-> 3 <- 4 <-> 5 ...
  int const states = 20000;
  SmallMdp mdp;
  for (int s = 0; s < states; ++s) {
    auto& actions = mdp.actions.emplace_back(1);
    actions.front().next = {{s % 2 == 0 ? s + 1 : s - 1, 1.0}};
    if (s % 2 == 0 && s > 0) actions.push_back({1, {{s - 1, 1.0}}});
    mdp.target.push_back(s == 0);
    mdp.allowed.push_back(1);
  }
  auto const axis = Partition::equal(states, all_ranks());
  auto const own = axis.block(rank_of_this());

  auto const components = end_components(MPI_COMM_WORLD, axis, reference::rows_of(mdp, own));

  CHECK(components.count == states / 2);
  for (auto s = own.begin; s < own.end; ++s) CHECK(components.component[s - own.begin] == s / 2);
  check_reduction(mdp, axis, {CriterionKind::reachability, Objective::max, 1, 0, 0});
  check_reduction(mdp, axis, {CriterionKind::total_reward, Objective::min, 1, 0, 0});
}
