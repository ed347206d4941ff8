#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "src/network/network.hpp"

namespace bellshard::bit_allocation {

/// What is stored, in parts of float32: sum of bits x amount / (32 sum of amounts), of layers with so many weights.
inline double ratio(std::span<std::int32_t const> bits, std::span<std::int64_t const> weights) {
  std::int64_t stored = 0, all = 0;
  for (std::size_t l = 0; l < weights.size(); ++l) {
    stored += bits[l] * weights[l];
    all += weights[l];
  }
  return static_cast<double>(stored) / (32 * static_cast<double>(all));
}

/// Bit operations in parts of those in float32: sum of bits^2 x products / (32^2 sum of products).
inline double operation_ratio(std::span<std::int32_t const> bits, std::span<std::int64_t const> products) {
  std::int64_t done = 0, all = 0;
  for (std::size_t l = 0; l < products.size(); ++l) {
    done += std::int64_t{bits[l]} * bits[l] * products[l];
    all += products[l];
  }
  return static_cast<double>(done) / (1024 * static_cast<double>(all));
}

/// [layer]
std::vector<std::int64_t> weights_of(network::Network const& network);
/// Products of a weight and an activation for a picture of rows x columns [layer].
std::vector<std::int64_t> products_of(network::Network const& network, std::int64_t rows, std::int64_t columns);

}  // namespace bellshard::bit_allocation
