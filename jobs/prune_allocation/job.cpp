#include "src/drive/job.hpp"

#include <cmath>

#include "jobs/prune_allocation/config.hpp"
#include "jobs/prune_allocation/pruned_networks.hpp"
#include "src/allocation/allocation.hpp"
#include "src/allocation/state_search.hpp"
#include "src/config/job_file.hpp"
#include "src/drive/drive.hpp"
#include "src/drive/record.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::prune_allocation {
namespace {

using namespace allocation;

constexpr std::size_t few_budgets = 64;  // that a search each costs less than the table of all of them

/// Where the tables of choices go on these ranks, and what the fullest rank holds [B].
struct Plan {
  TablePlace place = TablePlace::memory;
  double rows = 0, tables = 0;
};

Plan plan(Config const& config, Problem const& problem, int ranks) {
  auto const own = Partition::equal(problem.cells, ranks).block(0).size();
  auto const shapes = Knapsack::shapes(problem);
  Plan plan;
  plan.rows = Knapsack::row_bytes(problem, config.precision, ranks);
  plan.tables = ChoiceTables::memory(shapes, own, plan.place);
  if (plan.rows + plan.tables > config.memory_limit * std::pow(2.0, 30)) {
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

/// What a restart must share. The memory limit may change, and the ranks, as long as the tables stay where they are.
std::string fingerprint(Keys const& keys, io::RunRecord const& record, TablePlace place) {
  auto text = canonical_text(keys, {"model", "images", "pruning"}) + "[solver]\n";
  for (auto const* key : {"budget", "sparsity", "objective", "precision"}) text += fmt::format("{} = {}\n", key, keys.find(std::string("solver.") + key).value_toml);
  text += fmt::format("choice_tables = \"{}\"  # as solver.memory_limit asks for\n", place == TablePlace::memory ? "memory" : "files");
  for (auto const& [input, sha256] : record.inputs) text += fmt::format("# {}: SHA-256 {}\n", input, sha256);
  return text;
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

void say_how(io::ResultFile& out, std::string const& method, bool proven) {
  out.attribute("method", method);
  out.attribute("proven_optimal", proven ? 1.0 : 0.0);
}

/// A network that is measured, and the images that it is measured on.
struct Measured {
  network::Network network;
  network::Images images, calibration;
  Magnitudes magnitudes;
  MeasureCurves curves;

  Measured(Context& context, Config const& config)
      : network(network::read_network(context.comm(), config.network)),
        images(network::read_images(context.comm(), config.images, network.classes())),
        calibration(network::read_images(context.comm(), first(config), network.classes())),
        magnitudes(network),
        curves(context, network, calibration, magnitudes, config.amounts, config.distortion) {}

  /// Weights that are left at most where at least so many are pruned.
  static std::vector<std::int64_t> budgets(std::vector<double> const& sparsity, std::int64_t weights) {
    std::vector<std::int64_t> all;
    for (auto const share : sparsity) all.push_back(static_cast<std::int64_t>((1 - share) * static_cast<double>(weights) + 1e-6));
    return all;
  }

 private:
  static network::ImageConfig first(Config const& config) {
    auto images = config.images;
    images.limit = images.limit > 0 ? std::min(images.limit, config.calibration) : config.calibration;
    return images;
  }
};

struct Inputs {
  io::RunRecord const& record;
  Table const& table;
  Problem const& problem;
  Lagrangian const& lagrangian;
  Measured const* measured;  ///< null where there is a table in place of a network
};

class PruneAllocationJob : public Job {
 public:
  void declare(Keys& keys) override { config_.declare(keys); }
  void check_keys(Keys const& keys) override { config_.check(keys); }

  Estimate estimate(Context& context) override {
    Estimate estimate;
    auto const table = config_.network.empty() ? read_table(context.comm(), config_.table) : plan_network(context, estimate);
    auto const problem = prepare(table, config_.objective, config_.budget);
    estimate.facts = {{"layers", fmt::format("{}", table.size())},
                      {"choices", fmt::format("{}", problem.choices)},
                      {"choices that are not dominated", fmt::format("{}", problem.candidates)},
                      {"budget cells", fmt::format("{}", problem.cells)}};
    if (config_.method == Method::greedy) return estimate;
    auto const planned = plan(config_, problem, context.ranks());
    estimate.memory.push_back({"two rows of values with their margins", planned.rows});
    estimate.memory.push_back({planned.place == TablePlace::memory ? "tables of choices" : "one table of choices, on its way to a file", planned.tables});
    if (planned.place == TablePlace::files) estimate.facts.emplace_back("tables of choices on the disk", human_bytes(file_bytes(problem)));
    return estimate;
  }

  ExitCode run(Context& context, Keys const& keys) override {
    auto const inputs_of = config_.network.empty() ? std::vector{config_.table} : std::vector{config_.network, config_.images.file};
    auto const record = make_record(context, "prune_allocation", "one choice for each layer within a budget, the sum of losses best", inputs_of);
    std::unique_ptr<Measured> measured;
    if (!config_.network.empty()) {
      measured = std::make_unique<Measured>(context, config_);
      if (!config_.sparsity.empty()) config_.budget = Measured::budgets(config_.sparsity, measured->magnitudes.weights());
      auto const driven = measure(context, keys, record, *measured);
      if (driven.outcome == Outcome::stopped) return driven.exit_code();
    }
    auto const table = measured ? measured->curves.table() : read_table(context.comm(), config_.table);
    auto const problem = prepare(table, config_.objective, config_.budget);
    Lagrangian const lagrangian(problem);
    context.log().info("{} layers, {} choices of which {} are not dominated; {} budget cells of {}", table.size(), problem.choices, problem.candidates,
                       human_count(static_cast<double>(problem.cells)), problem.unit);
    Inputs const inputs{record, table, problem, lagrangian, measured.get()};
    if (config_.method == Method::greedy) return write_candidates(context, inputs, greedy(inputs), "greedy");
    if (config_.method == Method::automatic && !config_.frontier && config_.budget.size() <= few_budgets) {
      double const bytes = std::fmin(1, config_.memory_limit) * std::pow(2.0, 30);  // NaN is no limit
      if (auto const found = search_states(context, problem, lagrangian, cells(problem), bytes)) return write_candidates(context, inputs, *found, "states");
      context.log().info("too many sums are left for a search among them; the table is swept");
    }
    return run_table(context, keys, inputs);
  }

 private:
  std::vector<std::int64_t> cells(Problem const& problem) const {
    std::vector<std::int64_t> all;
    for (auto const budget : config_.budget) all.push_back(problem.cell_of(budget));
    return all;
  }

  DriveOptions curve_options(Context const& context) const {
    DriveOptions options;
    options.output = context.options().output_dir / config_.file;
    options.part = "curves";
    return options;
  }

  /// Its checkpoint stays until the result is written: what is measured need not be measured again.
  DriveResult measure(Context& context, Keys const& keys, io::RunRecord const& record, Measured& measured) const {
    auto options = curve_options(context);
    options.fingerprint = canonical_text(keys, {"model", "images", "pruning"});
    for (auto const& [input, sha256] : record.inputs) options.fingerprint += fmt::format("# {}: SHA-256 {}\n", input, sha256);
    options.checkpoint_each_sweep = true;
    options.residual_unit = "count";
    options.residual_name = "layers that are not measured yet";
    context.log().info("{} layers, {} weights, {} amounts of each on {} images", measured.magnitudes.layers(), measured.magnitudes.weights(), config_.amounts, measured.calibration.size);
    return drive(context, measured.curves, record, options);
  }

  /// The table that a network will make, but for its losses, and what measuring them takes; sets the budgets.
  Table plan_network(Context& context, Estimate& estimate) {
    auto const network = network::read_network(context.comm(), config_.network);
    Magnitudes const magnitudes(network);
    if (!config_.sparsity.empty()) config_.budget = Measured::budgets(config_.sparsity, magnitudes.weights());
    estimate.memory.push_back({"the network, its weights thrice", 12.0 * static_cast<double>(magnitudes.weights())});
    return MeasureCurves::unmeasured(network, magnitudes, config_.amounts);
  }

  static void write_all(Context& context, io::ResultFile& out, Inputs const& in, Allocation const& allocation) {
    auto const axes = allocation::write(context, out, in.table, allocation);
    if (!in.measured) return;
    auto const& m = *in.measured;
    write(context, out, axes, m.magnitudes, in.table, try_pruned(context, m.network, m.images, m.calibration, m.magnitudes, in.table, allocation, m.curves.kind()));
  }

  Candidates greedy(Inputs const& in) const {
    auto const asked = cells(in.problem);
    Candidates candidate(in.problem.stages.size() * asked.size());
    for (std::size_t q = 0; q < asked.size(); ++q) {
      auto const found = in.lagrangian.greedy(asked[q]);
      for (std::size_t s = 0; s < found.size(); ++s) candidate[s * asked.size() + q] = found[s];
    }
    return candidate;
  }

  /// What was found without a table.
  ExitCode write_candidates(Context& context, Inputs const& in, Candidates const& candidate, std::string const& method) const {
    auto const allocation = settle(in.problem, in.lagrangian, in.table, config_.budget, candidate);
    auto const path = context.options().output_dir / config_.file;
    bool const proven = method != "greedy";
    io::ResultFile out(context.comm(), path, in.record);
    write_all(context, out, in, allocation);
    say_how(out, method, proven);
    out.commit();
    if (in.measured) discard_checkpoints(context, curve_options(context));
    context.log().info("{}; the Lagrangian bound lies at most {:.6g} away; {}",
                       proven ? "proven optima by search among sums that the bound leaves" : "greedy choices", allocation.largest_gap(), path.string());
    return ExitCode::done;
  }

  ExitCode run_table(Context& context, Keys const& keys, Inputs const& in) const {
    auto const& [record, table, problem, lagrangian, measured] = in;
    DriveOptions options;
    options.output = context.options().output_dir / config_.file;
    auto const planned = plan(config_, problem, context.ranks());
    options.fingerprint = fingerprint(keys, record, planned.place);
    options.residual_unit = "count";
    options.residual_name = "sweeps that are left";
    if (planned.place == TablePlace::files) context.log().info("tables of choices go to files beside the result, {} in all", human_bytes(file_bytes(problem)));
    auto const knapsack = Knapsack::make(context, problem, cells(problem), config_.precision, planned.place, options.output);
    auto const driven = drive(context, *knapsack, record, options);
    if (driven.outcome == Outcome::stopped) return driven.exit_code();

    auto const allocation = settle(problem, lagrangian, table, config_.budget, knapsack->chosen());
    bool const single = config_.precision == Precision::float32;
    verify(problem, lagrangian, allocation, knapsack->optimum(), single ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon());
    io::ResultFile out(context.comm(), options.output, record);
    write_all(context, out, in, allocation);
    if (config_.frontier) write_frontier(out, problem, *knapsack);
    say_how(out, "table", !single);
    out.write(driven.trace);
    out.commit();
    knapsack->remove_files();
    discard_checkpoints(context, options);
    if (measured) discard_checkpoints(context, curve_options(context));
    context.log().info("every choice is checked against the Lagrangian bound, which lies at most {:.6g} away", allocation.largest_gap());
    context.log().info("{}", summary_line(driven, options.output));
    return driven.exit_code();
  }

  Config config_;
};

BELLSHARD_JOB(prune_allocation, PruneAllocationJob,
              "how much to prune of each layer of a network within a budget, from measured losses; exact, every budget at once; sharded");

}  // namespace
}  // namespace bellshard::prune_allocation
