#pragma once
#include <vector>

#include "io/hdf5/result_file.hpp"
#include "jobs/bit_allocation/match_norms.hpp"
#include "src/allocation/allocation.hpp"

namespace bellshard::bit_allocation {

/// A network as it is quantised, on all images.
struct Quality {
  double accuracy = 0, cross_entropy = 0;  ///< share that is right; [nat]
  double divergence = 0;                   ///< of its outputs from the float32 network's [nat]
};

struct MixedNetworks {
  std::vector<Quality> mixed;    ///< [budget]
  std::vector<Quality> uniform;  ///< [precision]
  Quality whole;                 ///< in float32
};

/// How layers of a network are brought to a precision.
struct Treatment {
  Quantiser const& quantiser;
  MatchNorms const* norms = nullptr;   ///< nullptr: batch norms stay as the quantiser leaves them
  network::Forward* near = nullptr;    ///< over the images that norms are matched on
};

/// Quantises the network as allocated, and all its layers alike, and measures what comes out on all images. bits [budget, layer]. Collective.
MixedNetworks try_mixed(Context& context, network::Network const& network, network::Images const& images, Treatment const& treatment, std::vector<std::int32_t> const& bits,
                        std::vector<std::int32_t> const& precisions);

/// PREFIXaccuracy, PREFIXcross_entropy, PREFIXdivergence [budget]; the same with uniform_ before PREFIX [precision]. how: "quantised", "rounded to nearest", for their names.
void write(io::ResultFile& out, Block budgets, io::Axis const& budget, Block precisions, io::Axis const& precision, MixedNetworks const& networks, std::string const& prefix, std::string const& how);

}  // namespace bellshard::bit_allocation
