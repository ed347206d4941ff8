#pragma once
#include <cstdint>
#include <vector>

#include "src/allocation/problem.hpp"

namespace bellshard::allocation {

/// The linear relaxation of some stages, for any budget (Sinha, Zoltners 1979): the lower convex hulls of their candidates, the steps along them in the order of
/// loss saved per cell. The first n steps are a choice; between two of them the relaxation goes straight.
class Relaxation {
 public:
  explicit Relaxation(std::vector<Stage> const& stages);

  /// From now on without this stage.
  void leave_out(std::int32_t stage);

  struct Step {
    std::int32_t stage;
    std::int32_t candidate;  ///< that the step leads to
    std::int64_t cost;       ///< more than the candidate before [cell]
    double loss;             ///< of it less the one before; negative

    double slope() const { return loss / static_cast<double>(cost); }
  };
  std::vector<Step> const& steps() const { return steps_; }
  std::vector<std::int32_t> const& start() const { return start_; }  ///< [stage] cheapest candidate
  std::int64_t cost(std::size_t steps) const { return cost_[steps]; }
  double loss(std::size_t steps) const { return loss_[steps]; }
  double slope(std::size_t steps) const { return steps < steps_.size() ? steps_[steps].slope() : 0; }  ///< behind them; 0 where all are taken
  std::size_t steps_within(std::int64_t cell) const;  ///< of a cell that the cheapest candidates leave

 private:
  void add_up();

  std::vector<std::int32_t> start_;
  std::vector<std::int64_t> start_cost_;  ///< [stage]
  std::vector<double> start_loss_;        ///< [stage]
  std::vector<Step> steps_;
  std::vector<std::int64_t> cost_;  ///< [step + 1] of the steps before
  std::vector<double> loss_;        ///< [step + 1] of all stages after the steps before
};

/// The relaxation of the whole problem, whose value is that of the best Lagrangian multiplier.
class Lagrangian {
 public:
  explicit Lagrangian(Problem const& problem);

  /// No choice within this cell has a smaller sum of losses, up to rounding().
  double bound(std::int64_t cell) const;
  /// The loss saved by one more cell there; 0 where all is bought.
  double multiplier(std::int64_t cell) const;
  /// Steps in their order as long as they fit; a stage one of whose steps does not fit takes no further one. Candidate of each stage.
  std::vector<std::int32_t> greedy(std::int64_t cell) const;
  /// How far sums of losses in different orders may lie apart.
  double rounding() const { return rounding_; }

 private:
  Relaxation whole_;
  double rounding_ = 0;
};

}  // namespace bellshard::allocation
