#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>

#include "kernels/dp/bounds.hpp"
#include "kernels/linalg/vectors.hpp"
#include "src/mdp/operator.hpp"
#include "src/mdp/policy_equation.hpp"

namespace bellshard::mdp {

/// What is proven of values V: every optimal value lies in [lower, upper].
struct Proof {
  double width = std::numeric_limits<double>::infinity();  ///< max (upper - lower) / max(|value|, floor) [1]
  double floor = 0;             ///< 1e-3 of the largest |value|
  bool holds = false;           ///< both verifying sweeps passed at every state
  bool rounding_limits = false; ///< most of the width is the rounding of one sweep
};

/// Makes bounds of values and proves them. An operator whose equation has one solution, and whose sweeps lead to it from
/// anywhere (discounted; or the outcome of reduce()), is monotone, so T lower >= lower proves lower and T upper <= upper
/// proves upper, whatever made them. The candidates are
///
///     V + low w,  V + high w,     w(s) >= 1/2 + discount * sum p w(next) for every action that matters,
///
/// with low and high from the least and the greatest T V - V, rounding included. Discounted, w is the same number everywhere
/// (MacQueen 1966, Porteus 1971), and T V - V alone proves them, as far as each row's probabilities sum to 1 and less closely than the
/// verifying sweeps do, which are left out where that is enough. Undiscounted, w is the expected number of steps that near-optimal policies make. Bounds are kept
/// as V, w, low and high, so they hold for as long as V stays as it is.
class Prover {
 public:
  /// tolerance: the width that is aimed at.
  Prover(Operator& op, double tolerance);

  /// Tries to prove bounds of `values` [local storage]; discounted, values are first moved to the middle of their bounds.
  /// Where it holds, bounds() are those of `values`; else they are infinite. `change` is that of the last sweep, all ranks. Collective.
  Proof prove(Array<double> const& values, Change change);

  /// Below it, widths are relative to it: 1e-3 of the largest |value|.
  static double floor_of(double largest) { return std::fmax(1e-3 * largest, std::numeric_limits<double>::min()); }

  dp::Bounds const& bounds() const { return bounds_; }
  /// The greatest expected number of steps (undiscounted, after a proof); else 1 / (1 - discount).
  double longest() const { return longest_; }
  /// Undiscounted: w of the last proof, or 0, where the next one begins [local storage].
  Array<double> const& weight() const { return weight_; }
  double sweeps() const { return sweeps_; }  ///< that all proofs took so far

 private:
  void prove_discounted(Array<double> const& values, Change enclosing, Proof& proof);
  void measure(Proof& proof) const;
  void prove_by_steps(Array<double> const& values, Change enclosing, Proof& proof);
  /// Finds w for the actions within `margin` of the best; false where it does not settle in so many rounds.
  bool settle_weight(Array<double> const& values, double margin, int rounds);
  void accelerate_weight();
  /// Builds both bounds and runs the verifying sweeps.
  bool check(Array<double> const& values, double low, double high);

  Operator& op_;
  double tolerance_;
  linalg::Part own_;
  dp::Bounds bounds_;
  Array<double> weight_, next_weight_, ones_;   ///< undiscounted alone
  Array<std::int32_t> weight_action_;
  std::unique_ptr<PolicyEquation> equation_;
  double longest_ = 1;
  double sweeps_ = 0;
};

/// The least and the greatest over all ranks. Collective.
Change over_ranks(MPI_Comm comm, Change change);
/// Greatest |value| of the own states of all ranks. Collective.
double largest_value(Operator& op, Array<double> const& values);
/// Least |value| of the own states of all ranks; infinity where there are none. Collective.
double smallest_value(Operator& op, Array<double> const& values);

}  // namespace bellshard::mdp
