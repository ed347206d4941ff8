#pragma once
#include <memory>

#include "src/mdp/problem.hpp"

namespace bellshard::mdp {

/// What the solver found on the own original states, on the host.
struct Found {
  std::vector<double> value, lower, upper;
  std::vector<std::int32_t> action;
  Proof proof;
};

/// The operator of the reduced states, which takes over their rows; the way back needs their action offsets alone.
std::unique_ptr<Operator> operator_of(MPI_Comm comm, Reduction& reduction, Criterion const& criterion, bool in_place = true);

/// A criterion whose values solve one equation V = T V: discounted, reachability, total reward.
/// Discounted without a target keeps the model as it is; the others are reduced first and lifted back.
class StationaryProblem : public Problem {
 public:
  StationaryProblem(MPI_Comm comm, Partition const& states, Rows rows, Question question, SolverOptions const& options);
  explicit StationaryProblem(std::unique_ptr<Operator> op, Question question, SolverOptions const& options);

  Step& step() override { return *iteration_; }
  std::string description() const override;
  void start_from(std::span<double const> values) override;
  Operator::Violations refute(std::span<double const> lower, std::span<double const> upper) override;
  Answer answer() override;

  /// For problems that have this one inside. Collective, after the last sweep.
  Found find();
  /// The value of a policy on the own original states, from its own Markov chain. `action` [own original state]. NaN where it cannot be
  /// proven or a signal asks to stop before it is.
  std::vector<double> value_of_policy(std::vector<std::int32_t> const& action) const;
  Iteration& iteration() { return *iteration_; }

 private:
  Answer answer_unreduced();
  Answer answer_reduced();
  void evaluate_policy();
  /// Values of the own original states into local storage.
  void place(std::span<double const> values, Array<double> const& array) const;
  void put_constants(Array<double> const& array, double factor);
  MPI_Comm comm_;
  Partition states_;
  Block own_;
  Question question_;
  SolverOptions options_;
  Rows rows_;                            ///< of the original model, where it was reduced
  std::unique_ptr<Reduction> reduction_; ///< null: the operator is the model itself
  std::unique_ptr<Operator> op_;
  std::unique_ptr<Iteration> iteration_;
};

}  // namespace bellshard::mdp
