#include "jobs/bit_allocation/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "jobs/bit_allocation/quantiser.hpp"

namespace bellshard::bit_allocation {

std::int32_t Config::base_bits() const { return base == Base::float32 ? float32 : static_cast<std::int32_t>(*std::max_element(bits.begin(), bits.end())); }

void Config::declare(Keys& keys) {
  keys.table("model", "the layers and what they lose at each precision");
  keys.file("model.table", table, "measured losses: JSONL, a layer a line, {\"layer\": \"conv1\", \"cost\": [3456, 1728, 864], \"loss\": [0.0, 0.01, 0.3]}, or HDF5 (.h5); "
            "cost: bits stored, a choice a precision")
      .example("\"losses.jsonl\"");
  keys.file("model.network", network, "in place of a table: a residual network in HDF5, whose layers are quantised one by one and measured on images");
  images.declare(keys);
  keys.table("quantisation", "what a layer may run at: uniform, asymmetric, rounded to nearest; weights by their range per output channel");
  keys.integers("quantisation.bits", bits, "precisions, all different; choice k is the k-th").range(2, 16).unit("bit");
  keys.choice("quantisation.base", base, {{"highest", Base::highest}, {"float32", Base::float32}},
              "all layers but the measured one: at the highest precision, whose loss is then 0, or not quantised");
  keys.choice("quantisation.loss", loss, {{"cross_entropy", Loss::cross_entropy}, {"divergence", Loss::divergence}},
              "what rises as a layer is quantised: the cross-entropy, or the Kullback-Leibler divergence of the outputs from the float32 network's, which needs no labels and does not reward a network for being less sure");
  keys.flag("quantisation.activations", activations, "quantise a layer's input as well as its weights, by one range for each layer that the calibration images show");
  keys.integer("quantisation.calibration", calibration, "the first so many images, for ranges, losses and calibration; accuracies are those of all images").range(1, 1e12).unit("count");
  keys.table("calibration", "what is done to a layer at a precision before it is measured");
  keys.choice("calibration.method", method, {{"none", Calibration::none}, {"adaquant", Calibration::adaquant}},
              "none: weights and inputs are rounded to nearest; adaquant: each layer is fitted to its float32 outputs on the calibration images, on its own: weights, bias and ranges "
              "(Hubara et al. 2021)");
  auto const norms = [&](bool& field) {
    keys.flag("calibration.match_norms", field, "in networks that come out, give each output of a convolution the mean and variance over the calibration images that it has in float32 (batch norms re-estimated)");
  };
  keys.variant("calibration.method", "none", "rounding to nearest", [&] { norms(match_nearest_norms); });
  keys.variant("calibration.method", "adaquant", "mean squared error by Adam, slopes straight through rounding; the better of rounding to nearest and of what is found", [&] {
    keys.integer("calibration.iterations", fit.iterations, "steps of Adam for each layer at each precision").range(1, 1e9).unit("count");
    keys.integer("calibration.batch", fit.batch, "images of a step").range(1, 1e6).unit("count");
    keys.real("calibration.weight_rate", fit.weight_rate, "learning rate of the weights; 0: they stay").range(0, 1e3);
    keys.real("calibration.bias_rate", fit.bias_rate, "that of what is added to each output: the batch norm's shift, the linear layer's bias").range(0, 1e3);
    keys.real("calibration.weight_range_rate", fit.weight_range_rate, "that of the range and the least number of the weights of each output channel").range(0, 1e3);
    keys.real("calibration.input_range_rate", fit.input_range_rate, "that of the range and the least number of the layer's input").range(0, 1e3);
    keys.integer("calibration.seed", fit.seed, "of the order in which batches take the images").range(0, 4294967295.0);
    norms(match_fitted_norms);
  });
  keys.table("solver", "what is asked for, and how it is found");
  keys.reals("solver.compression", compression, "most that is stored (or done), in parts of float32; one result for each").range(0, 1, Border::open).example("[0.13, 0.2]");
  keys.choice("solver.limit", limit, {{"bits", Limit::bits}, {"operations", Limit::operations}},
              "what is limited: bits of all weights, or bit operations of a picture, products of weights and activations x precision^2");
  solver.declare(keys);
  keys.table("output", "where it goes");
  keys.text("output.file", file, "the result, below the output folder (-o)");
  solver.declare_frontier(keys);
}

void Config::check(Keys const& keys) const {
  if (table.empty() == network.empty()) keys.reject("model.table", "model.table and model.network: name one of them, what is measured already or a network to measure");
  if (bits.empty()) keys.reject("quantisation.bits", "quantisation.bits is empty; name at least one precision, for example [8, 4, 2]");
  if (std::set(bits.begin(), bits.end()).size() < bits.size()) keys.reject("quantisation.bits", "quantisation.bits names a precision twice");
  if (compression.empty()) keys.reject("solver.compression", "solver.compression is empty; name at least one share of float32, for example [0.2]");
  if (network.empty()) {
    for (auto const* key : {"images.file", "solver.limit", "quantisation.base", "quantisation.loss", "quantisation.activations", "quantisation.calibration", "calibration.method", "calibration.match_norms"}) {
      if (keys.given(key)) keys.reject(key, fmt::format("{} has no use without model.network", key));
    }
  } else {
    if (images.file.empty()) keys.reject("images.file", "images.file is absent; a network is measured on images");
    images.check(keys);
  }
  if (file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"bits.h5\"");
}

}  // namespace bellshard::bit_allocation
