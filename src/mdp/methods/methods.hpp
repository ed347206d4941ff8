#pragma once
#include "src/mdp/iteration.hpp"

namespace bellshard::mdp {

/// Synchronous sweeps V <- T V: the same bits for any number of ranks and threads.
class ValueIteration : public Iteration {
 public:
  using Iteration::Iteration;
  void advance(std::int64_t sweep) override;
};

/// Sweeps in place, ascending and descending in turn; between ranks the stage before holds.
class GaussSeidel : public Iteration {
 public:
  using Iteration::Iteration;
  void advance(std::int64_t sweep) override;
};

/// One improvement, then sweeps of the policy that it chose until they gain little (Puterman & Shin 1978).
class ModifiedPolicyIteration : public Iteration {
 public:
  using Iteration::Iteration;
  void advance(std::int64_t sweep) override;

 protected:
  /// Sweeps of the present policy on values_; returns how many.
  std::int64_t evaluate_by_sweeps();
};

/// One improvement, then an inexact Krylov solve of the policy's linear equation (Gargiani et al. 2023). A solve that leads
/// astray (an improper policy, stagnation) is undone and replaced by sweeps of the policy.
class InexactPolicyIteration : public ModifiedPolicyIteration {
 public:
  InexactPolicyIteration(Operator& op, SolverOptions const& options);
  void advance(std::int64_t sweep) override;

 protected:
  /// Solves for the policy on values_, from what they are; returns the products it took.
  double evaluate_by_solve();
  /// Back to the values before the last solve.
  void undo_solve() { std::swap(values_, safe_); }

 private:
  PolicyEquation equation_;
  Array<double> safe_;            ///< values before the last solve
  double change_before_ = 0;      ///< that the last solve started from
  bool solved_ = false;           ///< the values come from a linear solve that was not judged yet
  std::int64_t sweeps_only_ = 0;  ///< improvements to go without solves
  std::int64_t failures_ = 0;
};

/// Improvements with one of three ways between them: a linear solve, sweeps of the policy, ordered sweeps. It goes on with the
/// way that shrinks the change most for the bytes it moves, and tries the others where that is slow. What it decides is
/// counted, not timed, so it is the same in every run on the same number of ranks.
class AdaptiveIteration : public InexactPolicyIteration {
 public:
  AdaptiveIteration(Operator& op, SolverOptions const& options);
  void advance(std::int64_t sweep) override;

 private:
  enum Way { solve, ordered, policy_sweeps, ways };
  Way choose() const;
  /// Goes that way on values_; returns the work [sweeps over all pairs].
  double go(Way way);

  double policy_share_ = 1;  ///< work of a policy's sweep [sweeps over all pairs]
  double product_share_ = 1;
  double rate_[ways];        ///< logarithm of the reduction of the change, per work; infinite where not tried yet
  double change_before_ = -1;
  Way last_ = solve;
  double last_work_ = 0;
};

}  // namespace bellshard::mdp
