#pragma once
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "src/allocation/allocation.hpp"
#include "src/allocation/knapsack.hpp"
#include "src/config/keys.hpp"
#include "src/drive/drive.hpp"
#include "src/drive/job.hpp"

namespace bellshard::allocation {

/// How the problem is solved: the whole table, or the greedy choice alone with its bound.
enum class Method { automatic, table, greedy };

struct SolverConfig {
  dp::Objective objective = dp::Objective::min;
  Method method = Method::automatic;
  Precision precision = Precision::float64;
  double memory_limit = std::numeric_limits<double>::quiet_NaN();  ///< of a rank [GiB]; NaN: none
  bool frontier = true;  ///< write the optimum at every budget, where the table is swept

  void declare(Keys& keys);           ///< solver.method, precision, memory_limit
  void declare_frontier(Keys& keys);  ///< output.frontier
};

/// One run that shares out budgets over the layers of a table.
struct Request {
  SolverConfig const& solver;
  Table const& table;
  std::vector<std::int64_t> const& budgets;
  io::RunRecord const& record;
  std::filesystem::path output;  ///< the result
  std::string fingerprint;       ///< of what the table and the budgets depend on; the solver's own keys are added
  std::function<void(io::ResultFile&, ResultAxes const&, Allocation const&)> write_more;  ///< what the job adds to the result; collective; may be empty
};

/// Prepares the problem, finds the allocations (by search among states where the budgets are few and no frontier is asked for, by sweeping the table,
/// or greedily), checks them and writes the result, with the attributes `method`, `proven_optimal` and `solver_seconds`. Collective. Stopped early: exit 75, no result.
ExitCode solve(Context& context, Request const& request);

/// What was allocated, and how.
struct Answer {
  Allocation allocation;
  std::string method;
  bool proven = false;  ///< are the losses optima, up to the rounding of sums in float64?
  double seconds = 0;   ///< from the table of choices to the candidates, without reading and writing
};

/// Allocations on the way, for jobs that go on from them: as solve() finds them, without checkpoints and without a result. `output`: beside which tables of
/// choices lie that memory does not hold. Collective.
Answer allocate(Context& context, SolverConfig const& solver, Table const& table, std::vector<std::int64_t> const& budgets, std::filesystem::path const& output);

/// Writes the result of a run whose allocations are found. Collective.
ExitCode write_result(Context& context, Request const& request, Answer const& answer);

/// What is measured before solve(), a layer or a few a sweep.
struct MeasuredPart {
  std::string name = "measured";  ///< of the checkpoints' name
  std::string left = "layers that are not measured yet";
};

/// Drives a step that measures a table, or what it needs, with a checkpoint after each sweep. The last one stays until forget_measured(): what is measured need not
/// be measured again. fingerprint: of what the losses depend on besides the inputs. Collective.
DriveResult measure(Context& context, Step& step, io::RunRecord const& record, std::filesystem::path const& output, std::string fingerprint, MeasuredPart const& part = {});
void forget_measured(Context& context, std::filesystem::path const& output, MeasuredPart const& part = {});

/// The size of the problem and what solving it takes.
void estimate(Context const& context, SolverConfig const& solver, Table const& table, std::vector<std::int64_t> const& budgets, Estimate& estimate);

}  // namespace bellshard::allocation
