#include "jobs/bit_allocation/mixed_networks.hpp"

#include "src/network/metric.hpp"

namespace bellshard::bit_allocation {
namespace {

template <class Get>
std::vector<double> each(std::vector<Quality> const& all, Get const& get) {
  std::vector<double> values;
  for (auto const& one : all) values.push_back(get(one));
  return values;
}
double accuracy_of(Quality const& quality) { return quality.accuracy; }
double cross_entropy_of(Quality const& quality) { return quality.cross_entropy; }

}  // namespace

MixedNetworks try_mixed(Context& context, network::Network const& network, network::Images const& images, Quantiser const& quantiser, std::vector<std::int32_t> const& bits,
                        std::vector<std::int32_t> const& precisions) {
  network::Forward forward(network, images);
  network::Mask const all(network.blocks.size(), 1);
  auto const measure = [&] {
    auto const logits = forward.logits(all);
    return Quality{network::accuracy(context.comm(), images, logits), network::cross_entropy(context.comm(), images, logits)};
  };
  auto const layers = network.layers.size();
  MixedNetworks found;
  found.whole = measure();
  for (auto const precision : precisions) {
    quantiser.set_all(forward, precision);
    found.uniform.push_back(measure());
    context.log().info("all layers at {} bits: right on {:.4f} of the images, cross-entropy {:.4f} (float32: {:.4f}, {:.4f})", precision, found.uniform.back().accuracy,
                       found.uniform.back().cross_entropy, found.whole.accuracy, found.whole.cross_entropy);
  }
  for (std::size_t q = 0; q < bits.size() / layers; ++q) {
    for (std::size_t l = 0; l < layers; ++l) quantiser.set(forward, l, bits[q * layers + l]);
    found.mixed.push_back(measure());
    context.log().info("allocation {}: right on {:.4f} of the images, cross-entropy {:.4f}", q, found.mixed.back().accuracy, found.mixed.back().cross_entropy);
  }
  return found;
}

void write(io::ResultFile& out, Block budgets, io::Axis const& budget, Block precisions, io::Axis const& precision, MixedNetworks const& networks) {
  out.write("accuracy", {budget}, budgets, each(networks.mixed, accuracy_of), {"1"}, "share of the images that the network is right on, quantised as allocated");
  out.write("cross_entropy", {budget}, budgets, each(networks.mixed, cross_entropy_of), {"nat"}, "its mean cross-entropy");
  out.write("uniform_accuracy", {precision}, precisions, each(networks.uniform, accuracy_of), {"1"}, "share of the images that the network is right on with all layers at this precision");
  out.write("uniform_cross_entropy", {precision}, precisions, each(networks.uniform, cross_entropy_of), {"nat"}, "its mean cross-entropy");
  out.attribute("float32_accuracy", networks.whole.accuracy);
  out.attribute("float32_cross_entropy", networks.whole.cross_entropy);
}

}  // namespace bellshard::bit_allocation
