#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "src/network/network.hpp"

namespace bellshard::prune_allocation {

/// The weights of a network in the order in which they are pruned: within a layer the smallest magnitude first, equal ones by their place.
/// So how many each layer keeps says which.
class Magnitudes {
 public:
  explicit Magnitudes(network::Network const& network);

  std::size_t layers() const { return order_.size(); }
  std::int64_t weights(std::size_t layer) const { return static_cast<std::int64_t>(order_[layer].size()); }
  std::int64_t weights() const { return network_.weights(); }
  /// The layer's weights with all but `kept` of them 0.
  std::vector<float> pruned(std::size_t layer, std::int64_t kept) const;
  /// [weight of the layer] 1 where it is kept.
  std::vector<std::uint8_t> mask(std::size_t layer, std::int64_t kept) const;

  // Weights that each layer keeps of `total` in all, by rules that look at no image.

  /// The same share of each layer, rounded down.
  std::vector<std::int64_t> uniform(std::int64_t total) const;
  /// The greatest magnitudes of the whole network.
  std::vector<std::int64_t> global(std::int64_t total) const;
  /// The greatest w^2 / (sum of the layer's w^2 that are not smaller) of the whole network (Lee et al. 2021).
  std::vector<std::int64_t> lamp(std::int64_t total) const;
  /// Shares in proportion to (inputs + outputs + kernel sides) / (product of them), at most 1 (Mocanu et al. 2018, Evci et al. 2020), rounded down.
  std::vector<std::int64_t> erdos_renyi(std::int64_t total) const;

 private:
  /// How many of each layer are among the `total` greatest of all scores; scores rise in the order of pruning.
  std::vector<std::int64_t> greatest(std::vector<std::vector<double>> const& score, std::int64_t total) const;

  network::Network const& network_;
  std::vector<std::vector<std::int32_t>> order_;  ///< [layer][rank] place of a weight
};

}  // namespace bellshard::prune_allocation
