#include "jobs/bit_allocation/size.hpp"

namespace bellshard::bit_allocation {

std::vector<std::int64_t> weights_of(network::Network const& network) {
  std::vector<std::int64_t> weights;
  for (auto const& layer : network.layers) weights.push_back(static_cast<std::int64_t>(layer.weight.size()));
  return weights;
}

std::vector<std::int64_t> products_of(network::Network const& network, std::int64_t rows, std::int64_t columns) {
  auto products = weights_of(network);
  for (std::size_t l = 0; l + 1 < products.size(); ++l) {
    auto const stride = network.layers[l].stride;
    rows = (rows + stride - 1) / stride;
    columns = (columns + stride - 1) / stride;
    products[l] *= rows * columns;
  }
  return products;
}

}  // namespace bellshard::bit_allocation
