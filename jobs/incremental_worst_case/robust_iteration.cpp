#include "jobs/incremental_worst_case/robust_iteration.hpp"

#include "src/dist/reduce.hpp"
#include "src/mdp/sharded_values.hpp"

namespace bellshard::incremental_worst_case {

RobustIteration::RobustIteration(Context& context, Config const& config, FamilyOperator& grid, double radius)
    : context_(context),
      config_(config),
      grid_(grid),
      radius_(radius),
      rounds_(context.comm(), grid.exchange(), grid.model(), config.chain_sweeps, config.tolerance),
      pairs_(sum_over_ranks(context.comm(), static_cast<double>(grid.model().pairs) * (radius == whole_family ? grid.model().models : 1))) {}

void RobustIteration::advance(std::int64_t) {
  auto const& model = grid_.model();
  auto const chains = rounds_.rounds().chain_swept;
  if (radius_ == whole_family) rounds_.advance("bellshard::dp::sweep_worst", grid_.in_worst_model());
  else rounds_.advance("bellshard::dp::sweep_ball", dp::WorthInBall{model, static_cast<std::int32_t>(config_.l1_centre), radius_});
  work_.updates = static_cast<double>(grid_.states().size()) * static_cast<double>(1 + rounds_.rounds().chain_swept - chains);
}

double RobustIteration::pair_updates() const {
  auto const& done = rounds_.rounds();
  return pairs_ * static_cast<double>(done.sweeps) + static_cast<double>(grid_.states().size()) * static_cast<double>(done.chain_swept);
}

Array<std::int32_t> RobustIteration::policy() const {
  auto const& model = grid_.model();
  Array<double> const q("bellshard::incremental_worst_case::robust_q", static_cast<std::size_t>(model.pairs));
  if (radius_ == whole_family) dp::price_pairs("bellshard::dp::price_worst", Execution(), model, grid_.in_worst_model(), values(), q);
  else dp::price_pairs("bellshard::dp::price_ball", Execution(), model, dp::WorthInBall{model, static_cast<std::int32_t>(config_.l1_centre), radius_}, values(), q);
  return grid_.greedy(q);
}

std::vector<io::ShardedArray> RobustIteration::arrays() {
  auto& done = rounds_.rounds();
  return {mdp::sharded_values(grid_.states(), grid_.own(), rounds_.values(), grid_.model().own_first, "value", "1", ""),
          mdp::replicated_numbers("rounds", "", done.sweeps, done.chain_sweeps, done.chain_swept, done.error, done.allowed)};
}

}  // namespace bellshard::incremental_worst_case
