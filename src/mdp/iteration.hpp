#pragma once
#include <memory>
#include <string>
#include <vector>

#include "src/drive/step.hpp"
#include "src/mdp/operator.hpp"
#include "src/mdp/policy_equation.hpp"
#include "src/mdp/proof.hpp"

namespace bellshard::mdp {

enum class Method { automatic, value_iteration, gauss_seidel, modified_policy_iteration, inexact_policy_iteration, anderson, prioritised };

struct SolverOptions {
  Method method = Method::automatic;
  double tolerance = 1e-6;           ///< proven width: max (upper - lower) / max(|value|, 1e-3 largest |value|) [1]
  std::int64_t inner_sweeps = 50;    ///< modified policy iteration: most sweeps of a policy
  double relaxation = 1;             ///< gauss_seidel: above 1 over-relaxed
  LinearMethod linear = LinearMethod::bicgstab;
  std::int64_t anderson_memory = 5;  ///< anderson: differences of sweeps that it combines, at most 10
};

/// Its name in job files.
std::string to_string(Method method);

/// What all methods share: the values, the actions, the proof and the state of a checkpoint.
class Iteration : public Step {
 public:
  Iteration(Operator& op, SolverOptions const& options);

  double residual() const override { return residual_; }
  bool finished() const override { return proof_.holds && proof_.width <= options_.tolerance; }
  bool exhausted() const override { return exhausted_; }
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;
  void restored() override;

  Array<double> const& values() const { return values_; }       ///< local storage
  Array<double> const& scratch() const { return next_; }        ///< as long; a sweep writes it
  Array<std::int32_t> const& actions() const { return action_; } ///< [own state]
  Proof const& proof() const { return proof_; }  ///< after conclude(): of values()
  Prover& prover() { return prover_; }
  /// Start from these values (own states in local storage).
  void start_from(Array<double> const& values);
  /// After the last sweep: proves what it can of values that moved since the last proof, and takes the greedy actions. Collective.
  void conclude();

 protected:
  /// Looks at the change of a sweep from V to T V, all ranks, and proves bounds of values_ where they look narrow enough.
  void judge(Change change);
  /// The size of a change that methods shrink: discounted, a shift of all values is none.
  double size_of(Change change) const { return op_.discount() < 1 ? change.highest - change.lowest : change.largest(); }
  /// Discounted: moves values_, which a sweep changed by `change`, as a whole to where T V is nowhere worse than V (max: V is below the
  /// optimum). Sweeps in place then build on what is known and are not drawn to where nothing is: on a grid few, not one a row.
  void start_ordered(Change change);
  /// Takes back a step that led astray, as a sweep of what it left says; false where there was none.
  virtual bool undo(Change) { return false; }
  /// Where sums round more than the values still have to move: brings them nearer by accurate sweeps.
  virtual void refine();
  /// A sweep took place; the work of `sweeps` of them.
  void count(double sweeps);

  Operator& op_;
  SolverOptions options_;
  linalg::Part own_;
  Array<double> values_, next_;
  Array<std::int32_t> action_;

 private:
  double estimated_width(Change change, double scale);

  Prover prover_;
  Proof proof_;
  double residual_ = 0;
  double before_ = 0;          ///< largest change of the sweep before
  double try_below_;           ///< estimated width at which the next proof is tried
  int vain_proofs_ = 0;
  double least_change_ = std::numeric_limits<double>::infinity();
  int stalls_ = 0;
  bool exhausted_ = false;
  SweepWork work_;
};

std::unique_ptr<Iteration> make_iteration(Operator& op, SolverOptions const& options);

/// Advances to the end without checkpoints, for side problems (the value of a policy). Collective.
void run_to_end(Iteration& iteration, std::int64_t max_sweeps);

}  // namespace bellshard::mdp
