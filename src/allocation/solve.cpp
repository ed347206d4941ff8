#include "src/allocation/solve.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <cmath>

#include "src/allocation/state_search.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::allocation {
namespace {

constexpr std::size_t few_budgets = 64;  // that a search each costs less than the table of all of them

/// Where the tables of choices go on these ranks, and what the fullest rank holds [B].
struct Plan {
  TablePlace place = TablePlace::memory;
  double rows = 0, tables = 0;
};

Plan plan(SolverConfig const& solver, Problem const& problem, int ranks) {
  auto const own = Partition::equal(problem.cells, ranks).block(0).size();
  auto const shapes = Knapsack::shapes(problem);
  Plan plan;
  plan.rows = Knapsack::row_bytes(problem, solver.precision, ranks);
  plan.tables = ChoiceTables::memory(shapes, own, plan.place);
  if (plan.rows + plan.tables > solver.memory_limit * std::pow(2.0, 30)) {
    plan.place = TablePlace::files;
    plan.tables = ChoiceTables::memory(shapes, own, plan.place);
  }
  return plan;
}

double file_bytes(Problem const& problem) {
  double bytes = 0;
  for (auto const& shape : Knapsack::shapes(problem)) bytes += static_cast<double>(shape.cells * shape.bytes);
  return bytes;
}

std::string sums_of_inputs(io::RunRecord const& record) {
  std::string text;
  for (auto const& [input, sha256] : record.inputs) text += fmt::format("# {}: SHA-256 {}\n", input, sha256);
  return text;
}

DriveOptions measuring_options(std::filesystem::path const& output, MeasuredPart const& part) {
  DriveOptions options;
  options.output = output;
  options.part = part.name;
  return options;
}

/// What a restart must share. The memory limit may change, and the ranks, as long as the tables stay where they are.
std::string fingerprint(Request const& request, TablePlace place) {
  auto text = request.fingerprint;
  text += fmt::format("objective = \"{}\"\nprecision = \"{}\"\n", request.solver.objective == dp::Objective::min ? "min" : "max",
                      request.solver.precision == Precision::float64 ? "float64" : "float32");
  text += fmt::format("choice_tables = \"{}\"  # as solver.memory_limit asks for\n", place == TablePlace::memory ? "memory" : "files");
  return text + sums_of_inputs(request.record);
}

/// The optimum at every budget: a long axis, whose budgets are a variable of its own.
void write_frontier(io::ResultFile& out, Problem const& problem, Knapsack const& knapsack) {
  auto const cell = out.bare_axis("frontier_cell", problem.cells);
  auto values = knapsack.frontier();
  values.long_name = "best sum of losses at each budget up to the largest one";
  out.write(values, {cell});
  io::ShardedArray budgets{"frontier_budget", io::ElementType::int64, {problem.cells}, values.own, false, "1",
                           "budget of each value of frontier, in the unit of the table's costs"};
  budgets.fetch = [&problem](Block items, void* host) {
    for (auto c = items.begin; c < items.end; ++c) static_cast<std::int64_t*>(host)[c - items.begin] = problem.base_cost + c * problem.unit;
  };
  out.write(budgets, {cell});
}

void write_all(Context& context, io::ResultFile& out, Request const& request, Answer const& answer) {
  auto const axes = write(context, out, request.table, answer.allocation);
  if (request.write_more) request.write_more(out, axes, answer.allocation);
  out.attribute("method", answer.method);
  out.attribute("proven_optimal", answer.proven ? 1.0 : 0.0);
  out.attribute("solver_seconds", answer.seconds);
}

/// A table made ready for some budgets.
struct Task {
  Table const& table;
  std::vector<std::int64_t> const& budgets;
  Problem problem;
  Lagrangian lagrangian;
  std::vector<std::int64_t> asked;  ///< cells

