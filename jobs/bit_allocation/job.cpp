#include "src/drive/job.hpp"

#include <algorithm>
#include <memory>

#include "jobs/bit_allocation/config.hpp"
#include "jobs/bit_allocation/mixed_networks.hpp"
#include "jobs/bit_allocation/sensitivity.hpp"
#include "jobs/bit_allocation/size.hpp"
#include "src/allocation/solve.hpp"
#include "src/config/job_file.hpp"
#include "src/dist/partition.hpp"
#include "src/drive/record.hpp"

namespace bellshard::bit_allocation {
namespace {

using namespace allocation;

MeasuredPart const calibrating{"calibrated", "layers and precisions that are not calibrated yet"};

/// The network that is measured, its ranges and its images.
struct Measured {
  network::Network network;
  network::Images images, calibration;
  network::Forward near;  ///< over the calibration images
  std::vector<network::InputRange> ranges;
  std::unique_ptr<MatchNorms> norms;           ///< where they are matched
  network::Images whole_calibration;           ///< every rank all of them, where layers are fitted
  std::unique_ptr<CalibrateLayers> calibrate;  ///< where layers are fitted
  Quantiser nearest, quantiser;
  std::unique_ptr<MeasureSensitivity> sensitivity;  ///< once layers are fitted

  Measured(Context& context, Config const& config)
      : network(network::read_network(context.comm(), config.network)),
        images(network::read_images(context.comm(), config.images, network.classes())),
        calibration(network::read_images(context.comm(), config.images.first(config.calibration), network.classes())),
        near(network, calibration),
        ranges(config.activations ? input_ranges(context, near) : std::vector<network::InputRange>{}),
        norms(config.match_norms() ? std::make_unique<MatchNorms>(context, calibration, near) : nullptr),
        whole_calibration(config.method == Calibration::none ? network::Images{} : network::read_images(MPI_COMM_SELF, config.images.first(config.calibration), network.classes())),
        calibrate(config.method == Calibration::none ? nullptr : std::make_unique<CalibrateLayers>(context, network, whole_calibration, ranges, config.precisions(), config.fit)),
        nearest(network, ranges),
        quantiser(network, ranges, calibrate ? &calibrate->fitted() : nullptr) {}
};

/// What each layer costs at each precision, and the losses [layer, precision].
Table make_table(network::Network const& network, std::vector<std::int64_t> const& bits, std::vector<std::int64_t> const& amounts, Limit limit, std::vector<double> const& loss) {
  Table table;
  for (std::size_t l = 0; l < amounts.size(); ++l) {
    Layer layer;
    layer.name = network.layers[l].name;
    layer.place = "the network";
    for (std::size_t k = 0; k < bits.size(); ++k) {
      layer.cost.push_back(amounts[l] * bits[k] * (limit == Limit::operations ? bits[k] : 1));
      layer.loss.push_back(loss[l * bits.size() + k]);
    }
    table.push_back(std::move(layer));
  }
  return table;
}

/// Weights of each layer of a table whose choices are the precisions. Exit 4 where they are not.
std::vector<std::int64_t> weights_of(Table const& table, std::vector<std::int64_t> const& bits) {
  std::vector<std::int64_t> weights;
  for (auto const& layer : table) {
    BELLSHARD_INPUT(layer.cost.size() == bits.size(), "{}: layer {} has {} choices, quantisation.bits {} precisions; a choice stands for a precision", layer.place, layer.name,
                    layer.cost.size(), bits.size());
    weights.push_back(layer.cost.front() / bits.front());
    for (std::size_t k = 0; k < bits.size(); ++k) {
      BELLSHARD_INPUT(layer.cost[k] == weights.back() * bits[k], "{}: layer {}: choice {} costs {}, {} weights of {} bits {}; costs are the bits stored at each of quantisation.bits", layer.place,
                      layer.name, k, layer.cost[k], weights.back(), bits[k], weights.back() * bits[k]);
    }
  }
  return weights;
}

/// Most that may be stored (or done): shares of float32's bits (or bit operations).
std::vector<std::int64_t> budgets_of(Config const& config, std::vector<std::int64_t> const& amounts) {
  double all = 0;
  for (auto const amount : amounts) all += static_cast<double>(amount) * (config.limit == Limit::operations ? 1024 : 32);
  std::vector<std::int64_t> budgets;
  for (auto const share : config.compression) budgets.push_back(static_cast<std::int64_t>(share * all + 1e-6));
  return budgets;
}

class BitAllocationJob : public Job {
 public:
  void declare(Keys& keys) override { config_.declare(keys); }
  void check_keys(Keys const& keys) override { config_.check(keys); }

