#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>

#include "kernels/dp/worth_of_total.hpp"
#include "src/mdp/model_kind.hpp"

namespace bellshard::distributional_vi {

enum class CriterionKind { discounted, finite_horizon };
enum class ObjectiveKind { mean, cvar, upper_cvar, target, utility };
enum class LawKind { exact, categorical, quantile };
enum class Beyond { refuse, clamp };
enum class Method { value_iteration, policy_iteration };
enum class Written { none, start, all };

struct Config {
  static constexpr double unset = std::numeric_limits<double>::quiet_NaN();

  struct Model {
    std::string kind = "cliff";
    std::map<std::string, std::unique_ptr<mdp::ModelKind>> kinds;
  } model;

  struct Criterion {
    CriterionKind kind = CriterionKind::discounted;
    double discount = 0.95;
    std::int64_t horizon = 10;  ///< steps
    std::string reward;         ///< of a model with several; empty: the default one
  } criterion;

  struct Objective {
    ObjectiveKind kind = ObjectiveKind::cvar;
    double level = 0.1;         ///< share of the outcomes that a CVaR looks at
    double target = 0;
    dp::UtilityKind loss = dp::UtilityKind::absolute;  ///< of a target
    dp::UtilityKind utility = dp::UtilityKind::exponential;
    double rate = 1;            ///< of the exponential utility [1 / reward]
    double stock = 0;           ///< that a utility starts with [reward]
  } objective;

  struct Law {
    LawKind kind = LawKind::categorical;
    double unit = 1;            ///< exact: every reward is a multiple of it
    std::int64_t atoms = 101;
    double low = unset, high = unset;  ///< categorical: ends of the atoms [reward]; unset: what returns reach
    Beyond beyond = Beyond::refuse;
  } law;

  struct Stock {
    std::int64_t points = 101;
    double low = unset, high = unset;  ///< ends of the stocks [reward]; unset: what the objective needs
    Beyond beyond = Beyond::refuse;
  } stock;

  struct Solver {
    Method method = Method::value_iteration;
    double tolerance = 1e-4;
    double improvement = 1e-3;  ///< that changes an action (policy_iteration)
    std::int64_t max_sweeps = 100000;
  } solver;

  struct Output {
    std::string file = "distributional_vi.h5";
    Written distribution = Written::start;
    bool stage_actions = true;
    std::int64_t compression = 0;
  } output;

  bool finite() const { return criterion.kind == CriterionKind::finite_horizon; }
  bool is_cvar() const { return objective.kind == ObjectiveKind::cvar || objective.kind == ObjectiveKind::upper_cvar; }
  dp::UtilityKind utility() const;  ///< what the sweeps maximise the expectation of
  double start_stock() const;       ///< of objectives that have one [reward]
  std::string objective_text() const;

  void declare(Keys& keys);
  void check(Keys const& keys) const;
};

}  // namespace bellshard::distributional_vi
