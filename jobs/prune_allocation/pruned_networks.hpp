#pragma once
#include <string>
#include <vector>

#include "io/hdf5/result_file.hpp"
#include "jobs/prune_allocation/curves.hpp"
#include "src/allocation/allocation.hpp"

namespace bellshard::prune_allocation {

/// Rules that say what each layer keeps: the measured curves, and those that look at no image.
inline std::vector<std::string> const rules = {"curves", "uniform", "global", "lamp", "erdos_renyi"};

/// Networks pruned within each budget by each rule, tried on images; [budget, rule].
struct PrunedNetworks {
  std::vector<std::int64_t> kept;  ///< [budget, rule, layer] weights
  std::vector<double> sum;         ///< of the layers' losses, from the curves at the amounts that leave no more than the rule keeps
  std::vector<double> joint;       ///< distortion of the network that comes out, on the images of the curves
  std::vector<double> accuracy;    ///< share of all images
  double whole_accuracy = 0;       ///< of the whole network
};

/// Collective.
PrunedNetworks try_pruned(Context& context, network::Network const& network, network::Images const& images, network::Images const& calibration, Magnitudes const& magnitudes,
                          allocation::Table const& curves, allocation::Allocation const& allocation, Distortion kind);

/// The curves, the networks and the masks of those of the first rule.
void write(Context const& context, io::ResultFile& out, allocation::ResultAxes const& axes, Magnitudes const& magnitudes, allocation::Table const& curves,
           PrunedNetworks const& pruned);

}  // namespace bellshard::prune_allocation
