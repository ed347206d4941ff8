#pragma once
#include <limits>

#include "src/mdp/problem.hpp"

namespace bellshard::mdp {

/// What is proven of a number.
struct Enclosed {
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  double middle() const { return 0.5 * (lower + upper); }
};

/// Discounted reward subject to a bound on the discounted sum of a second reward, both from the initial states, each as likely
/// (constrained Markov decision processes: Altman 1999). In here rewards R are maximised and costs C kept at or below B.
///
/// For every multiplier m >= 0 the optimum L(m) of R - m C, plus m B, is no less than the constrained optimum (weak duality), and so is
/// its proven upper bound. A policy is a line V_R - m (V_C - B) below L. One sweep solves one multiplier: at first 0; then the least
/// cost, which says whether the bound can be met; then where the lines of the best policy that meets the bound and of one that does
/// not cross (Kelley's cutting planes in one dimension). Policies are finite in number, so the lines end at the optimum, and the
/// mixture of both that meets the bound attains it.
class ConstrainedProblem : public Problem, private Step {
 public:
  ConstrainedProblem(MPI_Comm comm, Partition const& states, Rows rows, Question question, SolverOptions const& options);

  Step& step() override { return *this; }
  std::string description() const override;
  Answer answer() override;

 private:
  /// Values of own states under one reward, with their proof.
  struct Solution {
    std::vector<double> value, lower, upper;
    std::vector<std::int32_t> action;
  };
  /// A deterministic policy: what it earns and costs from the initial states.
  struct Policy {
    Array<std::int32_t> action;  ///< [own state]
    Enclosed reward, cost;
  };

  void advance(std::int64_t sweep) override;
  double residual() const override { return width(); }
  bool finished() const override { return width() <= options_.tolerance; }
  bool exhausted() const override { return !finished() && inner_tolerance_ < 1e-15; }
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;

  Solution solve(Rows rows, std::vector<double> const* start);
  Solution evaluate(Array<std::int32_t> const& action, std::vector<double> const& reward);
  /// The optimum of R - m C, whose policy takes its place among the two.
  void try_multiplier(double m);
  void find_least_cost();
  void keep(std::vector<std::int32_t> const& action);
  Enclosed from_initial(Solution const& solution) const;
  double crossing() const;
  double share() const;
  Enclosed mixture() const;
  double width() const;

  MPI_Comm comm_;
  Partition states_;
  Block own_;
  Question question_;
  SolverOptions options_;
  Rows rows_;                    ///< with rewards R
  std::vector<double> cost_;     ///< [pair] C
  double sign_, cost_sign_;      ///< R = sign reward, C = cost_sign second reward
  double bound_;                 ///< B
  Array<double> values_;         ///< [own state] of the last multiplier, where the next one starts
  Policy feasible_, other_;      ///< meets the bound; does not
  double dual_ = std::numeric_limits<double>::infinity();  ///< least proven upper bound so far
  double multiplier_ = 0;        ///< that gave it
  double scale_ = 0;             ///< largest |V_R|, for widths
  double inner_tolerance_;
  int has_feasible_ = 0, has_other_ = 0;
  SweepWork work_;
};

}  // namespace bellshard::mdp