  Task(Table const& layers, dp::Objective objective, std::vector<std::int64_t> const& most)
      : table(layers), budgets(most), problem(prepare(layers, objective, most)), lagrangian(problem) {
    for (auto const budget : budgets) asked.push_back(problem.cell_of(budget));
  }

  Allocation settle(Candidates const& candidate) const { return allocation::settle(problem, lagrangian, table, budgets, candidate); }
};

Candidates greedy(Task const& task) {
  Candidates candidate(task.problem.stages.size() * task.asked.size());
  for (std::size_t q = 0; q < task.asked.size(); ++q) {
    auto const found = task.lagrangian.greedy(task.asked[q]);
    for (std::size_t s = 0; s < found.size(); ++s) candidate[s * task.asked.size() + q] = found[s];
  }
  return candidate;
}

enum class Frontier { wanted, unwanted };

/// By the greedy choice, or by a search where that is soon done; empty: the table must be swept.
std::optional<Answer> without_table(Context& context, SolverConfig const& solver, Task const& task, Frontier frontier) {
  if (solver.method == Method::greedy) return Answer{task.settle(greedy(task)), "greedy", false};
  if (solver.method == Method::table || frontier == Frontier::wanted || task.asked.size() > few_budgets) return {};
  double const bytes = std::fmin(1, solver.memory_limit) * std::pow(2.0, 30);  // NaN is no limit
  if (auto const found = search_states(context, task.problem, task.lagrangian, task.asked, bytes)) return Answer{task.settle(*found), "states", true};
  context.log().info("too many sums are left for a search among them; the table is swept");
  return {};
}

Answer with_table(SolverConfig const& solver, Task const& task, Knapsack const& knapsack) {
  auto allocation = task.settle(knapsack.chosen());
  bool const single = solver.precision == Precision::float32;
  verify(task.problem, task.lagrangian, allocation, knapsack.optimum(), single ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon());
  return {std::move(allocation), "table", !single};
}

ExitCode sweep_table(Context& context, Request const& request, Task const& task, double begin) {
  auto const prepared = context.seconds() - begin;
  DriveOptions options;
  options.output = request.output;
  auto const planned = plan(request.solver, task.problem, context.ranks());
  options.fingerprint = fingerprint(request, planned.place);
  options.residual_unit = "count";
  options.residual_name = "sweeps that are left";
  if (planned.place == TablePlace::files) context.log().info("tables of choices go to files beside the result, {} in all", human_bytes(file_bytes(task.problem)));
  auto const knapsack = Knapsack::make(context, task.problem, task.asked, request.solver.precision, planned.place, options.output);
  auto const driven = drive(context, *knapsack, request.record, options);
  if (driven.outcome == Outcome::stopped) return driven.exit_code();

  auto answer = with_table(request.solver, task, *knapsack);
  answer.seconds = prepared + driven.seconds;
  io::ResultFile out(context.comm(), options.output, request.record);
  write_all(context, out, request, answer);
  if (request.solver.frontier) write_frontier(out, task.problem, *knapsack);
  out.write(driven.trace);
  out.commit();
  knapsack->remove_files();
  discard_checkpoints(context, options);
  context.log().info("every choice is checked against the Lagrangian bound, which lies at most {:.6g} away", answer.allocation.largest_gap());
  context.log().info("{}", summary_line(driven, options.output));
  return driven.exit_code();
}

}  // namespace

void SolverConfig::declare(Keys& keys) {
  keys.choice("solver.method", method, {{"auto", Method::automatic}, {"table", Method::table}, {"greedy", Method::greedy}},
              "table: exact, every budget up to the largest one; greedy: at once, with the gap to the Lagrangian bound; auto: exact, "
              "where output.frontier is false and the budgets are few (64) by a search that the bound prunes, else by the table");
  keys.choice("solver.precision", precision, {{"float64", Precision::float64}, {"float32", Precision::float32}},
              "how the table's sums are stored; float32 takes half the memory, but two choices whose losses are that close may be confused");
  keys.real("solver.memory_limit", memory_limit,
            "memory of a rank; where rows and tables of choices need more, the tables lie in files beside the result until it is written")
      .unit("GiB")
      .range(0, 1e6, Border::open);
}

