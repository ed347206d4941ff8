#pragma once
#include <cstdint>
#include <vector>

#include "src/allocation/problem.hpp"

namespace bellshard::allocation {

/// The linear relaxation of the problem, whose value is that of the best Lagrangian multiplier (Sinha, Zoltners 1979): the lower convex hulls of all stages'
/// candidates, their steps in the order of loss saved per cell.
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
  struct HullStep {
    std::int32_t stage;
    std::int32_t candidate;  ///< that the step leads to
    std::int64_t cost;       ///< more than the candidate before [cell]
    double loss;             ///< of it less the one before; negative
  };
  std::size_t steps_within(std::int64_t cell) const;

  std::vector<std::int32_t> start_;  ///< [stage] candidate of cost 0
  std::vector<HullStep> steps_;
  std::vector<std::int64_t> cost_{0};  ///< [step + 1] of the steps before
  std::vector<double> loss_;           ///< [step + 1] of all stages after the steps before
  double rounding_ = 0;
};

}  // namespace bellshard::allocation
