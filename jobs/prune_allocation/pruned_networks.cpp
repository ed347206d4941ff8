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

/// What was measured in each step, whose budgets are those of the result.
void write_steps(Context const& context, io::ResultFile& out, allocation::ResultAxes const& axes, io::Axis const& amount, Measured const& measured) {
  auto const& curves = measured.curves;
  auto const steps = context.root() ? Block{0, axes.budget.size} : Block{};
  std::vector<double> loss;
  for (std::size_t step = 0; step < curves.budgets().size(); ++step) {
    for (auto const& layer : curves.table(step)) loss.insert(loss.end(), layer.loss.begin(), layer.loss.end());
  }
  out.write("step_sparsity", {axes.budget}, steps, measured.sparsity, {"1"}, "share of all weights that the step prunes at least, with all steps before it");
  out.write("step_curve", {axes.budget, axes.layer, amount}, steps, loss, {"1"},
            "what a layer loses where it alone is pruned so far, the others as the step before left them; not a number below what was pruned before");
  out.write("step_joint", {axes.budget}, steps, curves.joint(), {"1"}, "what the network loses by all that the step prunes at once; losses add up as far as this equals loss");
}

}  // namespace

PrunedNetworks try_pruned(Context& context, Measured const& measured, allocation::Table const& curves, allocation::Allocation const& allocation, allocation::Allocation const* one_shot) {
  auto const& network = measured.network;
  auto const& magnitudes = measured.magnitudes;
  network::Mask const all(network.blocks.size(), 1);
  network::Forward forward(network, measured.images), near(network, measured.calibration);
  auto const whole = near.logits(all);
  PrunedNetworks found;
  found.whole_accuracy = network::accuracy(context.comm(), measured.images, forward.logits(all));
  for (std::size_t q = 0; q < allocation.budget.size(); ++q) {
    auto const total = std::min(allocation.budget[q], magnitudes.weights());
    auto const allocated = [&](allocation::Allocation const& by) {
      auto const first = by.layer_cost.begin() + static_cast<std::ptrdiff_t>(q * curves.size());
      return std::vector<std::int64_t>(first, first + static_cast<std::ptrdiff_t>(curves.size()));
    };
    std::vector<std::pair<std::string, std::vector<std::int64_t>>> rules{
        {"curves", allocated(allocation)}, {"uniform", magnitudes.uniform(total)}, {"global", magnitudes.global(total)}, {"lamp", magnitudes.lamp(total)}, {"erdos_renyi", magnitudes.erdos_renyi(total)}};
    if (one_shot != nullptr) rules.emplace_back("one_shot", allocated(*one_shot));
    std::string said;
    found.rules.clear();
    for (auto const& [rule, kept] : rules) {
      double sum = 0;
      for (std::size_t l = 0; l < curves.size(); ++l) {
        auto const weight = magnitudes.pruned(l, kept[l]);
        forward.replace_weight(l, weight);
        near.replace_weight(l, weight);
        sum += loss_within(curves[l], kept[l]);
      }
      found.rules.push_back(rule);
      found.kept.insert(found.kept.end(), kept.begin(), kept.end());
      found.sum.push_back(sum);
      found.joint.push_back(distortion(context.comm(), near.logits(all), whole, network.classes(), measured.curves.kind()));
      found.accuracy.push_back(network::accuracy(context.comm(), measured.images, forward.logits(all)));
      said += fmt::format(", {} {:.4f}", rule, found.accuracy.back());
    }
    context.log().info("{} of {} weights: right on these shares of the images: whole network {:.4f}{}", allocation.budget[q], magnitudes.weights(), found.whole_accuracy, said);
  }
  return found;
}

void write(Context const& context, io::ResultFile& out, allocation::ResultAxes const& axes, Measured const& measured, allocation::Table const& curves, PrunedNetworks const& pruned) {
  auto const& magnitudes = measured.magnitudes;
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

  auto const rule = out.axis("rule", pruned.rules, "what each layer keeps: by the measured curves, or by a rule that looks at no image");
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
        auto const kept = pruned.kept[static_cast<std::size_t>(q) * pruned.rules.size() * magnitudes.layers() + l];
        auto const one = magnitudes.mask(l, kept);
        mask.insert(mask.end(), one.begin(), one.end());
      }
    }
  }
  out.write("mask", {axes.budget, weight}, budgets, mask, {"1"}, "1: the weight is kept, by the measured curves; weights as in the network's file, layer after layer");
  if (!measured.curves.answers().empty()) write_steps(context, out, axes, amount, measured);
}

}  // namespace bellshard::prune_allocation
