#include "jobs/distributional_vi/iteration.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "jobs/distributional_vi/sweep.hpp"
#include "kernels/host_copy.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/sharded_values.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::distributional_vi {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

dp::Laws make_laws(std::string const& label, std::int64_t states, Plan const& plan) {
  dp::Laws laws;
  laws.stocks = plan.stock.stocks;
  laws.atoms = plan.atoms.atoms;
  laws.value = large_array<Array<double>>(label, at(states * laws.stocks * laws.width()));
  return laws;
}

/// Every row the law of a return of 0.
void fill_with_zero_return(dp::Laws const& laws, std::vector<double> const& row) {
  auto const zero = to_device(row, "bellshard::distributional_vi::zero_return");
  auto const value = laws.value;
  auto const width = static_cast<std::int64_t>(row.size());
  Kokkos::parallel_for(
      "bellshard::distributional_vi::fill", Kokkos::RangePolicy<Execution>(0, static_cast<std::int64_t>(value.extent(0))),
      KOKKOS_LAMBDA(std::int64_t i) { value(i) = zero(i % width); });
}

/// A return of 0 on the atoms, and how far that is from it.
std::vector<double> zero_return(Config const& config, Plan const& plan) {
  auto const& atoms = plan.atoms;
  std::vector<double> row(at(atoms.atoms) + 1, 0);
  if (config.law.kind == LawKind::quantile) return row;
  double const steps = std::clamp(-atoms.low / atoms.step, 0.0, static_cast<double>(atoms.atoms - 1));
  auto const lower = std::min<std::int64_t>(static_cast<std::int64_t>(steps), atoms.atoms - 2 < 0 ? 0 : atoms.atoms - 2);
  double const upper = steps - static_cast<double>(lower);
  row[at(lower)] = 1 - upper;
  if (upper > 0) row[at(lower) + 1] = upper;
  double const beyond = std::fmax(atoms.low, 0) + std::fmax(-atoms.at(atoms.atoms - 1), 0);
  row.back() = 2 * upper * (1 - upper) * atoms.step + beyond;
  return row;
}

/// Outcomes of all actions of a state that have next state and reward in common are one follower.
void find_followers(mdp::Outcomes const& outcomes, dp::OutcomeModel& model, dp::MostOutcomes& most) {
  auto const& rows = outcomes.rows;
  std::vector<std::int64_t> begin{0};
  std::vector<std::int32_t> state, follower(outcomes.reward.size());
  std::vector<double> reward;
  std::map<std::pair<double, std::int64_t>, std::int32_t> known;
  for (std::int64_t s = 0; s < rows.own.size(); ++s) {
    known.clear();
    for (auto pair = rows.action_offset[at(s)]; pair < rows.action_offset[at(s + 1)]; ++pair) {
      most.of_a_pair = std::max(most.of_a_pair, rows.transition_offset[at(pair + 1)] - rows.transition_offset[at(pair)]);
      for (auto t = at(rows.transition_offset[at(pair)]); t < at(rows.transition_offset[at(pair + 1)]); ++t) {
        auto const [place, made] = known.emplace(std::pair(outcomes.reward[t], rows.next_state[t]), static_cast<std::int32_t>(known.size()));
        follower[t] = place->second;
        if (!made) continue;
        state.push_back(static_cast<std::int32_t>(rows.next_state[t]));
        reward.push_back(outcomes.reward[t]);
      }
    }
    begin.push_back(static_cast<std::int64_t>(state.size()));
    most.followers = std::max(most.followers, static_cast<std::int64_t>(known.size()));
  }
  model.follower_begin = to_device(begin, "bellshard::distributional_vi::follower_begin");
  model.follower_state = to_device(state, "bellshard::distributional_vi::follower_state");
  model.follower_reward = to_device(reward, "bellshard::distributional_vi::follower_reward");
  model.follower = to_device(follower, "bellshard::distributional_vi::follower");
}

