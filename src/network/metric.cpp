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

/// Not finite where a logit is not.
double log_sum_exp(std::span<float const> logits) {
  double const greatest = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
  double sum = 0;
  for (auto const logit : logits) sum += std::exp(static_cast<double>(logit) - greatest);
  return std::log(sum) + greatest;
}

/// Mean of loss(own image, log_sum_exp of its logits), taken as 10^4 where it is more.
template <class Loss>
double mean_of_logits(MPI_Comm comm, Images const& images, std::span<float const> logits, char const* name, Loss const& loss) {
  std::vector<double> losses;
  bool broken = false;
  for (std::size_t i = 0; i < images.label.size(); ++i) {
    auto const own = loss(i, log_sum_exp(of_image(images, logits, i)));
    broken |= !std::isfinite(own);
    losses.push_back(std::clamp(own, 0.0, 1e4));  // a divergence comes out below 0 by rounding alone
  }
  BELLSHARD_INPUT(!any_over_ranks(comm, broken), "the network's outputs are not finite; a {} cannot be taken", name);
  return mean_over_images(comm, images, losses);
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
  return mean_of_logits(comm, images, logits, "cross-entropy", [&](std::size_t i, double total) {
    return total - static_cast<double>(of_image(images, logits, i)[static_cast<std::size_t>(images.label[i])]);
  });
}

double divergence(MPI_Comm comm, Images const& images, std::span<float const> reference, std::span<float const> logits) {
  return mean_of_logits(comm, images, logits, "divergence", [&](std::size_t i, double total) {
    auto const wanted = of_image(images, reference, i), own = of_image(images, logits, i);
    auto const wanted_total = log_sum_exp(wanted);
    double sum = 0;
    for (std::size_t c = 0; c < own.size(); ++c) {
      auto const log_share = static_cast<double>(wanted[c]) - wanted_total;
      sum += std::exp(log_share) * (log_share - (static_cast<double>(own[c]) - total));
    }
    return sum;
  });
}

}  // namespace bellshard::network
