#include "jobs/bit_allocation/match_norms.hpp"

#include <algorithm>
#include <cmath>

#include "src/dist/gather.hpp"

namespace bellshard::bit_allocation {
namespace {

constexpr double epsilon = 1e-5;  // of the batch norm, before its scale

}  // namespace

template <class Visit>
void MatchNorms::for_each_convolution(network::Forward const& forward, Visit const& visit) const {
  auto const blocks = forward.network().blocks.size();
  network::Mask const all(blocks, 1);
  visit(std::size_t{0}, nullptr);
  network::Activations from;
  for (std::size_t b = 0; b < blocks; ++b) {
    from = forward.until(b, all, b == 0 ? nullptr : &from);
    for (int k : {0, 1}) visit(network::Network::layer_of(b, k), &from);
  }
}

MatchNorms::MatchNorms(Context const& context, network::Images const& images, network::Forward const& forward) : context_(context), images_(images) {
  for_each_convolution(forward, [&](std::size_t layer, network::Activations const* from) { whole_.push_back(moments(forward, layer, from)); });
}

MatchNorms::Moments MatchNorms::moments(network::Forward const& forward, std::size_t layer, network::Activations const* from) const {
  auto const sums = gather_from_ranks(context_.comm(), forward.channel_sums(layer, from));
  auto const outputs = static_cast<std::size_t>(forward.network().layers[layer].outputs);
  Moments of{std::vector<double>(outputs), std::vector<double>(outputs)};
  for (std::size_t i = 0; i < sums.size(); i += 2) {
    of.mean[i / 2 % outputs] += sums[i];
    of.variance[i / 2 % outputs] += sums[i + 1];
  }
  auto const numbers = static_cast<double>(images_.size) * forward.cells(layer);
  for (std::size_t o = 0; o < outputs; ++o) {
    of.mean[o] /= numbers;
    of.variance[o] = std::max(0.0, of.variance[o] / numbers - of.mean[o] * of.mean[o]);
  }
  return of;
}

Norm MatchNorms::matched(network::Forward const& forward, std::size_t layer, Norm const& now, network::Activations const* from) const {
  auto const have = moments(forward, layer, from);
  auto const& want = whole_[layer];
  Norm norm;
  for (std::size_t o = 0; o < have.mean.size(); ++o) {
    double const scale = static_cast<double>(now.scale[o]), shift = static_cast<double>(now.shift[o]), least = epsilon * scale * scale;
    double const factor = scale == 0 ? 1 : std::sqrt((want.variance[o] + least) / (have.variance[o] + least));
    norm.scale.push_back(static_cast<float>(factor * scale));
    norm.shift.push_back(static_cast<float>(want.mean[o] + factor * (shift - have.mean[o])));
  }
  return norm;
}

std::vector<Norm> MatchNorms::match_all(network::Forward& forward, Quantiser const& quantiser, std::vector<std::int32_t> const& bits) const {
  std::vector<Norm> norms;
  for_each_convolution(forward, [&](std::size_t layer, network::Activations const* from) {
    norms.push_back(matched(forward, layer, quantiser.norm(layer, bits[layer]), from));
    forward.replace_norm(layer, norms.back().scale, norms.back().shift);
  });
  return norms;
}

}  // namespace bellshard::bit_allocation
