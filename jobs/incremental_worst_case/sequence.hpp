#pragma once
#include <vector>

#include "jobs/incremental_worst_case/family_operator.hpp"
#include "src/drive/step.hpp"

namespace bellshard::incremental_worst_case {

/// The worst model of a policy that a search found.
struct Worst {
  Parameters parameters;
  std::int64_t model = -1;  ///< its number in the grid; -1: between the points
  double value = 0;
};

/// A robust policy by a sequence of static models, one a sweep: solve the newest one, take for each state and action the least Q of all so
/// far, be greedy, and look for the model in which that policy does worst. It ends where the policy does no worse than promised; it is
/// stuck where that worst model is in the sequence already, for then nothing would change any more.
class Sequence : public Step {
 public:
  Sequence(Context& context, Config const& config, Family const& family, FamilyOperator& grid, std::int64_t start);

  void advance(std::int64_t sweep) override;
  double residual() const override { return gap_; }
  bool finished() const override { return count_ > 0 && gap_ <= config_.gap; }
  bool exhausted() const override { return stuck_ != 0; }
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;

  std::int64_t size() const { return count_; }
  std::vector<double> parameters() const { return first(parameter_, names_); }  ///< [iteration, parameter]
  std::vector<double> promised() const { return first(promise_, 1); }           ///< [iteration] least Q of the policy's action in the start state
  std::vector<double> worst() const { return first(worst_, 1); }                ///< [iteration] value of the policy in its worst model
  std::vector<double> found() const { return first(found_, names_); }           ///< [iteration, parameter] that model
  Array<double> const& q() const { return q_; }                                 ///< [own pair]
  Array<std::int32_t> const& best_action() const { return best_action_; }       ///< [own state] of the policy whose worst value is greatest
  double best_worst() const { return best_; }
  double gap() const { return gap_; }
  Partition const& pairs() const { return pairs_; }
  double pair_updates() const { return pair_updates_; }                         ///< sums over next states, of all ranks

 private:
  std::vector<double> first(std::vector<double> const& values, std::int64_t each) const { return {values.begin(), values.begin() + count_ * each}; }
  Array<double> price_newest(Work& work);
  Worst look(Array<std::int32_t> const& action, Work& work) const;
  Worst look_everywhere(Array<std::int32_t> const& action, Work& work) const;
  Worst evolve(Array<std::int32_t> const& action, Work& work) const;
  bool known(Parameters const& parameters) const;

  Context& context_;
  Config const& config_;
  Family const& family_;
  FamilyOperator& grid_;
  std::int64_t start_, names_;
  Partition pairs_;
  std::int64_t count_ = 0, stuck_ = 0;
  Array<double> q_;
  Array<std::int32_t> best_action_;
  std::vector<double> parameter_, promise_, worst_, found_;  ///< room for max_iterations, and one more of parameter_
  double gap_ = 0, best_ = 0, pair_updates_ = 0;
  SweepWork work_;
};

}  // namespace bellshard::incremental_worst_case