void SolverConfig::declare_frontier(Keys& keys) {
  keys.flag("output.frontier", frontier, "write the optimum at every budget up to the largest one, too, where the table is swept");
}

ExitCode solve(Context& context, Request const& request) {
  auto const& solver = request.solver;
  auto const begin = context.seconds();
  Task const task(request.table, solver.objective, request.budgets);
  auto const& problem = task.problem;
  context.log().info("{} layers, {} choices of which {} are not dominated; {} budget cells of {}", request.table.size(), problem.choices, problem.candidates,
                     human_count(static_cast<double>(problem.cells)), problem.unit);
  auto found = without_table(context, solver, task, solver.frontier ? Frontier::wanted : Frontier::unwanted);
  if (!found) return sweep_table(context, request, task, begin);
  found->seconds = context.seconds() - begin;
  return write_result(context, request, *found);
}

Answer allocate(Context& context, SolverConfig const& solver, Table const& table, std::vector<std::int64_t> const& budgets, std::filesystem::path const& output) {
  auto const begin = context.seconds();
  auto const timed = [&](Answer answer) {
    answer.seconds = context.seconds() - begin;
    return answer;
  };
  Task const task(table, solver.objective, budgets);
  if (auto const found = without_table(context, solver, task, Frontier::unwanted)) return timed(*found);
  auto const knapsack = Knapsack::make(context, task.problem, task.asked, solver.precision, plan(solver, task.problem, context.ranks()).place, output);
  for (std::int64_t sweep = 1; !knapsack->finished(); ++sweep) knapsack->advance(sweep);
  auto const answer = timed(with_table(solver, task, *knapsack));
  knapsack->remove_files();
  return answer;
}

ExitCode write_result(Context& context, Request const& request, Answer const& answer) {
  io::ResultFile out(context.comm(), request.output, request.record);
  write_all(context, out, request, answer);
  out.commit();
  context.log().info("{} in {:.3g} s; the Lagrangian bound lies at most {:.6g} away; {}", answer.proven ? "proven optima" : answer.method + " choices", answer.seconds, answer.allocation.largest_gap(), request.output.string());
  return ExitCode::done;
}

DriveResult measure(Context& context, Step& step, io::RunRecord const& record, std::filesystem::path const& output, std::string fingerprint, MeasuredPart const& part) {
  auto options = measuring_options(output, part);
  options.fingerprint = std::move(fingerprint) + sums_of_inputs(record);
  options.checkpoint_each_sweep = true;
  options.residual_unit = "count";
  options.residual_name = part.left;
  return drive(context, step, record, options);
}

void forget_measured(Context& context, std::filesystem::path const& output, MeasuredPart const& part) { discard_checkpoints(context, measuring_options(output, part)); }

void estimate(Context const& context, SolverConfig const& solver, Table const& table, std::vector<std::int64_t> const& budgets, Estimate& estimate) {
  auto const problem = prepare(table, solver.objective, budgets);
  estimate.facts.insert(estimate.facts.end(), {{"layers", fmt::format("{}", table.size())},
                                               {"choices", fmt::format("{}", problem.choices)},
                                               {"choices that are not dominated", fmt::format("{}", problem.candidates)},
                                               {"budget cells", fmt::format("{}", problem.cells)}});
  if (solver.method == Method::greedy) return;
  auto const planned = plan(solver, problem, context.ranks());
  estimate.memory.push_back({"two rows of values with their margins", planned.rows});
  estimate.memory.push_back({planned.place == TablePlace::memory ? "tables of choices" : "one table of choices, on its way to a file", planned.tables});
  if (planned.place == TablePlace::files) estimate.facts.emplace_back("tables of choices on the disk", human_bytes(file_bytes(problem)));
}

}  // namespace bellshard::allocation
