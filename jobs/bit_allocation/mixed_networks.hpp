#pragma once
#include <vector>

#include "io/hdf5/result_file.hpp"
#include "jobs/bit_allocation/sensitivity.hpp"
#include "src/allocation/allocation.hpp"

namespace bellshard::bit_allocation {

/// A network as it is quantised, on all images.
struct Quality {
  double accuracy = 0, cross_entropy = 0;  ///< share that is right; [nat]
};

struct MixedNetworks {
  std::vector<Quality> mixed;    ///< [budget]
  std::vector<Quality> uniform;  ///< [precision]
  Quality whole;                 ///< in float32
};

/// Quantises the network as allocated, and all its layers alike, and measures what comes out. bits [budget, layer]. Collective.
MixedNetworks try_mixed(Context& context, network::Network const& network, network::Images const& images, Quantiser const& quantiser, std::vector<std::int32_t> const& bits,
                        std::vector<std::int32_t> const& precisions);

/// accuracy, cross_entropy [budget]; uniform_accuracy, uniform_cross_entropy [precision]; attributes float32_accuracy, float32_cross_entropy.
void write(io::ResultFile& out, Block budgets, io::Axis const& budget, Block precisions, io::Axis const& precision, MixedNetworks const& networks);

}  // namespace bellshard::bit_allocation
