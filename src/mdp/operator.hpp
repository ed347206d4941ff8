#pragma once
#include <mpi.h>

#include <cstdint>
#include <limits>
#include <string>

#include "kernels/dp/objective.hpp"
#include "kernels/execution.hpp"
#include "src/dist/partition.hpp"
#include "src/mdp/criterion.hpp"

namespace bellshard::mdp {

/// How far a sweep moved the own states of this rank: least and greatest (new - old).
struct Change {
  double lowest = 0;
  double highest = 0;
  double largest() const { return highest > -lowest ? highest : -lowest; }
};

/// What one sweep reads, writes and moves on this rank.
struct SweepCost {
  double states = 0;
  double pairs = 0;
  double transitions = 0;
  double bytes = 0;           ///< kernels
  double bytes_received = 0;  ///< from other ranks
  bool whole_policy = false;  ///< a policy's sweep reads all pairs (rows that stay in a file)
};

/// The Bellman operator of one sharded model, T V(s) = opt over a of Q(s, a), Q(s, a) = r(s, a) + discount * sum p V(next),
/// whatever the model is stored as. Methods are written against it.
///
/// Arrays of values lie in local storage: local_items() long, own state s at own_first() + s - own().begin, the rest
/// are items of other ranks. Arrays of actions hold own states only [own state]: the index within the state, -1 for none.
/// Every call that reads values of other ranks brings them up to date itself and is collective; what it returns is this
/// rank's alone unless it says otherwise.
class Operator {
 public:
  virtual ~Operator() = default;

  virtual MPI_Comm comm() const = 0;
  virtual Partition const& states() const = 0;
  virtual Block own() const = 0;
  virtual std::int64_t local_items() const = 0;
  virtual std::int64_t own_first() const = 0;
  virtual Objective objective() const = 0;
  virtual double discount() const = 0;
  virtual SweepCost cost() const = 0;
  virtual std::string storage() const { return "nothing stored"; }  ///< of the transitions, for the log

  /// Is a policy's value the solution of a linear equation? Not where nature answers it (interval models).
  virtual bool linear() const { return true; }

  /// A bound of the rounding error of any Q while no |value| exceeds `largest`: 2 (n + 4) 2^-53 (largest |r| + discount largest),
  /// n the most transitions of a pair. The same on every rank.
  virtual double rounding(double largest) const = 0;

  /// No |sum of the probabilities of a pair - 1| is greater, on any rank; infinity where nobody looked.
  virtual double off_one() const { return std::numeric_limits<double>::infinity(); }

  /// Brings the items of other ranks up to date.
  virtual void refresh(Array<double> const& values) = 0;

  /// out = T in. `action` [own state] is read and written: an old action that is as good as the best, within the rounding of
  /// Q, is kept; else the lowest best one is taken. `in` and `out` are different arrays.
  virtual Change backup(Array<double> const& in, Array<double> const& out, Array<std::int32_t> const& action) = 0;
  /// out = T in where nobody asks for the actions.
  virtual Change backup(Array<double> const& in, Array<double> const& out) = 0;
  /// The same with sums in twice the precision, where rounding alone still moves the values.
  virtual Change backup_accurately(Array<double> const& in, Array<double> const& out) = 0;
  /// Gauss-Seidel in place: states in blocks, in ascending or descending order, each block reading what the ones before wrote; items
  /// of other ranks as they were. The order is that of the numbers, or the operator's own (visiting_order.hpp). relaxation 1 is plain,
  /// above 1 over-relaxed.
  enum class Order { ascending, descending };
  virtual Change sweep_in_place(Array<double> const& values, Order order, double relaxation) = 0;

  /// The same for the own states of one part alone (from 0), by number; items of other ranks as they are: refresh() before it. `copy` [local
  /// state] is scratch that holds the same as values, and does so afterwards. A device sweeps a part at once, from the values before it.
  virtual Change sweep_part(Array<double> const& values, Array<double> const& copy, Block part, Order order) = 0;
  /// Parts begin at multiples of it.
  static constexpr std::int64_t part_step = 64;
  /// Which blocks of `block_states` own states lead to which: 1 at [block * (blocks + 1) + block led to], else 0; last in a row: items of
  /// other ranks. One look at every transition.
  virtual Array<std::int32_t> links(std::int64_t block_states) = 0;

  /// Until release_policy(), rewards, expect and evaluate are called for this policy alone, as it is now: its rows may be laid together.
  virtual void hold_policy(Array<std::int32_t const> const&) {}
  virtual void release_policy() {}

  /// The linear parts of a fixed policy: out = r_policy; out = discount * P_policy in; and both, out = r + discount * P in.
  virtual void rewards(Array<std::int32_t const> const& action, Array<double> const& out) = 0;
  virtual void expect(Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) = 0;
  virtual Change evaluate(Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) = 0;

  /// out = 1 + max over the actions a with |Q(values)(s, a) - T values(s)| <= margin of discount * sum p in(next); `action`
  /// [own state] becomes the one taken. Repeated, `in` grows to the most expected (discounted) steps that near-optimal
  /// policies make: the weight of the proof.
  virtual Change count_steps(Array<double> const& values, double margin, Array<double> const& in, Array<double> const& out,
                             Array<std::int32_t> const& action) = 0;

  /// Bounds of T values - values that include the rounding of Q: least of (T - error - V), greatest of (T + error - V).
  virtual Change enclosing_change(Array<double> const& values) = 0;

  /// Own states where T lower >= lower or T upper <= upper fails, each side with the rounding of Q against it, for the bounds
  /// values + low weight and values + high weight (an empty weight is 1). Values may be infinite. An upper bound that is no less than
  /// `most`, which no optimal value exceeds, needs no sweep.
  struct Violations {
    std::int64_t lower = 0;
    std::int64_t upper = 0;
  };
  virtual Violations verify(Array<double> const& values, Array<double> const& weight, double low, double high,
                            double most = std::numeric_limits<double>::infinity()) = 0;
};

/// Holds a policy of an operator while it lives.
class HeldPolicy {
 public:
  HeldPolicy(Operator& op, Array<std::int32_t const> const& action) : op_(op) { op_.hold_policy(action); }
  ~HeldPolicy() { op_.release_policy(); }
  HeldPolicy(HeldPolicy const&) = delete;
  HeldPolicy& operator=(HeldPolicy const&) = delete;

 private:
  Operator& op_;
};

}  // namespace bellshard::mdp
