#include "src/network/metric.hpp"

#include <algorithm>
#include <cmath>

#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::network {
namespace {

std::span<float const> of_image(Images const& images, std::span<float const> logits, std::size_t i) {
  auto const classes = logits.size() / static_cast<std::size_t>(images.own.size());
  return logits.subspan(i * classes, classes);
}

}  // namespace

double accuracy(MPI_Comm comm, Images const& images, std::span<float const> logits) {
  std::int64_t right = 0;
  for (std::size_t i = 0; i < images.label.size(); ++i) {
    auto const own = of_image(images, logits, i);
    right += std::max_element(own.begin(), own.end()) - own.begin() == images.label[i];
  }
  return static_cast<double>(sum_over_ranks(comm, right)) / static_cast<double>(images.size);
}

double mean_over_images(MPI_Comm comm, Images const& images, std::span<double const> own) {
  constexpr double steps = 4294967296.0;
  std::int64_t sum = 0;
  for (auto const value : own) sum += std::llround(value * steps);
  return static_cast<double>(sum_over_ranks(comm, sum)) / steps / static_cast<double>(images.size);
}

double cross_entropy(MPI_Comm comm, Images const& images, std::span<float const> logits) {
  std::vector<double> loss;
  bool broken = false;
  for (std::size_t i = 0; i < images.label.size(); ++i) {
    auto const own = of_image(images, logits, i);
    double const greatest = static_cast<double>(*std::max_element(own.begin(), own.end()));
    double sum = 0;
    for (auto const logit : own) sum += std::exp(static_cast<double>(logit) - greatest);
    loss.push_back(std::min(1e4, std::log(sum) + greatest - static_cast<double>(own[static_cast<std::size_t>(images.label[i])])));
    broken |= !std::isfinite(sum) || !std::isfinite(greatest);
  }
  BELLSHARD_INPUT(!any_over_ranks(comm, broken), "the network's outputs are not finite; a cross-entropy cannot be taken");
  return mean_over_images(comm, images, loss);
}

}  // namespace bellshard::network