  Estimate estimate(Context& context) override {
    Estimate estimate;
    if (config_.network.empty()) {
      auto const table = read_table(context.comm(), config_.table);
      allocation::estimate(context, config_.solver, table, budgets_of(config_, weights_of(table, config_.bits)), estimate);
      return estimate;
    }
    auto const network = network::read_network(context.comm(), config_.network);
    auto const image = network::read_image_shape(context.comm(), config_.images);
    auto const near = network::read_image_shape(context.comm(), config_.images.first(config_.calibration));
    auto const amounts = amounts_of(network, image);
    auto const own = [&](network::ImageShape const& images) { return Partition::equal(images.size, context.ranks()).block(0).size(); };
    auto const pass = [&](network::ImageShape const& images) {  // inputs that are quantised lie in a fourth buffer
      return network::forward_bytes(network, images, own(images)) + (config_.activations ? network::batch_bytes(network, images, own(images), 0) / 3 : 0);
    };
    estimate.memory = {{"the network", 4 * static_cast<double>(network.weights())},
                       {"own images, for accuracies and for losses", network::pixel_bytes(image, own(image)) + network::pixel_bytes(near, own(near))},
                       {"forward passes of these", pass(image) + pass(near)},
                       {"activations that a layer's losses begin at", network::most_activation_bytes(network, near, own(near))}};
    std::vector<double> unmeasured;  // losses that rise as precisions fall
    for (std::size_t i = 0; i < amounts.size() * config_.bits.size(); ++i) unmeasured.push_back(-static_cast<double>(config_.bits[i % config_.bits.size()]));
    allocation::estimate(context, config_.solver, make_table(network, config_.bits, amounts, config_.limit, unmeasured), budgets_of(config_, amounts), estimate);
    if (config_.method == Calibration::adaquant) {
      auto const shape = network::read_image_shape(context.comm(), config_.images.first(config_.calibration));
      estimate.memory.push_back({"a layer's inputs and outputs on all calibration images, and its fit", largest_fit_bytes(network, shape, config_.fit.batch)});
      estimate.memory.push_back({"layers that were fitted", fitted_bytes(network, config_.bits.size())});
    }
    return estimate;
  }

  ExitCode run(Context& context, Keys const& keys) override {
    auto const inputs = config_.network.empty() ? std::vector{config_.table} : std::vector{config_.network, config_.images.file};
    auto const output = context.options().output_dir / config_.file;
    auto const record = make_record(context, "bit_allocation", "bits of each layer of a network within a budget, the sum of losses least", inputs);
    std::unique_ptr<Measured> measured;
    if (!config_.network.empty()) {
      measured = std::make_unique<Measured>(context, config_);
      auto& m = *measured;
      if (m.calibrate) {
        context.log().info("{} layers at {} precisions each are fitted to their outputs on {} images", m.network.layers.size(), config_.bits.size(), m.calibration.size);
        auto const driven = measure(context, *m.calibrate, record, output, fingerprint(keys, {"bits", "activations", "calibration"}), calibrating);
        if (driven.outcome == Outcome::stopped) return driven.exit_code();
      }
      m.sensitivity = std::make_unique<MeasureSensitivity>(context, m.calibration, m.near, m.quantiser, config_.precisions(), config_.base_bits());
      context.log().info("{} layers at {} precisions each on {} images; cross-entropy of the base {:.6f}, divergence {:.6f}", m.network.layers.size(), config_.bits.size(), m.calibration.size,
                         m.sensitivity->of_base(Loss::cross_entropy), m.sensitivity->of_base(Loss::divergence));
      auto const driven = measure(context, *m.sensitivity, record, output, fingerprint(keys, {"bits", "base", "activations", "calibration"}));
      if (driven.outcome == Outcome::stopped) return driven.exit_code();
    }
    auto const amounts = measured ? amounts_of(measured->network, measured->images) : std::vector<std::int64_t>{};
    auto const table = measured ? make_table(measured->network, config_.bits, amounts, config_.limit, measured->sensitivity->increase(config_.loss)) : read_table(context.comm(), config_.table);
    auto const weights = measured ? bit_allocation::weights_of(measured->network) : weights_of(table, config_.bits);
    auto const budgets = budgets_of(config_, measured ? amounts : weights);
    Request request{config_.solver, table, budgets, record, output, {}, {}};
    request.fingerprint = canonical_text(keys, {"model", "images", "quantisation", "calibration"}) + "[solver]\n";
    for (auto const* key : {"compression", "limit"}) request.fingerprint += fmt::format("{} = {}\n", key, keys.find(std::string("solver.") + key).value_toml);
    request.write_more = [&](io::ResultFile& out, ResultAxes const& axes, Allocation const& allocation) {
      write_more(context, out, axes, allocation, table, weights, measured.get());
    };
    auto const code = solve(context, request);
    if (measured && code == ExitCode::done) {
      forget_measured(context, output);
      forget_measured(context, output, calibrating);
    }
    return code;
  }

