#include <algorithm>
#include <limits>
#include <optional>

#include "jobs/depth_shrink/evaluator.hpp"
#include "src/network/forward.hpp"
#include "src/network/metric.hpp"

namespace bellshard::depth_shrink {
namespace {

class NetworkEvaluator : public Evaluator {
 public:
  NetworkEvaluator(Context& context, Config const& config)
      : comm_(context.comm()),
        config_(config),
        network_(network::read_network(comm_, config.network_file)),
        images_(network::read_images(comm_, config.images, network_.classes())),
        forward_(network_, images_, config.batch) {}

  std::vector<std::string> block_names() const override {
    std::vector<std::string> names;
    for (auto const& block : network_.blocks) names.push_back(block.name);
    return names;
  }
  std::vector<bool> removable() const override {
    std::vector<bool> removable;
    for (auto const& block : network_.blocks) removable.push_back(block.removable());
    return removable;
  }
  std::int64_t images() const override { return images_.size; }

  void begin_at(std::size_t block, Mask const& mask) override {
    bool const extends = kept_ && kept_->block <= block && agrees(mask);
    if (extends && kept_->block == block) return;
    if (!extends) kept_.reset();
    if (forward_.activation_bytes(block) + (extends ? forward_.activation_bytes(kept_->block) : 0) > static_cast<double>(config_.activations) * 1024 * 1024) return;
    kept_ = forward_.until(block, mask, extends ? &*kept_ : nullptr);
    kept_mask_ = mask;
  }

  std::vector<double> metrics(std::vector<Mask> const& masks) override {
    std::vector<double> metrics;
    for (auto const& mask : masks) {
      auto const logits = forward_.logits(mask, kept_ && agrees(mask) ? &*kept_ : nullptr);
      metrics.push_back(config_.metric == Metric::accuracy ? network::accuracy(comm_, images_, logits) : network::cross_entropy(comm_, images_, logits));
    }
    return metrics;
  }

  std::vector<double> influence() override {
    std::vector<double> influence;
    auto const cosines = forward_.cosines();
    for (std::size_t b = 0; b < network_.blocks.size(); ++b) {
      influence.push_back(network_.blocks[b].removable() ? 1 - network::mean_over_images(comm_, images_, cosines[b]) : std::numeric_limits<double>::quiet_NaN());
    }
    return influence;
  }

  std::vector<MemoryItem> memory() const override {
    auto const kept = std::min(static_cast<double>(config_.activations) * 1024 * 1024, 2 * forward_.activation_bytes(0));
    return {{"own images", static_cast<double>(2 * images_.pixel.size())}, {"maps of a batch", forward_.batch_bytes()}, {"activations that evaluations begin at", kept}};
  }

 private:
  /// Is this mask that of the activations before the block where they lie?
  bool agrees(Mask const& mask) const { return std::equal(mask.begin(), mask.begin() + static_cast<std::ptrdiff_t>(kept_->block), kept_mask_.begin()); }

  MPI_Comm comm_;
  Config const& config_;
  network::Network network_;
  network::Images images_;
  network::Forward forward_;
  std::optional<network::Activations> kept_;
  Mask kept_mask_;
};

}  // namespace

std::unique_ptr<Evaluator> make_network_evaluator(Context& context, Config const& config) { return std::make_unique<NetworkEvaluator>(context, config); }

}  // namespace bellshard::depth_shrink
