#include "jobs/prune_allocation/pruned_networks.hpp"

#include <algorithm>

#include "src/network/metric.hpp"

namespace bellshard::prune_allocation {
namespace {

/// What a layer loses that keeps no more than `kept`: a rule may keep what lies between two amounts.
double loss_within(allocation::Layer const& layer, std::int64_t kept) {
  auto const at = std::find_if(layer.cost.begin(), layer.cost.end(), [&](auto cost) { return cost <= kept; });
  return layer.loss[static_cast<std::size_t>(at - layer.cost.begin())];
}

}  // namespace

PrunedNetworks try_pruned(Context& context, network::Network const& network, network::Images const& images, network::Images const& calibration, Magnitudes const& magnitudes,
                          allocation::Table const& curves, allocation::Allocation const& allocation, Distortion kind) {
  network::Mask const all(network.blocks.size(), 1);
  network::Forward forward(network, images), near(network, calibration);
  auto const whole = near.logits(all);
  PrunedNetworks found;
  found.whole_accuracy = network::accuracy(context.comm(), images, forward.logits(all));
  for (std::size_t q = 0; q < allocation.budget.size(); ++q) {
    auto const budget = allocation.budget[q];
    for (auto const& rule : rules) {
      std::vector<std::int64_t> kept;
      if (rule == "curves") {
        auto const first = allocation.layer_cost.begin() + static_cast<std::ptrdiff_t>(q * curves.size());
        kept.assign(first, first + static_cast<std::ptrdiff_t>(curves.size()));
      } else {
        auto const total = std::min(budget, magnitudes.weights());
        kept = rule == "uniform" ? magnitudes.uniform(total) : rule == "global" ? magnitudes.global(total) : rule == "lamp" ? magnitudes.lamp(total) : magnitudes.erdos_renyi(total);
      }
      double sum = 0;
      for (std::size_t l = 0; l < curves.size(); ++l) {
        auto const weight = magnitudes.pruned(l, kept[l]);
        forward.replace_weight(l, weight);
        near.replace_weight(l, weight);
        sum += loss_within(curves[l], kept[l]);
      }
      found.kept.insert(found.kept.end(), kept.begin(), kept.end());
      found.sum.push_back(sum);
      found.joint.push_back(distortion(context.comm(), near.logits(all), whole, network.classes(), kind));
      found.accuracy.push_back(network::accuracy(context.comm(), images, forward.logits(all)));
    }
    context.log().info("{} of {} weights: right on {:.4f} of the images (whole network {:.4f}; uniform {:.4f}, global {:.4f}, LAMP {:.4f}, ERK {:.4f})", budget, magnitudes.weights(),
                       found.accuracy[q * rules.size()], found.whole_accuracy, found.accuracy[q * rules.size() + 1], found.accuracy[q * rules.size() + 2],
                       found.accuracy[q * rules.size() + 3], found.accuracy[q * rules.size() + 4]);
  }
  return found;
}

void write(Context const& context, io::ResultFile& out, allocation::ResultAxes const& axes, Magnitudes const& magnitudes, allocation::Table const& curves,
           PrunedNetworks const& pruned) {
  auto const own = [&](io::Axis const& axis) { return context.root() ? Block{0, axis.size} : Block{}; };
  std::vector<double> shares, loss;
  std::vector<std::int64_t> cost;
  auto const amounts = static_cast<std::int64_t>(curves.front().cost.size());
  for (std::int64_t k = 0; k < amounts; ++k) shares.push_back(static_cast<double>(k) / static_cast<double>(amounts - 1));
  for (auto const& layer : curves) {
    loss.insert(loss.end(), layer.loss.begin(), layer.loss.end());
    cost.insert(cost.end(), layer.cost.begin(), layer.cost.end());
  }
  auto const amount = out.axis("amount", shares, {"1"}, "share of a layer's weights that is pruned; choice k is the k-th");
  out.write("curve", {axes.layer, amount}, own(axes.layer), loss, {"1"}, "what a layer loses where it alone is pruned so far: mean square of the change of the outputs");
  out.write("curve_weights", {axes.layer, amount}, own(axes.layer), cost, {"count"}, "weights of the layer that are left");

  auto const rule = out.axis("rule", rules, "what each layer keeps: by the measured curves, or by a rule that looks at no image");
  auto const budgets = own(axes.budget);
  out.write("rule_weights", {axes.budget, rule, axes.layer}, budgets, pruned.kept, {"count"}, "weights that each layer keeps");
  out.write("rule_sum", {axes.budget, rule}, budgets, pruned.sum, {"1"}, "sum of the layers' losses, at the amounts that leave no more than the rule keeps");
  out.write("rule_joint", {axes.budget, rule}, budgets, pruned.joint, {"1"}, "what the network loses that is pruned so in all layers; losses add up as far as this equals rule_sum");
  out.write("rule_accuracy", {axes.budget, rule}, budgets, pruned.accuracy, {"1"}, "share of the images that the pruned network is right on");
  out.attribute("whole_accuracy", pruned.whole_accuracy);

  std::vector<std::int64_t> first{0};
  for (std::size_t l = 0; l < magnitudes.layers(); ++l) first.push_back(first.back() + magnitudes.weights(l));
  auto const border = out.bare_axis("layer_border", static_cast<std::int64_t>(first.size()));
  out.write("weight_offset", {border}, own(border), first, {"1"}, "first weight of a layer in mask");
  auto const weight = out.bare_axis("weight", magnitudes.weights());
  std::vector<std::uint8_t> mask;
  if (context.root()) {
    for (std::int64_t q = 0; q < axes.budget.size; ++q) {
      for (std::size_t l = 0; l < magnitudes.layers(); ++l) {
        auto const kept = pruned.kept[static_cast<std::size_t>(q) * rules.size() * magnitudes.layers() + l];
        auto const one = magnitudes.mask(l, kept);
        mask.insert(mask.end(), one.begin(), one.end());
      }
    }
  }
  out.write("mask", {axes.budget, weight}, budgets, mask, {"1"}, "1: the weight is kept, by the measured curves; weights as in the network's file, layer after layer");
}

}  // namespace bellshard::prune_allocation
