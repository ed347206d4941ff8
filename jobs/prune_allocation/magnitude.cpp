#include "jobs/prune_allocation/magnitude.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bellshard::prune_allocation {

Magnitudes::Magnitudes(network::Network const& network) : network_(network) {
  for (auto const& layer : network.layers) {
    auto& order = order_.emplace_back(layer.weight.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return std::fabs(layer.weight[static_cast<std::size_t>(a)]) < std::fabs(layer.weight[static_cast<std::size_t>(b)]); });
  }
}

std::vector<std::uint8_t> Magnitudes::mask(std::size_t layer, std::int64_t kept) const {
  std::vector<std::uint8_t> mask(order_[layer].size(), 1);
  for (std::int64_t r = 0; r < weights(layer) - kept; ++r) mask[static_cast<std::size_t>(order_[layer][static_cast<std::size_t>(r)])] = 0;
  return mask;
}

std::vector<float> Magnitudes::pruned(std::size_t layer, std::int64_t kept) const {
  auto weight = network_.layers[layer].weight;
  for (std::int64_t r = 0; r < weights(layer) - kept; ++r) weight[static_cast<std::size_t>(order_[layer][static_cast<std::size_t>(r)])] = 0;
  return weight;
}

std::vector<std::int64_t> Magnitudes::uniform(std::int64_t total) const {
  std::vector<std::int64_t> kept;
  for (std::size_t l = 0; l < layers(); ++l) kept.push_back(weights(l) * total / weights());
  return kept;
}

std::vector<std::int64_t> Magnitudes::greatest(std::vector<std::vector<double>> const& score, std::int64_t total) const {
  std::vector<double> all;
  for (auto const& one : score) all.insert(all.end(), one.begin(), one.end());
  std::vector<std::int64_t> kept(layers(), 0);
  if (total <= 0) return kept;
  auto const last = all.begin() + static_cast<std::ptrdiff_t>(total - 1);
  std::nth_element(all.begin(), last, all.end(), std::greater<>());
  auto const least = *last;
  std::int64_t left = total;
  for (std::size_t l = 0; l < layers(); ++l) left -= kept[l] = score[l].end() - std::upper_bound(score[l].begin(), score[l].end(), least);
  for (std::size_t l = 0; l < layers(); ++l) {  // of those that score just the least, the first layers' ones
    auto const [from, to] = std::equal_range(score[l].begin(), score[l].end(), least);
    auto const more = std::min(left, static_cast<std::int64_t>(to - from));
    kept[l] += more;
    left -= more;
  }
  return kept;
}

std::vector<std::int64_t> Magnitudes::global(std::int64_t total) const {
  std::vector<std::vector<double>> score(layers());
  for (std::size_t l = 0; l < layers(); ++l) {
    for (auto const place : order_[l]) score[l].push_back(std::fabs(network_.layers[l].weight[static_cast<std::size_t>(place)]));
  }
  return greatest(score, total);
}

std::vector<std::int64_t> Magnitudes::lamp(std::int64_t total) const {
  std::vector<std::vector<double>> score(layers());
  for (std::size_t l = 0; l < layers(); ++l) {
    double not_smaller = 0;
    for (auto place = order_[l].rbegin(); place != order_[l].rend(); ++place) {
      double const weight = network_.layers[l].weight[static_cast<std::size_t>(*place)];
      not_smaller += weight * weight;
      score[l].push_back(not_smaller > 0 ? weight * weight / not_smaller : 0);
    }
    std::reverse(score[l].begin(), score[l].end());
  }
  return greatest(score, total);
}

std::vector<std::int64_t> Magnitudes::erdos_renyi(std::int64_t total) const {
  std::vector<double> share;
  for (std::size_t l = 0; l < layers(); ++l) {
    auto const& layer = network_.layers[l];
    bool const convolution = weights(l) > layer.inputs * layer.outputs;
    share.push_back(static_cast<double>(layer.inputs + layer.outputs + (convolution ? 6 : 0)) / static_cast<double>(weights(l)));
  }
  // Layers that would keep more than they have are whole; the rest share what is left.
  std::vector<bool> whole(layers(), false);
  double factor = 0;
  for (bool again = true; again;) {
    double left = static_cast<double>(total), sum = 0;
    for (std::size_t l = 0; l < layers(); ++l) {
      if (whole[l]) {
        left -= static_cast<double>(weights(l));
      } else {
        sum += share[l] * static_cast<double>(weights(l));
      }
    }
    factor = sum > 0 ? std::max(0.0, left) / sum : 0;
    again = false;
    for (std::size_t l = 0; l < layers(); ++l) {
      if (!whole[l] && factor * share[l] > 1) whole[l] = again = true;
    }
  }
  std::vector<std::int64_t> kept;
  for (std::size_t l = 0; l < layers(); ++l) kept.push_back(whole[l] ? weights(l) : static_cast<std::int64_t>(factor * share[l] * static_cast<double>(weights(l))));
  return kept;
}

}  // namespace bellshard::prune_allocation