 private:
  /// Of what fits or losses depend on: not on quantisation.loss, as both losses are measured.
  static std::string fingerprint(Keys const& keys, std::vector<std::string> const& quantisation) {
    auto text = canonical_text(keys, {"model", "images", "calibration"}) + "[quantisation]\n";
    for (auto const& key : quantisation) text += fmt::format("{} = {}\n", key, keys.find("quantisation." + key).value_toml);
    return text;
  }

  std::vector<std::int64_t> amounts_of(network::Network const& network, network::ImageShape const& images) const {
    return config_.limit == Limit::operations ? products_of(network, images.rows, images.columns) : bit_allocation::weights_of(network);
  }

  void write_more(Context& context, io::ResultFile& out, ResultAxes const& axes, Allocation const& allocation, Table const& table, std::vector<std::int64_t> const& weights,
                  Measured* measured) const {
    auto const own = [&](io::Axis const& axis) { return context.root() ? Block{0, axis.size} : Block{}; };
    auto const all = config_.precisions();
    auto const layers = table.size();
    std::vector<std::int32_t> bits;
    for (auto const choice : allocation.choice) bits.push_back(all[static_cast<std::size_t>(choice)]);
    auto const of_budgets = [&](auto const& share, std::vector<std::int64_t> const& amounts) {
      std::vector<double> shares;
      for (std::size_t q = 0; q < allocation.budget.size(); ++q) shares.push_back(share(std::span(bits).subspan(q * layers, layers), amounts));
      return shares;
    };
    std::vector<double> loss;
    for (auto const& layer : table) loss.insert(loss.end(), layer.loss.begin(), layer.loss.end());

    std::vector<double> const values(all.begin(), all.end());
    auto const precision = out.axis("precision", values, {"bit"}, "what a layer may run at; choice k is the k-th");
    auto const budgets = own(axes.budget), of_layers = own(axes.layer);
    out.write("bits", {axes.budget, axes.layer}, budgets, bits, {"bit"}, "precision of each layer");
    out.write("compression", {axes.budget}, budgets, config_.compression, {"1"}, "most that was asked for, in parts of float32");
    out.write("ratio", {axes.budget}, budgets, of_budgets(ratio, weights), {"1"}, "bits of all weights, in parts of float32");
    out.write("layer_weights", {axes.layer}, of_layers, weights, {"count"}, "weights of each layer");
    auto const rises = config_.loss == Loss::divergence ? "divergence from the float32 network's outputs" : "cross-entropy";
    out.write("sensitivity", {axes.layer, precision}, of_layers, loss, {"nat"}, fmt::format("increase of the {} with this layer alone at the precision; at least 1e-6, 0 at the base's", rises));
    if (!measured) return;
    auto& m = *measured;
    auto const products = products_of(m.network, m.images.rows, m.images.columns);
    out.write("operation_ratio", {axes.budget}, budgets, of_budgets(operation_ratio, products), {"1"}, "bit operations, in parts of float32");
    out.write("layer_products", {axes.layer}, of_layers, products, {"count"}, "products of a weight and an activation for a picture");
    out.write("layer_cross_entropy", {axes.layer, precision}, of_layers, m.sensitivity->of_layers(Loss::cross_entropy), {"nat"}, "cross-entropy with this layer alone at the precision");
    out.write("layer_divergence", {axes.layer, precision}, of_layers, m.sensitivity->of_layers(Loss::divergence), {"nat"}, "Kullback-Leibler divergence of the outputs from the float32 network's with this layer alone at the precision");
    out.attribute("base_cross_entropy", m.sensitivity->of_base(Loss::cross_entropy));
    out.attribute("base_divergence", m.sensitivity->of_base(Loss::divergence));
    auto const tried = try_mixed(context, m.network, m.images, {m.quantiser, m.norms.get(), &m.near}, bits, all);
    write(out, budgets, axes.budget, own(precision), precision, tried, "", "quantised");
    out.attribute("float32_accuracy", tried.whole.accuracy);
    out.attribute("float32_cross_entropy", tried.whole.cross_entropy);
    if (m.calibrate == nullptr && m.norms == nullptr) return;
    write(out, budgets, axes.budget, own(precision), precision, try_mixed(context, m.network, m.images, {m.nearest}, bits, all), "nearest_", "rounded to nearest");
    if (m.calibrate == nullptr) return;
    auto const& fitted = m.calibrate->fitted();
    out.write("nearest_layer_error", {axes.layer, precision}, of_layers, fitted.errors(&FittedLayer::error_before), {"1"}, "mean squared error of the layer's outputs on the calibration images, rounded to nearest");
    out.write("layer_error", {axes.layer, precision}, of_layers, fitted.errors(&FittedLayer::error_after), {"1"}, "mean squared error of the layer's outputs on the calibration images, calibrated");
  }

  Config config_;
};

BELLSHARD_JOB(bit_allocation, BitAllocationJob, "how many bits each layer of a network gets within a size or operation limit, from measured losses; exact; networks that come out are measured");

}  // namespace
}  // namespace bellshard::bit_allocation
