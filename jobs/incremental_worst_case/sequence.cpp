#include "jobs/incremental_worst_case/sequence.hpp"

#include <algorithm>
#include <cmath>

#include "jobs/incremental_worst_case/cma_es.hpp"
#include "kernels/host_copy.hpp"
#include "src/dist/gather.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/problem.hpp"
#include "src/mdp/sharded_values.hpp"

namespace bellshard::incremental_worst_case {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

Partition pairs_of_ranks(MPI_Comm comm, std::int64_t own) {
  std::vector<std::int64_t> sizes;
  for (double const size : gather_from_ranks(comm, {static_cast<double>(own)})) sizes.push_back(static_cast<std::int64_t>(size));
  return Partition::of_sizes(sizes);
}

/// q = min(q, other).
void take_least(Array<double> const& q, Array<double> const& other) {
  Kokkos::parallel_for(
      "bellshard::incremental_worst_case::take_least", Kokkos::RangePolicy<Execution>(0, static_cast<std::int64_t>(q.extent(0))),
      KOKKOS_LAMBDA(std::int64_t pair) { q(pair) = other(pair) < q(pair) ? other(pair) : q(pair); });
}

}  // namespace

Sequence::Sequence(Context& context, Config const& config, Family const& family, FamilyOperator& grid, std::int64_t start)
    : context_(context),
      config_(config),
      family_(family),
      grid_(grid),
      start_(start),
      names_(static_cast<std::int64_t>(family.names().size())),
      pairs_(pairs_of_ranks(context.comm(), grid.model().pairs)),
      q_("bellshard::incremental_worst_case::least_q", at(grid.model().pairs)),
      best_action_("bellshard::incremental_worst_case::best_action", at(grid.model().states)),
      parameter_(at((config.max_iterations + 1) * names_)),
      promise_(at(config.max_iterations)),
      worst_(at(config.max_iterations)),
      found_(at(config.max_iterations * names_)) {
  auto const nominal = family.grid().front();
  std::copy(nominal.begin(), nominal.end(), parameter_.begin());
}

Array<double> Sequence::price_newest(Work& work) {
  Parameters const newest(parameter_.begin() + count_ * names_, parameter_.begin() + (count_ + 1) * names_);
  auto const so_far = count_ > 0 ? q_ : Array<double>();  // the newest model is seldom far from these
  auto const models = family_.grid();
  auto const place = std::find(models.begin(), models.end(), newest);
  if (place != models.end()) {
    auto const m = static_cast<std::int32_t>(place - models.begin());
    return grid_.price(m, grid_.optimal_values(m, config_.tolerance, config_.chain_sweeps, work, so_far));
  }
  std::vector<mdp::Rows> rows;
  rows.push_back(family_.rows(context_.comm(), grid_.own(), newest));
  FamilyOperator alone(context_.comm(), grid_.states(), std::move(rows), config_.discount, [&](std::size_t) { return family_.description(); });
  return alone.price(0, alone.optimal_values(0, config_.tolerance, config_.chain_sweeps, work, so_far));
}

Worst Sequence::look(Array<std::int32_t> const& action, Work& work) const {
  return config_.search == Search::exhaustive ? look_everywhere(action, work) : evolve(action, work);
}

Worst Sequence::look_everywhere(Array<std::int32_t> const& action, Work& work) const {
  auto const worth = grid_.evaluate(action, start_, config_.tolerance, work);
  auto const least = *std::min_element(worth.begin(), worth.end());
  // Values that are equal but for what sweeps left open: the lowest model, however they were rounded.
  auto const m = std::find_if(worth.begin(), worth.end(), [&](double w) { return w <= least + 2 * config_.tolerance; }) - worth.begin();
  return {family_.grid()[at(m)], m, least};
}