/// Own states all whose next states are own, or not.
Array<std::int32_t const> states_where(Shard const& shard, bool inside) {
  std::vector<std::int32_t> list;
  auto const& rows = shard.outcomes.rows;
  for (std::int64_t s = 0; s < shard.own.size(); ++s) {
    auto const begin = rows.next_state.begin() + rows.transition_offset[at(rows.action_offset[at(s)])];
    auto const end = rows.next_state.begin() + rows.transition_offset[at(rows.action_offset[at(s + 1)])];
    if (std::all_of(begin, end, [&](auto next) { return next < shard.own.size(); }) == inside) list.push_back(static_cast<std::int32_t>(s));
  }
  return to_device(list, "bellshard::distributional_vi::states");
}

}  // namespace

Iteration::Iteration(Shard& shard, Config const& config, Plan const& plan)
    : shard_(shard), config_(config), plan_(plan) {
  auto const& rows = shard.outcomes.rows;
  model_.states = shard.own.size();
  model_.own_first = shard.exchange.own_first();
  model_.discount = config.criterion.discount;
  model_.stock = plan.stock;
  model_.pair_begin = to_device(rows.action_offset, "bellshard::distributional_vi::pair_begin");
  model_.outcome_begin = to_device(rows.transition_offset, "bellshard::distributional_vi::outcome_begin");
  model_.next_state = to_device(std::vector<std::int32_t>(rows.next_state.begin(), rows.next_state.end()), "bellshard::distributional_vi::next_state");
  model_.probability = to_device(rows.probability, "bellshard::distributional_vi::probability");
  model_.reward = to_device(shard.outcomes.reward, "bellshard::distributional_vi::reward");
  find_followers(shard.outcomes, model_, most_);
  interior_ = states_where(shard, true);
  border_ = states_where(shard, false);
  auto const places = model_.states * plan.stock.stocks;
  laws_ = make_laws("bellshard::distributional_vi::laws", shard.exchange.local_items(), plan);
  next_ = make_laws("bellshard::distributional_vi::next_laws", shard.exchange.local_items(), plan);
  objective_ = large_array<Array<double>>("bellshard::distributional_vi::objective", at(places));
  action_ = large_array<Array<std::int32_t>>("bellshard::distributional_vi::action", at(places));
  fill_with_zero_return(laws_, zero_return(config, plan));
  if (holds_stages()) stage_action_.assign(at(places * config.criterion.horizon), -1);
}

double Iteration::share_done() const { return config_.finite() ? done_ / static_cast<double>(config_.criterion.horizon) : -1; }

dp::Choice Iteration::choice() const {
  return config_.solver.method == Method::policy_iteration && phase_ == 1 ? dp::Choice::held : dp::Choice::greedy;
}

void Iteration::advance(std::int64_t) {
  auto const how = choice();
  sweep(how);
  done_ += 1;
  if (config_.finite()) {
    note_stage();
    finished_ = done_ >= static_cast<double>(config_.criterion.horizon) ? 1 : 0;
  } else if (config_.solver.method == Method::value_iteration) {
    residual_ = unfinished();  // objectives need not settle: between actions that are alike on the grid, sweeps may go to and fro
    finished_ = residual_ <= config_.solver.tolerance ? 1 : 0;
  } else if (how == dp::Choice::held) {
    phase_ = law_change_ <= config_.solver.tolerance ? 0 : 1;
  } else {
    finished_ = done_ > 1 && !changed_ ? 1 : 0;
    phase_ = 1;
  }
}

