#pragma once
#include "jobs/prune_allocation/config.hpp"

namespace bellshard::prune_allocation {

/// A network that is measured, and the images that it is measured on.
struct Measured {
  network::Network network;
  network::Images images, calibration;
  Magnitudes magnitudes;
  std::vector<double> sparsity;       ///< of the steps
  std::vector<std::int64_t> budgets;  ///< of the result: as asked for, or those of the steps
  MeasureCurves curves;

  Measured(Context& context, Config const& config, decltype(Schedule::allocate) allocate)
      : network(network::read_network(context.comm(), config.network)),
        images(network::read_images(context.comm(), config.images, network.classes())),
        calibration(network::read_images(context.comm(), config.images.first(config.calibration), network.classes())),
        magnitudes(network),
        sparsity(config.in_steps() ? config.steps() : std::vector<double>{}),
        budgets(config.budgets(magnitudes.weights())),
        curves(context, network, calibration, magnitudes, config.pruning, config.in_steps() ? Schedule{budgets, std::move(allocate)} : Schedule{}) {}
};

}  // namespace bellshard::prune_allocation
