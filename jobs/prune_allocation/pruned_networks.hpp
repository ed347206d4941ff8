#pragma once
#include <string>
#include <vector>

#include "io/hdf5/result_file.hpp"
#include "jobs/prune_allocation/measured.hpp"
#include "src/allocation/allocation.hpp"

namespace bellshard::prune_allocation {

/// Networks pruned within each budget by each rule, tried on images; [budget, rule].
struct PrunedNetworks {
  std::vector<std::string> rules;  ///< that say what each layer keeps: the measured curves, those that look at no image, and beside steps the curves of the whole network
  std::vector<std::int64_t> kept;  ///< [budget, rule, layer] weights
  std::vector<double> sum;         ///< of the layers' losses, from the curves of the whole network at the amounts that leave no more than the rule keeps
  std::vector<double> joint;       ///< distortion of the network that comes out, on the images of the curves
  std::vector<double> accuracy;    ///< share of all images
  double whole_accuracy = 0;       ///< of the whole network
};

/// curves: of the whole network. one_shot: what they alone allocate, where `allocation` is that of steps; may be null. Collective.
PrunedNetworks try_pruned(Context& context, Measured const& measured, allocation::Table const& curves, allocation::Allocation const& allocation, allocation::Allocation const* one_shot);

/// The curves, the networks and the masks of those of the first rule; of steps, what each measured.
void write(Context const& context, io::ResultFile& out, allocation::ResultAxes const& axes, Measured const& measured, allocation::Table const& curves, PrunedNetworks const& pruned);

}  // namespace bellshard::prune_allocation