void Iteration::sweep(dp::Choice how) {
  bool const improving = config_.solver.method == Method::policy_iteration && done_ > 0;
  // Only the exponential utility minds the scale of a total, and its discounted horizon is finite.
  double const scale = config_.utility() == dp::UtilityKind::exponential ? std::pow(config_.criterion.discount, static_cast<double>(config_.criterion.horizon) - done_ - 1) : 1;
  SweepTask task{model_, config_.utility(), config_.objective.rate * plan_.unit, plan_.atoms, config_.law.kind == LawKind::quantile, scale, how,
                 improving ? config_.solver.improvement : -1, laws_, next_, objective_, action_, most_};
  auto const row = static_cast<std::int64_t>(laws_.stocks) * laws_.width();
  shard_.exchange.start_rows(laws_.value, row);
  auto change = run_sweep(task, interior_);
  shard_.exchange.finish_rows(laws_.value, row);
  auto const border = run_sweep(task, border_);
  double most[3] = {std::fmax(change.objective_change, border.objective_change), std::fmax(change.law_change, border.law_change),
                    std::fmax(change.actions_changed, border.actions_changed)};
  max_over_ranks(shard_.comm, std::span<double>(most));
  std::swap(laws_, next_);
  bool const in_laws = config_.solver.method == Method::policy_iteration && how == dp::Choice::held;
  residual_ = in_laws ? most[1] : most[0];
  if (how == dp::Choice::held) law_change_ = most[1];
  changed_ = most[2] > 0;

  auto const rows = static_cast<double>(shard_.outcomes.rows.transitions()) * laws_.stocks;
  double const bytes = 8.0 * laws_.width() * (rows + static_cast<double>(model_.states) * laws_.stocks);  // each next law and each new one once
  work_ = {sum_over_ranks(shard_.comm, static_cast<double>(model_.states * laws_.stocks)), sum_over_ranks(shard_.comm, bytes),
           sum_over_ranks(shard_.comm, 8.0 * static_cast<double>(row * shard_.exchange.items_received()))};
}

void Iteration::note_stage() {
  if (!holds_stages()) return;
  auto const host = to_host(action_);
  std::int64_t const stocks = plan_.stock.stocks, stages = config_.criterion.horizon, stage = stages - static_cast<std::int64_t>(done_);
  for (std::int64_t s = 0; s < model_.states; ++s) {
    std::copy_n(host.begin() + s * stocks, stocks, stage_action_.begin() + (s * stages + stage) * stocks);
  }
}

std::vector<double> Iteration::objective() const { return to_host(objective_); }
std::vector<std::int32_t> Iteration::action() const { return to_host(action_); }

double Iteration::unfinished() const {
  double const discount = config_.criterion.discount;
  if (config_.finite()) return 0;
  if (config_.solver.method == Method::policy_iteration) return law_change_ * discount / (1 - discount);
  return std::pow(discount, done_) * (plan_.returns.high - plan_.returns.low);
}

std::vector<io::ShardedArray> Iteration::arrays() {
  using mdp::sharded_rows;
  auto const& states = shard_.states;
  auto const stocks = plan_.stock.stocks;
  std::vector<io::ShardedArray> arrays{
      sharded_rows(states, shard_.own, laws_.value, model_.own_first, {stocks, laws_.width()}, "law", "law of the return, and behind it the bound on its error"),
      sharded_rows(states, shard_.own, objective_, 0, {stocks}, "objective", "utility of stock and return"),
      sharded_rows(states, shard_.own, action_, 0, {stocks}, "action", "action that is best"),
      mdp::replicated_numbers("progress", "sweeps done; 1 while the policy is followed; finished; residual; change of laws", done_, phase_, finished_, residual_, law_change_)};
  if (holds_stages()) {
    io::ShardedArray stages{"stage_action", io::ElementType::int32, {states.size(), config_.criterion.horizon, stocks}, shard_.own, false, "1", "action of each stage"};
    auto const row = config_.criterion.horizon * stocks;
    stages.fetch = [this, row](Block items, void* host) {
      std::copy_n(stage_action_.begin() + (items.begin - shard_.own.begin) * row, items.size() * row, static_cast<std::int32_t*>(host));
    };
    stages.store = [this, row](Block items, void const* host) {
      std::copy_n(static_cast<std::int32_t const*>(host), items.size() * row, stage_action_.begin() + (items.begin - shard_.own.begin) * row);
    };
    arrays.push_back(std::move(stages));
  }
  return arrays;
}

}  // namespace bellshard::distributional_vi