Worst Sequence::evolve(Array<std::int32_t> const& action, Work& work) const {
  CmaEs strategy(names_, config_.population, config_.spread, static_cast<std::uint32_t>(config_.seed), static_cast<std::uint64_t>(count_));
  auto const low = family_.low(), high = family_.high();
  auto const policy = to_host(action);
  Array<std::int32_t> const only("bellshard::incremental_worst_case::only_action", action.extent(0));
  Worst worst{{}, -1, std::numeric_limits<double>::infinity()};
  for (std::int64_t generation = 0; generation < config_.generations && !strategy.narrow(); ++generation) {
    std::vector<mdp::Rows> chains;
    std::vector<Parameters> asked;
    for (auto const& candidate : strategy.ask()) {
      Parameters parameters(low.size());
      for (std::size_t i = 0; i < low.size(); ++i) parameters[i] = low[i] + (high[i] - low[i]) * candidate[i];
      chains.push_back(mdp::follow(family_.rows(context_.comm(), grid_.own(), parameters), policy));
      asked.push_back(parameters);
    }
    FamilyOperator tried(context_.comm(), grid_.states(), std::move(chains), config_.discount, [&](std::size_t) { return family_.description(); });
    auto const worth = tried.evaluate(only, start_, config_.tolerance, work);
    strategy.tell(worth);
    auto const best = std::min_element(worth.begin(), worth.end()) - worth.begin();
    if (worth[at(best)] < worst.value) worst = {asked[at(best)], -1, worth[at(best)]};
  }
  return worst;
}

bool Sequence::known(Parameters const& parameters) const {
  for (std::int64_t i = 0; i < count_; ++i) {
    double apart = 0;
    for (std::int64_t k = 0; k < names_; ++k) apart = std::fmax(apart, std::fabs(parameter_[at(i * names_ + k)] - parameters[at(k)]) / (1 + std::fabs(parameters[at(k)])));
    if (apart <= 1e-9) return true;
  }
  return false;
}

void Sequence::advance(std::int64_t) {
  Work work;
  auto const newest = price_newest(work);
  if (count_ == 0) Kokkos::deep_copy(q_, newest);
  else take_least(q_, newest);
  auto const action = grid_.greedy(q_);
  double mine = 0;
  if (grid_.own().contains(start_)) {
    auto const s = start_ - grid_.own().begin;
    auto const first = to_host(grid_.model().pair_begin, s, 1).front();
    mine = to_host(q_, first + to_host(action, s, 1).front(), 1).front();
  }
  auto const i = count_++;
  promise_[at(i)] = sum_over_ranks(context_.comm(), mine);
  auto const worst = look(action, work);
  worst_[at(i)] = worst.value;
  std::copy(worst.parameters.begin(), worst.parameters.end(), found_.begin() + i * names_);
  std::copy(worst.parameters.begin(), worst.parameters.end(), parameter_.begin() + count_ * names_);
  gap_ = std::fabs(worst.value - promise_[at(i)]);
  if (i == 0 || worst.value > best_) {
    best_ = worst.value;
    Kokkos::deep_copy(best_action_, action);
  }
  stuck_ = !finished() && (known(worst.parameters) || count_ == config_.max_iterations);
  pair_updates_ += sum_over_ranks(context_.comm(), work.pairs);
  work_.updates = work.updates;
  context_.log().info("iteration {}: promises {:.9g}, worst value {:.9g}{}", i, promise_[at(i)], worst.value, stuck_ ? ", in a model that is known already" : "");
}

std::vector<io::ShardedArray> Sequence::arrays() {
  auto const own = pairs_.block(context_.rank());
  return {mdp::sharded_values(pairs_, own, q_, 0, "least_q", "1", ""),
          mdp::sharded_values(grid_.states(), grid_.own(), best_action_, 0, "best_action", "1", ""),
          io::replicated_array("parameters", parameter_),
          io::replicated_array("promised", promise_),
          io::replicated_array("worst", worst_),
          io::replicated_array("found", found_),
          mdp::replicated_numbers("numbers", "", count_, stuck_, gap_, best_, pair_updates_)};
}

}  // namespace bellshard::incremental_worst_case
