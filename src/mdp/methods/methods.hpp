#pragma once
#include <limits>

#include "src/mdp/iteration.hpp"

namespace bellshard::mdp {

/// Synchronous sweeps V <- T V: the same bits for any number of ranks and threads.
class ValueIteration : public Iteration {
 public:
  using Iteration::Iteration;
  void advance(std::int64_t sweep) override;
};

/// Sweeps in place, ascending and descending in turn, after one synchronous sweep; between ranks the stage before holds.
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
  std::vector<io::ShardedArray> arrays() override;

 protected:
  /// Solves for the policy on values_, from what they are.
  LinearOutcome evaluate_by_solve();

  /// One step of iterative refinement: the accurate change is what the correction has to explain.
  void refine() override;

  /// Before a step that may lead astray: the next change must not exceed `most`.
  void keep_values(double most);
  void trust_values() { most_change_ = std::numeric_limits<double>::infinity(); }
  bool undo(Change change) override;
  /// Back to what was kept.
  void restore_values() { std::swap(values_, safe_), trust_values(); }

 private:
  PolicyEquation equation_;
  Array<double> safe_;            ///< values before the last step that may lead astray
  double most_change_ = std::numeric_limits<double>::infinity();
  std::int64_t sweeps_only_ = 0;  ///< improvements to go without solves
  std::int64_t failures_ = 0;
};

/// Improvements with one of four ways between them: nothing, ordered sweeps, a linear solve, sweeps of the policy. A way is tried for
/// some improvements; then the one goes on that shrinks the change most for the bytes it moves, and the others are tried where that
/// is slow. What it decides is counted, not timed, so it is the same in every run on the same number of ranks.
class AdaptiveIteration : public InexactPolicyIteration {
 public:
  AdaptiveIteration(Operator& op, SolverOptions const& options);
  void advance(std::int64_t sweep) override;
  std::vector<io::ShardedArray> arrays() override;

 private:
  enum Way { plain, ordered, solve, policy_sweeps, ways };
  struct Trial {
    Way way = plain;
    int patience = 0;    ///< that is left
    double change = -1;  ///< at its begin; negative before the first sweep
    double work = 0;     ///< so far [sweeps over all pairs]
  };
  Way choose() const;
  /// Rates the way that was tried by what it came to, and begins with the next one.
  void close_trial(double size);
  /// Goes the way of the trial on values_, which a sweep changed so, and counts its work.
  void go(Change change);

  double policy_share_ = 1;  ///< work of a policy's sweep [sweeps over all pairs]
  double product_share_ = 1;
  double rate_[ways];        ///< logarithm of the reduction of the change, per work; infinite where not tried yet
  Trial trial_;
};

}  // namespace bellshard::mdp
