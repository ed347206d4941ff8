#include "src/drive/job.hpp"

#include <optional>

#include "jobs/prune_allocation/compatible.hpp"
#include "jobs/prune_allocation/pruned_networks.hpp"
#include "src/allocation/solve.hpp"
#include "src/config/job_file.hpp"
#include "src/dist/partition.hpp"
#include "src/drive/record.hpp"

namespace bellshard::prune_allocation {
namespace {

using namespace allocation;

/// One after the other, as answers to several budgets.
Answer joined(std::vector<Answer> const& answers) {
  Answer all{{}, {}, true, 0};
  auto const append = [](auto& to, auto const& from) { to.insert(to.end(), from.begin(), from.end()); };
  for (auto const& [one, method, proven, seconds] : answers) {
    auto& a = all.allocation;
    append(a.budget, one.budget), append(a.choice, one.choice), append(a.layer_cost, one.layer_cost), append(a.layer_loss, one.layer_loss);
    append(a.loss, one.loss), append(a.cost, one.cost), append(a.bound, one.bound), append(a.greedy, one.greedy);
    if (all.method.find(method) == std::string::npos) all.method += (all.method.empty() ? "" : ", ") + method;
    all.proven = all.proven && proven;
    all.seconds += seconds;
  }
  return all;
}

class PruneAllocationJob : public Job {
 public:
  void declare(Keys& keys) override { config_.declare(keys); }
  void check_keys(Keys const& keys) override { config_.check(keys); }

  Estimate estimate(Context& context) override {
    Estimate estimate;
    auto const table = config_.network.empty() ? read_table(context.comm(), config_.table) : plan_network(context, estimate);
    if (config_.compatible) {
      estimate.memory.push_back({"the published table, on rank 0", compatible_bytes(table, config_.budget)});
    } else {
      allocation::estimate(context, config_.solver, table, config_.budget, estimate);
    }
    return estimate;
  }

  ExitCode run(Context& context, Keys const& keys) override {
    auto const inputs_of = config_.network.empty() ? std::vector{config_.table} : std::vector{config_.network, config_.images.file};
    auto const output = context.options().output_dir / config_.file;
    auto const record = make_record(context, "prune_allocation", "one choice for each layer within a budget, the sum of losses best", inputs_of);
    if (config_.network.empty()) {
      auto const table = read_table(context.comm(), config_.table);
      return allocate_all(context, {config_.solver, table, config_.budget, record, output, fingerprint(keys, {}), {}});
    }
    auto const answer_to = [&](Table const& table, std::vector<std::int64_t> const& budgets) -> Answer {
      return config_.compatible ? compatible(context, config_.solver, table, budgets) : allocate(context, config_.solver, table, budgets, output);
    };
    Measured measured(context, config_, [&](Table const& table, std::int64_t budget) { return answer_to(table, {budget}); });
    context.log().info("{} layers, {} weights, {} amounts of each on {} images{}", measured.magnitudes.layers(), measured.magnitudes.weights(), config_.pruning.amounts, measured.calibration.size,
                       config_.in_steps() ? fmt::format(", in {} steps", measured.budgets.size()) : "");
    auto const driven = measure(context, measured.curves, record, output, config_.in_steps() ? fingerprint(keys, {"method", "precision", "compatible"}) : canonical_text(keys, {"model", "images", "pruning"}));
    if (driven.outcome == Outcome::stopped) return driven.exit_code();
    auto const table = measured.curves.table();
    Request request{config_.solver, table, measured.budgets, record, output, fingerprint(keys, {}), {}};
    auto const once = config_.in_steps() ? std::optional(answer_to(table, measured.budgets).allocation) : std::nullopt;
    request.write_more = [&](io::ResultFile& out, ResultAxes const& axes, Allocation const& allocation) {
      write(context, out, axes, measured, table, try_pruned(context, measured, table, allocation, once ? &*once : nullptr));
    };
    auto const code = once ? write_result(context, request, joined(measured.curves.answers())) : allocate_all(context, request);
    if (code == ExitCode::done) forget_measured(context, output);
    return code;
  }

 private:
  /// Exactly, or as published.
  ExitCode allocate_all(Context& context, Request request) const {
    if (!config_.compatible) return solve(context, request);
    auto const begin = context.seconds();
    auto answer = compatible(context, config_.solver, request.table, request.budgets);
    answer.seconds = context.seconds() - begin;
    auto const more = std::move(request.write_more);
    request.write_more = [&](io::ResultFile& out, ResultAxes const& axes, Allocation const& allocation) {
      out.write("table_loss", {axes.budget}, context.root() ? Block{0, axes.budget.size} : Block{}, answer.table_loss, {"1"}, "sum of losses that the published table says, in float32");
      if (more) more(out, axes, allocation);
    };
    return write_result(context, request, answer);
  }

  static std::string fingerprint(Keys const& keys, std::vector<std::string> solver) {
    auto text = canonical_text(keys, {"model", "images", "pruning"}) + "[solver]\n";
    solver.insert(solver.end(), {"budget", "sparsity"});
    for (auto const& key : solver) text += fmt::format("{} = {}\n", key, keys.find("solver." + key).value_toml);
    return text;
  }

  /// The table that a network will make, but for its losses, and what measuring them takes; sets the budgets.
  Table plan_network(Context& context, Estimate& estimate) {
    auto const network = network::read_network(context.comm(), config_.network);
    Magnitudes const magnitudes(network);
    config_.budget = config_.budgets(magnitudes.weights());
    if (config_.in_steps()) estimate.facts.emplace_back("steps", fmt::format("{}", config_.budget.size()));
    auto const all = network::read_image_shape(context.comm(), config_.images), near = network::read_image_shape(context.comm(), config_.images.first(config_.calibration));
    auto const own = [&](network::ImageShape const& images) { return Partition::equal(images.size, context.ranks()).block(0).size(); };
    auto const weights = static_cast<double>(magnitudes.weights());
    estimate.memory.insert(estimate.memory.end(),
                           {{"the network, and its weights in the order of pruning", 8 * weights},
                            {"own images, for accuracies and for curves", network::pixel_bytes(all, own(all)) + network::pixel_bytes(near, own(near))},
                            {"forward passes of these", network::forward_bytes(network, all, own(all)) + 2 * network::forward_bytes(network, near, own(near))},
                            {"activations that a layer's curve begins at", network::most_activation_bytes(network, near, own(near))},
                            {"masks, on rank 0", static_cast<double>(config_.budget.size()) * weights}});
    return MeasureCurves::unmeasured(network, magnitudes, config_.pruning.amounts);
  }

  Config config_;
};

BELLSHARD_JOB(prune_allocation, PruneAllocationJob,
              "how much to prune of each layer of a network within a budget, from measured losses; exact, every budget at once; sharded");

}  // namespace
}  // namespace bellshard::prune_allocation
