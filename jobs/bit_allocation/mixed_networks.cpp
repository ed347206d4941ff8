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
double divergence_of(Quality const& quality) { return quality.divergence; }

}  // namespace

MixedNetworks try_mixed(Context& context, network::Network const& network, network::Images const& images, Treatment const& treatment, std::vector<std::int32_t> const& bits,
                        std::vector<std::int32_t> const& precisions) {
  network::Forward forward(network, images);
  network::Mask const all(network.blocks.size(), 1);
  auto const whole = forward.logits(all);
  auto const measure = [&] {
    auto const logits = forward.logits(all);
    return Quality{network::accuracy(context.comm(), images, logits), network::cross_entropy(context.comm(), images, logits), network::divergence(context.comm(), images, whole, logits)};
  };
  auto const quantised = [&](std::vector<std::int32_t> const& of_layers) {
    for (std::size_t l = 0; l < of_layers.size(); ++l) treatment.quantiser.set(forward, l, of_layers[l]);
    if (treatment.norms == nullptr) return measure();
    for (std::size_t l = 0; l < of_layers.size(); ++l) treatment.quantiser.set(*treatment.near, l, of_layers[l]);
    auto const norms = treatment.norms->match_all(*treatment.near, treatment.quantiser, of_layers);
    for (std::size_t l = 0; l < norms.size(); ++l) forward.replace_norm(l, norms[l].scale, norms[l].shift);
    return measure();
  };
  auto const layers = network.layers.size();
  MixedNetworks found;
  found.whole = measure();
  for (auto const precision : precisions) {
    found.uniform.push_back(quantised(std::vector(layers, precision)));
    context.log().info("all layers at {} bits: right on {:.4f} of the images, cross-entropy {:.4f} (float32: {:.4f}, {:.4f})", precision, found.uniform.back().accuracy,
                       found.uniform.back().cross_entropy, found.whole.accuracy, found.whole.cross_entropy);
  }
  for (auto own = bits.begin(); own != bits.end(); own += static_cast<std::ptrdiff_t>(layers)) {
    found.mixed.push_back(quantised({own, own + static_cast<std::ptrdiff_t>(layers)}));
    context.log().info("allocation {}: right on {:.4f} of the images, cross-entropy {:.4f}", found.mixed.size() - 1, found.mixed.back().accuracy, found.mixed.back().cross_entropy);
  }
  return found;
}

void write(io::ResultFile& out, Block budgets, io::Axis const& budget, Block precisions, io::Axis const& precision, MixedNetworks const& networks, std::string const& prefix, std::string const& how) {
  auto const right = "share of the images that the network is right on, " + how, loss = "mean cross-entropy of the network, " + how;
  auto const apart = "mean Kullback-Leibler divergence of the network's outputs from those in float32, " + how;
  out.write(prefix + "accuracy", {budget}, budgets, each(networks.mixed, accuracy_of), {"1"}, right + " as allocated");
  out.write(prefix + "cross_entropy", {budget}, budgets, each(networks.mixed, cross_entropy_of), {"nat"}, loss + " as allocated");
  out.write(prefix + "divergence", {budget}, budgets, each(networks.mixed, divergence_of), {"nat"}, apart + " as allocated");
  out.write("uniform_" + prefix + "accuracy", {precision}, precisions, each(networks.uniform, accuracy_of), {"1"}, right + ", all layers at this precision");
  out.write("uniform_" + prefix + "cross_entropy", {precision}, precisions, each(networks.uniform, cross_entropy_of), {"nat"}, loss + ", all layers at this precision");
  out.write("uniform_" + prefix + "divergence", {precision}, precisions, each(networks.uniform, divergence_of), {"nat"}, apart + ", all layers at this precision");
}

}  // namespace bellshard::bit_allocation
