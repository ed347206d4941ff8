#include "jobs/incremental_worst_case/cma_es.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/sample/normal.hpp"
#include "src/dense/dense.hpp"

namespace bellshard::incremental_worst_case {
namespace {

constexpr std::uint32_t purpose_search = 0x25;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

CmaEs::CmaEs(std::int64_t dimension, std::int64_t population, double spread, std::uint32_t seed, std::uint64_t search)
    : n_(dimension), population_(population), seed_(seed), search_(search), sigma_(spread), mean_(at(dimension), 0.5), path_(at(dimension)), sigma_path_(at(dimension)),
      covariance_(at(dimension * dimension)), axis_(at(dimension * dimension)), length_(at(dimension), 1) {
  for (std::int64_t i = 0; i < n_; ++i) covariance_[at(i * n_ + i)] = axis_[at(i * n_ + i)] = 1;
  double sum = 0, squares = 0;
  for (std::int64_t k = 0; k < population / 2; ++k) weight_.push_back(std::log(static_cast<double>(population) / 2 + 0.5) - std::log(static_cast<double>(k + 1))), sum += weight_.back();
  for (auto& w : weight_) w /= sum, squares += w * w;
  parents_ = 1 / squares;
}

std::vector<std::vector<double>> CmaEs::ask() {
  steps_.assign(at(population_), {});
  std::vector<std::vector<double>> asked;
  sample::Stream stream(seed_, purpose_search, search_);
  stream.skip_to(draws_);
  for (auto& step : steps_) {
    std::vector<double> z(at(n_)), x(at(n_));
    for (auto& number : z) number = stream.normal();
    step.assign(at(n_), 0);
    for (std::int64_t i = 0; i < n_; ++i)
      for (std::int64_t k = 0; k < n_; ++k) step[at(i)] += axis_[at(i * n_ + k)] * length_[at(k)] * z[at(k)];
    for (std::int64_t i = 0; i < n_; ++i) {
      x[at(i)] = std::clamp(mean_[at(i)] + sigma_ * step[at(i)], 0.0, 1.0);
      step[at(i)] = (x[at(i)] - mean_[at(i)]) / sigma_;  // what was moved counts as where it was tried
    }
    asked.push_back(x);
  }
  draws_ = stream.drawn();
  return asked;
}

void CmaEs::tell(std::vector<double> const& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  double const n = static_cast<double>(n_), mu = parents_;
  double const c_sigma = (mu + 2) / (n + mu + 5), damping = 1 + 2 * std::fmax(0, std::sqrt((mu - 1) / (n + 1)) - 1) + c_sigma;
  double const c_path = (4 + mu / n) / (n + 4 + 2 * mu / n), c_one = 2 / ((n + 1.3) * (n + 1.3) + mu);
  double const c_mu = std::fmin(1 - c_one, 2 * (mu - 2 + 1 / mu) / ((n + 2) * (n + 2) + mu));
  double const expected = std::sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));  // length of n normal numbers

  std::vector<double> shift(at(n_), 0), whitened(at(n_), 0);
  for (std::size_t k = 0; k < weight_.size(); ++k)
    for (std::int64_t i = 0; i < n_; ++i) shift[at(i)] += weight_[k] * steps_[order[k]][at(i)];
  for (std::int64_t k = 0; k < n_; ++k) {
    double along = 0;
    for (std::int64_t i = 0; i < n_; ++i) along += axis_[at(i * n_ + k)] * shift[at(i)];
    for (std::int64_t i = 0; i < n_; ++i) whitened[at(i)] += axis_[at(i * n_ + k)] * along / length_[at(k)];
  }
  double square = 0;
  for (std::int64_t i = 0; i < n_; ++i) {
    mean_[at(i)] = std::clamp(mean_[at(i)] + sigma_ * shift[at(i)], 0.0, 1.0);
    sigma_path_[at(i)] = (1 - c_sigma) * sigma_path_[at(i)] + std::sqrt(c_sigma * (2 - c_sigma) * mu) * whitened[at(i)];
    square += sigma_path_[at(i)] * sigma_path_[at(i)];
  }
  double const length = std::sqrt(square);
  bool const moves = length < (1.4 + 2 / (n + 1)) * expected * 1.5;
  for (std::int64_t i = 0; i < n_; ++i) path_[at(i)] = (1 - c_path) * path_[at(i)] + (moves ? std::sqrt(c_path * (2 - c_path) * mu) * shift[at(i)] : 0);
  for (std::int64_t i = 0; i < n_; ++i)
    for (std::int64_t j = 0; j < n_; ++j) {
      double rank_mu = 0;
      for (std::size_t k = 0; k < weight_.size(); ++k) rank_mu += weight_[k] * steps_[order[k]][at(i)] * steps_[order[k]][at(j)];
      auto& c = covariance_[at(i * n_ + j)];
      c = (1 - c_one - c_mu) * c + c_one * path_[at(i)] * path_[at(j)] + c_mu * rank_mu;
    }
  sigma_ *= std::exp(std::fmin(1, c_sigma / damping * (length / expected - 1)));
  auto const eigen = dense::symmetric_eigen(covariance_, n_);
  axis_ = eigen.vector;
  for (std::int64_t k = 0; k < n_; ++k) length_[at(k)] = std::sqrt(std::fmax(eigen.value[at(k)], 1e-20));
  largest_ = length_.front();
}

}  // namespace bellshard::incremental_worst_case
