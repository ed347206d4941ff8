#include "src/mdp/methods/anderson.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/dist/reduce.hpp"
#include "src/mdp/methods/least_squares.hpp"
#include "src/mdp/sharded_values.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {
namespace {

constexpr double most_growth = 1.5;  ///< of the least change so far: steps that pay let it rise now and then
constexpr int patience = 5;          ///< steps in which it may fall less than plain sweeps would have made it
constexpr int most_failures = 20;

}  // namespace

Anderson::Anderson(Operator& op, SolverOptions const& options) : Iteration(op, options) {
  auto const size = static_cast<std::size_t>(op.local_items());
  for (std::int64_t k = 0; k < options.anderson_memory; ++k) {
    change_.push_back(large_array<Array<double>>("bellshard::mdp::anderson_change", size));
    swept_.push_back(large_array<Array<double>>("bellshard::mdp::anderson_swept", size));
  }
}

std::vector<io::ShardedArray> Anderson::arrays() {
  auto all = Iteration::arrays();
  for (std::size_t k = 0; k < change_.size(); ++k) {
    all.push_back(sharded_values(op_.states(), op_.own(), change_[k], own_.first, fmt::format("anderson_change_{}", k), "1",
                                 "difference of two changes, or the last change"));
    all.push_back(sharded_values(op_.states(), op_.own(), swept_[k], own_.first, fmt::format("anderson_swept_{}", k), "1",
                                 "difference of two outcomes, or the last one"));
  }
  all.push_back(replicated_numbers("anderson", "slots in use, the newest one, change to trust, least change, steps in vain, plain sweeps to go, failures", pairs_,
                                   newest_, most_, least_, vain_, plain_, failures_));
  return all;
}

bool Anderson::undo(Change change) {
  if (size_of(change) <= most_) return false;
  Kokkos::deep_copy(values_, swept_[newest_]);
  give_up();
  return true;
}

void Anderson::give_up() {
  most_ = std::numeric_limits<double>::infinity();
  pairs_ = vain_ = 0;
  failures_ = std::min(failures_ + 1, most_failures);
  plain_ = std::int64_t{1} << failures_;
}

void Anderson::watch(double size) {
  bool const stepped = std::isfinite(most_);
  most_ = std::numeric_limits<double>::infinity();
  if (size < op_.discount() * least_) {
    vain_ = 0;
  } else if (stepped && ++vain_ > patience) {
    give_up();
  }
  least_ = std::fmin(least_, size);
}

void Anderson::refine() {
  Iteration::refine();
  refined_ = true;
}

void Anderson::advance(std::int64_t) {
  auto change = over_ranks(op_.comm(), op_.backup(values_, next_));
  double sweeps = 1;
  if (undo(change)) {
    change = over_ranks(op_.comm(), op_.backup(values_, next_));
    sweeps += 1;
  }
  count(sweeps);
  watch(size_of(change));
  // f over the old values, but for the middle of all changes where that means nothing.
  linalg::combine(Execution(), own_, 1, next_, -1, values_, values_);
  std::swap(values_, next_);
  double const discount = op_.discount(), middle = 0.5 * (change.lowest + change.highest);
  if (discount < 1 && std::isfinite(middle)) {
    linalg::shift(Execution(), own_, -middle, next_);
    linalg::shift(Execution(), own_, discount / (1 - discount) * middle, values_);
  }
  refined_ = false;
  judge(change);
  if (finished() || exhausted()) return;
  if (refined_) {
    pairs_ = 0;
  } else {
    step();
  }
}

void Anderson::step() {
  Execution const space;
  auto const slots = static_cast<int>(change_.size());
  linalg::VectorList differences;
  if (pairs_ > 0) {
    linalg::combine(space, own_, 1, next_, -1, change_[newest_], change_[newest_]);
    linalg::combine(space, own_, 1, values_, -1, swept_[newest_], swept_[newest_]);
  }
  for (int k = 0; k < pairs_; ++k) differences.add(change_[k]);
  bool const plain = plain_ > 0 || pairs_ == 0;
  if (plain_ > 0) --plain_;
  auto const factors = plain ? linalg::Factors{} : least_squares(products(differences), pairs_);
  most_ = plain ? std::numeric_limits<double>::infinity() : most_growth * least_;

  // The new values arise in the slot that f and T V are kept in next: the oldest one, where all are in use.
  bool const full = pairs_ == slots;
  int const slot = full ? (newest_ + 1) % slots : pairs_;
  linalg::combine(space, own_, 1, values_, full ? -factors.factor[slot] : 0, full ? swept_[slot] : values_, swept_[slot]);
  linalg::VectorList others;
  linalg::Factors taken;
  for (int k = 0; k < pairs_; ++k) {
    if (k == slot) continue;
    taken.factor[others.count] = -factors.factor[k];
    others.add(swept_[k]);
  }
  linalg::add_combination(space, own_, others, taken, swept_[slot]);
  std::swap(values_, swept_[slot]);
  std::swap(next_, change_[slot]);
  newest_ = slot;
  pairs_ += !full;
}

/// Over all ranks, of the differences and of f, the last row.
linalg::ProductTable Anderson::products(linalg::VectorList list) const {
  if (list.count == 0) return {};
  list.add(next_);
  auto table = linalg::products(Execution(), own_, list);
  sum_over_ranks(op_.comm(), table.entry);
  return table;
}

}  // namespace bellshard::mdp
