#include "src/mdp/proof.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/dp/bounds.hpp"
#include "src/dist/reduce.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {
namespace {

dp::Bounds unbounded(Array<double> const& values) {
  return {values, {}, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
}

constexpr int attempts = 6;
constexpr int sweeps_before_solving = 50;  ///< twice as many before each further solve
constexpr int most_rounds = 9;
constexpr int few_rounds = 3;  ///< where actions far from the best count too, of which some may never end

}  // namespace

Change over_ranks(MPI_Comm comm, Change change) {
  std::array<double, 2> ends{-change.lowest, change.highest};
  max_over_ranks(comm, ends);
  if (-ends[0] > ends[1]) return {};  // no state anywhere
  return {-ends[0], ends[1]};
}

double largest_value(Operator& op, Array<double> const& values) {
  linalg::Part const own{op.own_first(), op.own().size()};
  return max_over_ranks(op.comm(), linalg::largest_magnitude(Execution(), own, values));
}

double smallest_value(Operator& op, Array<double> const& values) {
  linalg::Part const own{op.own_first(), op.own().size()};
  return -max_over_ranks(op.comm(), -dp::least_value(Execution(), own, dp::Magnitude{values.data()}));
}

Prover::Prover(Operator& op, double tolerance) : op_(op), tolerance_(tolerance), own_{op.own_first(), op.own().size()} {
  auto const size = static_cast<std::size_t>(op.local_items());
  if (op.discount() == 1) weight_ = large_array<Array<double>>("bellshard::mdp::weight", size);
}

Proof Prover::prove(Array<double> const& values, Change change) {
  Proof proof;
  proof.floor = floor_of(largest_value(op_, values));
  auto const enclosing = over_ranks(op_.comm(), op_.enclosing_change(values));
  sweeps_ += 1;
  double const span = enclosing.highest - enclosing.lowest;
  bounds_ = unbounded(values);
  if (!std::isfinite(span)) return proof;
  proof.rounding_limits = change.highest - change.lowest <= 0.5 * span;
  if (op_.discount() < 1) {
    prove_discounted(values, enclosing, proof);
  } else {
    prove_by_steps(values, enclosing, proof);
  }
  if (proof.holds) measure(proof);
  return proof;
}

void Prover::measure(Proof& proof) const {
  proof.width = max_over_ranks(op_.comm(), dp::largest_width(Execution(), own_, bounds_, proof.floor));
}

bool Prover::check(Array<double> const& values, double low, double high) {
  bool const discounted = op_.discount() < 1;
  auto const violations = op_.verify(values, discounted ? Array<double>() : weight_, low, high);
  sweeps_ += 1;
  if (sum_over_ranks(op_.comm(), violations.lower + violations.upper) != 0) return false;
  bounds_ = {values, {}, low, high};
  if (!discounted) bounds_.weight = weight_;
  return true;
}

void Prover::prove_discounted(Array<double> const& values, Change enclosing, Proof& proof) {
  double const ease = 1 - op_.discount();
  longest_ = 1 / ease;
  double const middle = 0.5 * (enclosing.lowest + enclosing.highest) / ease;
  linalg::shift(Execution(), own_, middle, values);
  // T (V + c) - (V + c) = (T V - V) - (1 - discount) c: what is left on both sides of the middle.
  double const half = 0.5 * (enclosing.highest - enclosing.lowest) / ease;
  double const rounding = 1e-15 * std::fabs(middle);
  double reach = half * (1 + 1e-6) + rounding;

  // T (V + c) is T V + discount c, off by what the sums of rows are off 1 and by the rounding of V + c and of a sweep that repeats this.
  constexpr double unit = 0x1p-53;
  double const most = largest_value(op_, values) + 2 * reach;
  double const certain = half + (op_.off_one() * (std::fabs(middle) + 2 * reach) + 10 * unit * most) / ease + 16 * unit * (std::fabs(middle) + half);
  if (std::isfinite(certain)) {
    bounds_ = {values, {}, -certain, certain};
    proof.holds = true;
    measure(proof);
    if (proof.width <= tolerance_ || certain <= 2 * reach) return;
  }
  for (int attempt = 0; attempt < attempts && !(certain <= reach); ++attempt, reach *= attempt == 1 ? 1.1 : 2) {
    if (check(values, -reach, reach)) {
      proof.holds = true;
      return;
    }
  }
}

void Prover::prove_by_steps(Array<double> const& values, Change enclosing, Proof& proof) {
  double const most = std::fmax(-enclosing.lowest, enclosing.highest);
  double margin = std::fmax(10 * most, tolerance_ * proof.floor);
  double low = 2 * std::fmin(0, enclosing.lowest), high = 2 * std::fmax(0, enclosing.highest);
  for (int attempt = 0; attempt < attempts && !proof.holds; ++attempt) {
    if (!settle_weight(values, margin, margin <= proof.floor ? most_rounds : few_rounds)) return;
    // An action beyond the margin cannot spoil the bounds where the margin exceeds what they move.
    double const needed = most + std::fmax(-low, high) * longest_;
    proof.holds = check(values, low, high);
    if (proof.holds) return;
    if (needed > margin) {
      margin = 2 * needed;
    } else {
      low *= 2;
      high *= 2;
    }
  }
}

bool Prover::settle_weight(Array<double> const& values, double margin, int rounds) {
  auto const size = static_cast<std::size_t>(op_.local_items());
  if (next_weight_.size() != size || !next_weight_.data()) {
    next_weight_ = large_array<Array<double>>("bellshard::mdp::next_weight", size);
    weight_action_ = Array<std::int32_t>("bellshard::mdp::weight_action", static_cast<std::size_t>(own_.size));
    Kokkos::deep_copy(weight_action_, -1);
  }
  for (int round = 0; round < rounds; ++round) {
    for (int sweep = 0; sweep < sweeps_before_solving << round; ++sweep) {
      auto const change = over_ranks(op_.comm(), op_.count_steps(values, margin, weight_, next_weight_, weight_action_));
      std::swap(weight_, next_weight_);
      sweeps_ += 1;
      if (!(change.highest > 0.5)) {
        longest_ = largest_value(op_, weight_);
        return std::isfinite(longest_);
      }
    }
    if (op_.linear()) accelerate_weight();
  }
  return false;
}

/// Solves w = 1 + P w for the policy that took most steps; keeps what it finds where that is a number of steps.
void Prover::accelerate_weight() {
  if (!equation_) {
    equation_ = std::make_unique<PolicyEquation>(op_, LinearMethod::bicgstab);
    ones_ = large_array<Array<double>>("bellshard::mdp::ones", static_cast<std::size_t>(op_.local_items()));
    Kokkos::deep_copy(ones_, 1.0);
  }
  Kokkos::deep_copy(next_weight_, weight_);
  auto const outcome = equation_->solve(weight_action_, ones_, next_weight_, 1e-3, 600);
  sweeps_ += static_cast<double>(outcome.products);
  double const least = -max_over_ranks(op_.comm(), -dp::least_value(Execution(), own_, next_weight_.data()));
  double const most = largest_value(op_, next_weight_);
  if (least >= 0 && std::isfinite(most)) std::swap(weight_, next_weight_);
}

}  // namespace bellshard::mdp
