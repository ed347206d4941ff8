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
  keys.flag("quantisation.activations", activations, "quantise a layer's input as well as its weights, by one range for each layer that the calibration images show");
  keys.integer("quantisation.calibration", calibration, "the first so many images, for ranges and losses; accuracies are those of all images").range(1, 1e12).unit("count");
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
    for (auto const* key : {"images.file", "solver.limit", "quantisation.base", "quantisation.activations", "quantisation.calibration"}) {
      if (keys.given(key)) keys.reject(key, fmt::format("{} has no use without model.network", key));
    }
  } else {
    if (images.file.empty()) keys.reject("images.file", "images.file is absent; a network is measured on images");
    images.check(keys);
  }
  if (file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"bits.h5\"");
}

}  // namespace bellshard::bit_allocation
