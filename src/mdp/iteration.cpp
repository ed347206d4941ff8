#include "src/mdp/iteration.hpp"

#include <cmath>

#include "kernels/linalg/vectors.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/sharded_values.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {
namespace {

constexpr int most_vain_proofs = 3;
constexpr int most_stalls = 3;  ///< sweeps in which only rounding moved the values
constexpr int refining_sweeps = 3;

}  // namespace

Iteration::Iteration(Operator& op, SolverOptions const& options)
    : op_(op), options_(options), own_{op.own_first(), op.own().size()}, prover_(op, options.tolerance), try_below_(options.tolerance) {
  auto const size = static_cast<std::size_t>(op.local_items());
  values_ = large_array<Array<double>>("bellshard::mdp::values", size);
  next_ = large_array<Array<double>>("bellshard::mdp::next_values", size);
  action_ = Array<std::int32_t>("bellshard::mdp::action", static_cast<std::size_t>(own_.size));
  Kokkos::deep_copy(action_, -1);
}

std::vector<io::ShardedArray> Iteration::arrays() {
  std::vector<io::ShardedArray> all{
      sharded_values(op_.states(), op_.own(), values_, own_.first, "value", "1", "value after the last sweep"),
      sharded_values(op_.states(), op_.own(), action_, 0, "action", "1", "action of the last improvement, -1 for none yet"),
      replicated_numbers("course", "what decides on the next proof: change before, width to try below, vain proofs, least change, stalls", before_,
                         try_below_, vain_proofs_, least_change_, stalls_)};
  if (op_.discount() == 1) {
    all.push_back(sharded_values(op_.states(), op_.own(), prover_.weight(), own_.first, "weight", "1", "expected steps, for the proof"));
  }
  return all;
}

void Iteration::restored() { op_.refresh(values_); }

void Iteration::start_from(Array<double> const& values) {
  Kokkos::deep_copy(values_, values);
  restored();
}

void Iteration::start_ordered(Change change) {
  double const discount = op_.discount();
  if (discount == 1) return;
  double const worst = op_.objective() == Objective::max ? change.lowest : change.highest;
  if (std::isfinite(worst)) linalg::shift(Execution(), own_, discount / (1 - discount) * worst, values_);
}

void Iteration::count(double sweeps) {
  auto const cost = op_.cost();
  work_.updates = sweeps * sum_over_ranks(op_.comm(), cost.states);
  work_.bytes = sweeps * sum_over_ranks(op_.comm(), cost.bytes);
  work_.bytes_received = sweeps * sum_over_ranks(op_.comm(), cost.bytes_received);
}

double Iteration::estimated_width(Change change, double scale) {
  double const largest = change.largest();
  double const ratio = before_ > 0 ? std::fmin(largest / before_, 0.999999) : 0;
  before_ = largest;
  if (scale == 0) return largest == 0 ? 0 : std::numeric_limits<double>::infinity();
  if (op_.discount() < 1) {
    double const absolute = (change.highest - change.lowest) / (1 - op_.discount());
    if (absolute > try_below_ * scale) return absolute / scale;
    return absolute / std::fmax(Prover::floor_of(scale), smallest_value(op_, values_));
  }
  return largest / (1 - ratio) / scale;
}

void Iteration::judge(Change change) {
  residual_ = change.largest();
  double const largest = largest_value(op_, values_);
  double const estimate = estimated_width(change, largest);
  double const size = size_of(change);
  if (size < least_change_) {
    least_change_ = size;
    stalls_ = 0;
  } else if (size <= 2 * op_.rounding(largest)) {
    refine();
    proof_ = prover_.prove(values_, change);
    exhausted_ = ++stalls_ == most_stalls && !finished();
    return;
  }
  if (!(estimate <= try_below_)) return;
  proof_ = prover_.prove(values_, change);
  if (finished()) return;
  // What is not proven in a few tries from values that only rounding moves will not be.
  if (proof_.rounding_limits && (proof_.holds || ++vain_proofs_ == most_vain_proofs)) exhausted_ = true;
  try_below_ = estimate * (proof_.holds ? std::fmin(0.5, 0.5 * options_.tolerance / proof_.width) : 0.1);
}

void Iteration::refine() {
  for (int sweep = 0; sweep < refining_sweeps; ++sweep) {
    op_.backup_accurately(values_, next_);
    std::swap(values_, next_);
  }
}

void Iteration::conclude() {
  auto change = over_ranks(op_.comm(), op_.backup(values_, next_, action_));
  bool const proven = proof_.holds && (finished() || exhausted_);  // with these the sweeps end, so the values are those of the proof
  if (proven) return;
  if (undo(change)) change = over_ranks(op_.comm(), op_.backup(values_, next_, action_));
  proof_ = prover_.prove(values_, change);
}

void run_to_end(Iteration& iteration, std::int64_t max_sweeps) {
  for (std::int64_t sweep = 1; sweep <= max_sweeps && !iteration.finished() && !iteration.exhausted(); ++sweep) iteration.advance(sweep);
  iteration.conclude();
}

}  // namespace bellshard::mdp
