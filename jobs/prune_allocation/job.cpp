#include "src/drive/job.hpp"

#include <memory>

#include "jobs/prune_allocation/config.hpp"
#include "jobs/prune_allocation/pruned_networks.hpp"
#include "src/allocation/solve.hpp"
#include "src/config/job_file.hpp"
#include "src/drive/record.hpp"

namespace bellshard::prune_allocation {
namespace {

using namespace allocation;

/// A network that is measured, and the images that it is measured on.
struct Measured {
  network::Network network;
  network::Images images, calibration;
  Magnitudes magnitudes;
  MeasureCurves curves;

  Measured(Context& context, Config const& config)
      : network(network::read_network(context.comm(), config.network)),
        images(network::read_images(context.comm(), config.images, network.classes())),
        calibration(network::read_images(context.comm(), config.images.first(config.calibration), network.classes())),
        magnitudes(network),
        curves(context, network, calibration, magnitudes, config.amounts, config.distortion) {}

  /// Weights that are left at most where at least so many are pruned.
  static std::vector<std::int64_t> budgets(std::vector<double> const& sparsity, std::int64_t weights) {
    std::vector<std::int64_t> all;
    for (auto const share : sparsity) all.push_back(static_cast<std::int64_t>((1 - share) * static_cast<double>(weights) + 1e-6));
    return all;
  }
};

class PruneAllocationJob : public Job {
 public:
  void declare(Keys& keys) override { config_.declare(keys); }
  void check_keys(Keys const& keys) override { config_.check(keys); }

  Estimate estimate(Context& context) override {
    Estimate estimate;
    auto const table = config_.network.empty() ? read_table(context.comm(), config_.table) : plan_network(context, estimate);
    allocation::estimate(context, config_.solver, table, config_.budget, estimate);
    return estimate;
  }

  ExitCode run(Context& context, Keys const& keys) override {
    auto const inputs_of = config_.network.empty() ? std::vector{config_.table} : std::vector{config_.network, config_.images.file};
    auto const output = context.options().output_dir / config_.file;
    auto const record = make_record(context, "prune_allocation", "one choice for each layer within a budget, the sum of losses best", inputs_of);
    std::unique_ptr<Measured> measured;
    if (!config_.network.empty()) {
      measured = std::make_unique<Measured>(context, config_);
      if (!config_.sparsity.empty()) config_.budget = Measured::budgets(config_.sparsity, measured->magnitudes.weights());
      context.log().info("{} layers, {} weights, {} amounts of each on {} images", measured->magnitudes.layers(), measured->magnitudes.weights(), config_.amounts, measured->calibration.size);
      auto const driven = measure(context, measured->curves, record, output, canonical_text(keys, {"model", "images", "pruning"}));
      if (driven.outcome == Outcome::stopped) return driven.exit_code();
    }
    auto const table = measured ? measured->curves.table() : read_table(context.comm(), config_.table);
    Request request{config_.solver, table, config_.budget, record, output, fingerprint(keys), {}};
    if (measured) {
      request.write_more = [&](io::ResultFile& out, ResultAxes const& axes, Allocation const& allocation) {
        auto const& m = *measured;
        write(context, out, axes, m.magnitudes, table, try_pruned(context, m.network, m.images, m.calibration, m.magnitudes, table, allocation, m.curves.kind()));
      };
    }
    auto const code = solve(context, request);
    if (measured && code == ExitCode::done) forget_measured(context, output);
    return code;
  }

 private:
  static std::string fingerprint(Keys const& keys) {
    auto text = canonical_text(keys, {"model", "images", "pruning"}) + "[solver]\n";
    for (auto const* key : {"budget", "sparsity"}) text += fmt::format("{} = {}\n", key, keys.find(std::string("solver.") + key).value_toml);
    return text;
  }

  /// The table that a network will make, but for its losses, and what measuring them takes; sets the budgets.
  Table plan_network(Context& context, Estimate& estimate) {
    auto const network = network::read_network(context.comm(), config_.network);
    Magnitudes const magnitudes(network);
    if (!config_.sparsity.empty()) config_.budget = Measured::budgets(config_.sparsity, magnitudes.weights());
    estimate.memory.push_back({"the network, its weights thrice", 12.0 * static_cast<double>(magnitudes.weights())});
    return MeasureCurves::unmeasured(network, magnitudes, config_.amounts);
  }

  Config config_;
};

BELLSHARD_JOB(prune_allocation, PruneAllocationJob,
              "how much to prune of each layer of a network within a budget, from measured losses; exact, every budget at once; sharded");

}  // namespace
}  // namespace bellshard::prune_allocation
