#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/sharded_array.hpp"
#include "src/drive/step.hpp"
#include "src/mdp/iteration.hpp"
#include "src/mdp/reduction.hpp"
#include "src/mdp/source.hpp"

namespace bellshard::mdp {

/// What a problem answers for every state of the model, as arrays over the axis "state" (stage arrays: state, stage).
struct Answer {
  std::vector<io::ShardedArray> fields;  ///< value, lower, upper, action, ...
  std::function<io::ShardedArray()> policy_value;  ///< where it is no field: evaluates the policy, which overwrites the fields
  double width = 0;                      ///< max (upper - lower) / max(|value|, floor), where both are finite
  double floor = 0;
  bool proven = false;                   ///< lower and upper passed the verifying sweeps
  std::vector<std::pair<std::string, double>> facts;  ///< further counts for the result
  struct Number {
    std::string name;
    double value;
    std::string long_name;
  };
  std::vector<Number> numbers;           ///< and others
};

/// A bound on the discounted sum of a second reward from the initial states.
struct Constraint {
  enum class Side { at_most, at_least };
  std::vector<double> reward;          ///< [pair]
  std::vector<std::uint8_t> initial;   ///< [own state] 1 where paths start
  Side side = Side::at_most;
  double bound = 0;                    ///< [reward]
};

/// The arrays that a criterion is asked about, for the own states.
struct Question {
  Criterion criterion;
  std::vector<std::uint8_t> target;    ///< 1 where met; criteria with a target
  std::vector<std::uint8_t> allowed;   ///< 0 where a path ends without success; empty: everywhere
  std::vector<double> terminal;        ///< finite_horizon: reward at the end; empty: none
  std::optional<Constraint> constraint;  ///< discounted alone
};

/// One model under one criterion: the step that drive() turns, and what it comes to.
class Problem {
 public:
  virtual ~Problem() = default;
  virtual Step& step() = 0;
  virtual std::string description() const = 0;  ///< "inexact_policy_iteration on 1038 states, 12 end components": for the log
  /// Start from these values [own state of the model], all finite, before the first sweep. Collective. Discounted, reachability and
  /// total reward alone; the others have no such values: exit 3.
  virtual void start_from(std::span<double const> values);
  /// How many states refute these bounds [own state of the model] of any origin: T lower >= lower or T upper <= upper fails there, all ranks.
  /// Before the first sweep, whose memory it takes. Collective. Discounted, reachability and total reward alone, the others: exit 3.
  virtual Operator::Violations refute(std::span<double const> lower, std::span<double const> upper);
  virtual Answer answer() = 0;                  ///< after the last sweep; collective
};

/// Sets up the criterion's problem. `rows` is used up. Collective.
std::unique_ptr<Problem> make_problem(MPI_Comm comm, Partition const& states, Rows rows, Question question, SolverOptions const& options);
/// The same for criteria whose rows nothing but sweeps reads: discounted, finite_horizon, bounded_reachability (of an operator without rewards).
std::unique_ptr<Problem> make_problem(std::unique_ptr<Operator> op, Question question, SolverOptions const& options);

/// The Markov chain of a policy: one pair a state. `action` [own state].
Rows follow(Rows const& rows, std::span<std::int32_t const> action);

/// An array [state] that lives in host memory and is kept alive by what it returns.
template <class T>
io::ShardedArray host_field(Partition const& states, Block own, std::vector<T> values, std::string name, std::string unit,
                            std::string long_name);

}  // namespace bellshard::mdp
