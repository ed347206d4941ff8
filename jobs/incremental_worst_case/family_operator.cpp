#include "jobs/incremental_worst_case/family_operator.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "jobs/incremental_worst_case/reached_states.hpp"
#include "jobs/incremental_worst_case/share_rows.hpp"
#include "jobs/incremental_worst_case/value_rounds.hpp"
#include "kernels/host_copy.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/sparse_pack.hpp"

namespace bellshard::incremental_worst_case {
namespace {

constexpr std::int64_t sweeps_between_looks = 8;  // at the largest change of all ranks
constexpr double packs_in_cache = 512;            // of values, in one array: 32 KiB
constexpr std::int64_t most_together = 8;         // packs of models

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

double change_within(double tolerance, double discount) { return discount > 0 ? tolerance * (1 - discount) / discount : tolerance; }

FamilyOperator::FamilyOperator(MPI_Comm comm, Partition const& states, std::vector<mdp::Rows> rows, double discount, std::function<std::string(std::size_t)> const& what)
    : comm_(comm), mail_(comm), states_(states) {
  MPI_Comm_rank(comm, &rank_);
  auto const own = states_.block(rank_);
  mdp::ForeignStates foreign(own);
  together(comm, [&] {
    for (std::size_t k = 0; k < rows.size(); ++k) {
      auto const& actions = rows[k].action_offset;
      for (std::int64_t s = 0; s < own.size(); ++s) {
        auto const has = actions[at(s + 1)] - actions[at(s)], expected = rows[0].action_offset[at(s + 1)] - rows[0].action_offset[at(s)];
        BELLSHARD_INPUT(has == expected, "{}: state {} has {} actions, and {} has {}; models of a family have the same actions", what(k), own.begin + s, has, what(0), expected);
      }
      foreign.add(rows[k]);
    }
  });
  exchange_ = std::make_unique<GhostExchange>(comm, states_, std::move(foreign).take());
  shared_ = share_rows(rows, *exchange_);
  for (auto& model : rows) mdp::localise(model, *exchange_);
  std::vector<std::int64_t> begin{0};
  std::vector<std::int32_t> next;
  std::vector<double> probability, reward;
  for (std::int64_t pair = 0; pair < rows[0].pairs(); ++pair) {
    for (auto const& model : rows) {
      auto const first = model.transition_offset[at(pair)], last = model.transition_offset[at(pair + 1)];
      next.insert(next.end(), model.next_state.begin() + first, model.next_state.begin() + last);
      probability.insert(probability.end(), model.probability.begin() + first, model.probability.begin() + last);
      reward.push_back(model.reward[at(pair)]);
      begin.push_back(static_cast<std::int64_t>(next.size()));
    }
  }
  auto const label = "bellshard::incremental_worst_case::family";
  model_.models = static_cast<std::int32_t>(rows.size());
  model_.states = own.size();
  model_.pairs = rows[0].pairs();
  model_.own_first = exchange_->own_first();
  model_.local_items = exchange_->local_items();
  model_.discount = discount;
  model_.pair_begin = to_device(rows[0].action_offset, label);
  model_.transition_begin = to_device(begin, label);
  model_.next = to_device(next, label);
  model_.probability = to_device(probability, label);
  model_.reward = to_device(reward, label);
}

Array<double> FamilyOperator::optimal_values(std::int32_t m, double tolerance, std::int64_t chain_sweeps, Work& work, Array<double> const& q) {
  auto const alone = dp::take_model(Execution(), model_, m);
  ValueRounds values(comm_, *exchange_, alone, chain_sweeps, tolerance);
  if (q.extent(0) > 0) dp::sweep_best("bellshard::dp::best_of_q", Execution(), model_, dp::WorthOfPair{q}, values.values(), values.values());
  values.refresh();
  while (!values.finished()) values.advance("bellshard::dp::sweep_one", dp::WorthInModel{alone, 0});
  auto const& done = values.rounds();
  work.updates += static_cast<double>(states_.size()) * static_cast<double>(done.sweeps + done.chain_swept);
  work.pairs += static_cast<double>(model_.pairs) * static_cast<double>(done.sweeps) + static_cast<double>(model_.states) * static_cast<double>(done.chain_swept);
  return values.values();
}

Array<double> FamilyOperator::price(std::int32_t m, Array<double> const& values) {
  Array<double> const q("bellshard::incremental_worst_case::q", at(model_.pairs));
  dp::price_pairs("bellshard::dp::price_one", Execution(), model_, dp::WorthInModel{model_, m}, values, q);
  return q;
}

Array<std::int32_t> FamilyOperator::greedy(Array<double> const& q) const {
  Array<std::int32_t> const action("bellshard::incremental_worst_case::action", at(model_.states));
  dp::choose_greedy(Execution(), model_, q, action);
  return action;
}

std::vector<double> FamilyOperator::evaluate(Array<std::int32_t> const& action, std::int64_t state, double tolerance, Work& work) {
  std::string const label = "bellshard::incremental_worst_case::policy_values";
  double const goal = change_within(tolerance, model_.discount);
  auto const reached = reached_states(mail_, states_, *exchange_, model_, shared_, action, state);
  auto const reached_here = static_cast<double>(reached.extent(0)), reached_anywhere = sum_over_ranks(comm_, reached_here);
  dp::PacksTogether packs;
  packs.count = std::min({static_cast<std::int64_t>(std::fmax(1, packs_in_cache / reached_anywhere)), most_together, packs_of(model_.models)});
  Array<double> in(label, at(model_.local_items * packs.width())), out(label, at(model_.local_items * packs.width()));
  std::vector<double> worth(at(model_.models));
  for (std::int64_t first = 0; first < model_.models; first += packs.width(), packs.first += packs.count) {
    Kokkos::deep_copy(in, 0);
    std::vector<std::int64_t> left(at(std::min(packs.width(), model_.models - first)));  // lanes that are not done; what is swept on beside them counts no more
    std::iota(left.begin(), left.end(), 0);
    for (std::int64_t sweep = 1; !left.empty(); ++sweep) {
      packs.begin = left.front() / pack_width, packs.end = left.back() / pack_width + 1;
      dp::sweep_policy(Execution(), model_, shared_, reached, action, packs, in, out);
      std::swap(in, out);
      exchange_->start_rows(in, packs.width());
      exchange_->finish_rows(in, packs.width());
      auto const models = static_cast<double>(left.size());
      work.updates += reached_anywhere * models;
      work.pairs += reached_here * models;
      if (sweep % sweeps_between_looks != 0) continue;
      auto changes = dp::largest_changes(Execution(), model_, reached, packs, in, out);
      max_over_ranks(comm_, std::span(changes));
      std::vector<std::int64_t> next;
      for (auto const lane : left) {
        if (changes[at(lane)] > goal) next.push_back(lane);
        else if (own().contains(state)) worth[at(first + lane)] = to_host(in, (model_.own_first + state - own().begin) * packs.width() + lane, 1).front();
      }
      left = next;
    }
  }
  sum_over_ranks(comm_, std::span(worth));  // of zeros, but for the rank that owns the state
  return worth;
}

double FamilyOperator::at_state(Array<double> const& values, std::int64_t state) const {
  double mine = 0;
  if (own().contains(state)) mine = to_host(values, model_.own_first + state - own().begin, 1).front();
  return sum_over_ranks(comm_, mine);
}

}  // namespace bellshard::incremental_worst_case
