#include "jobs/incremental_worst_case/robust_iteration.hpp"

#include "src/dist/reduce.hpp"
#include "src/mdp/sharded_values.hpp"

namespace bellshard::incremental_worst_case {

RobustIteration::RobustIteration(Context& context, Config const& config, FamilyOperator& grid, double radius)
    : context_(context),
      config_(config),
      grid_(grid),
      radius_(radius),
      value_("bellshard::incremental_worst_case::robust_value", static_cast<std::size_t>(grid.local_items())),
      next_("bellshard::incremental_worst_case::robust_value", static_cast<std::size_t>(grid.local_items())),
      pairs_(sum_over_ranks(context.comm(), static_cast<double>(grid.model().pairs) * (radius == whole_family ? grid.model().models : 1))) {}

void RobustIteration::advance(std::int64_t) {
  auto const& model = grid_.model();
  auto const change = radius_ == whole_family ? dp::sweep_best("bellshard::dp::sweep_worst", Execution(), model, grid_.in_worst_model(), value_, next_)
                                                : dp::sweep_best("bellshard::dp::sweep_ball", Execution(), model, dp::WorthInBall{model, static_cast<std::int32_t>(config_.l1_centre), radius_}, value_, next_);
  std::swap(value_, next_);
  grid_.refresh(value_);
  // A worst case over distributions takes a number that all values gain as it is, so the limit lies between the least and the greatest
  // change, each times this, above the values.
  double const ahead = config_.discount / (1 - config_.discount);
  double const least = min_over_ranks(context_.comm(), change.least), most = max_over_ranks(context_.comm(), change.most);
  residual_ = 0.5 * ahead * (most - least);
  ++sweeps_;
  if (finished()) dp::shift_values(Execution(), value_, 0.5 * ahead * (most + least));
  work_.updates = static_cast<double>(grid_.states().size());
}

double RobustIteration::pair_updates() const { return pairs_ * static_cast<double>(sweeps_); }

Array<std::int32_t> RobustIteration::policy() const {
  auto const& model = grid_.model();
  Array<double> const q("bellshard::incremental_worst_case::robust_q", static_cast<std::size_t>(model.pairs));
  if (radius_ == whole_family) dp::price_pairs("bellshard::dp::price_worst", Execution(), model, grid_.in_worst_model(), value_, q);
  else dp::price_pairs("bellshard::dp::price_ball", Execution(), model, dp::WorthInBall{model, static_cast<std::int32_t>(config_.l1_centre), radius_}, value_, q);
  return grid_.greedy(q);
}

std::vector<io::ShardedArray> RobustIteration::arrays() {
  return {mdp::sharded_values(grid_.states(), grid_.own(), value_, grid_.model().own_first, "value", "1", ""), mdp::replicated_numbers("sweeps_and_error", "", sweeps_, residual_)};
}

}  // namespace bellshard::incremental_worst_case
