#include <algorithm>
#include <limits>
#include <optional>

#include "jobs/depth_shrink/evaluator.hpp"
#include "src/dist/partition.hpp"
#include "src/network/forward.hpp"
#include "src/network/metric.hpp"

namespace bellshard::depth_shrink {
namespace {

class NetworkEvaluator : public Evaluator {
 public:
  NetworkEvaluator(Context& context, Config const& config)
      : comm_(context.comm()),
        ranks_(context.ranks()),
        config_(config),
        network_(network::read_network(comm_, config.network_file)),
        shape_(network::read_image_shape(comm_, config.images)) {}

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
  std::int64_t images() const override { return shape_.size; }

  void load() override {
    images_ = network::read_images(comm_, config_.images, network_.classes());
    together(comm_, [&] { forward_ = std::make_unique<network::Forward>(network_, images_, config_.batch); });
  }

  void begin_at(std::size_t block, Mask const& mask) override {
    bool const extends = kept_ && kept_->block <= block && agrees(mask);
    if (extends && kept_->block == block) return;
    if (!extends) kept_.reset();
    if (bytes_at(block, images_.own.size()) + (extends ? bytes_at(kept_->block, images_.own.size()) : 0) > static_cast<double>(config_.activations) * 1024 * 1024) return;
    kept_ = forward_->until(block, mask, extends ? &*kept_ : nullptr);
    kept_mask_ = mask;
  }

  std::vector<double> metrics(std::vector<Mask> const& masks) override {
    std::vector<double> metrics;
    for (auto const& mask : masks) {
      auto const logits = forward_->logits(mask, kept_ && agrees(mask) ? &*kept_ : nullptr);
      metrics.push_back(config_.metric == Metric::accuracy ? network::accuracy(comm_, images_, logits) : network::cross_entropy(comm_, images_, logits));
    }
    return metrics;
  }

  std::vector<double> influence() override {
    std::vector<double> influence;
    auto const cosines = forward_->cosines();
    for (std::size_t b = 0; b < network_.blocks.size(); ++b) {
      influence.push_back(network_.blocks[b].removable() ? 1 - network::mean_over_images(comm_, images_, cosines[b]) : std::numeric_limits<double>::quiet_NaN());
    }
    return influence;
  }

  std::vector<MemoryItem> memory() const override {
    auto const most = Partition::equal(shape_.size, ranks_).block(0).size();
    auto const kept = std::min(static_cast<double>(config_.activations) * 1024 * 1024, 2 * bytes_at(0, most));
    return {{"the network and own images", 4 * static_cast<double>(network_.weights()) + network::pixel_bytes(shape_, most)},
            {"a forward pass", network::forward_bytes(network_, shape_, most, config_.batch)},
            {"activations that evaluations begin at", kept}};
  }

 private:
  /// Is this mask that of the activations before the block where they lie?
  bool agrees(Mask const& mask) const { return std::equal(mask.begin(), mask.begin() + static_cast<std::ptrdiff_t>(kept_->block), kept_mask_.begin()); }

  double bytes_at(std::size_t block, std::int64_t own_images) const { return network::activation_bytes(network_, shape_, own_images, block); }

  MPI_Comm comm_;
  int ranks_;
  Config const& config_;
  network::Network network_;
  network::ImageShape shape_;
  network::Images images_;
  std::unique_ptr<network::Forward> forward_;
  std::optional<network::Activations> kept_;
  Mask kept_mask_;
};

}  // namespace

std::unique_ptr<Evaluator> make_network_evaluator(Context& context, Config const& config) { return std::make_unique<NetworkEvaluator>(context, config); }

}  // namespace bellshard::depth_shrink
