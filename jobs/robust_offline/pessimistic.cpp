#include "jobs/robust_offline/pessimistic.hpp"

#include <algorithm>
#include <cmath>

#include "jobs/robust_offline/sorted_values.hpp"
#include "kernels/host_copy.hpp"
#include "kernels/linalg/cholesky.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::robust_offline {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// A host array [set, ...] whose sets are own ones, or the same on every rank.
io::ShardedArray by_set(Shares const& shares, std::string name, std::vector<std::int64_t> inner, std::vector<double>& values, std::string long_name) {
  std::int64_t items = 1;
  for (auto const extent : inner) items *= extent;
  std::vector<std::int64_t> shape{shares.replications};
  shape.insert(shape.end(), inner.begin(), inner.end());
  io::ShardedArray array{std::move(name), io::ElementType::float64, shape, shares.sets, shares.sharing == Sharing::rows, "1", std::move(long_name)};
  auto const place = [first = shares.sets.begin, items](Block some) { return (some.begin - first) * items; };
  array.fetch = [&values, place, items](Block some, void* host) { std::copy_n(values.begin() + place(some), some.size() * items, static_cast<double*>(host)); };
  array.store = [&values, place, items](Block some, void const* host) { std::copy_n(static_cast<double const*>(host), some.size() * items, values.begin() + place(some)); };
  return array;
}

}  // namespace

Pessimistic::Pessimistic(Context& context, Config const& config, World const& world, OfflineData const& data)
    : context_(context),
      config_(config),
      world_(world),
      data_(data),
      methods_(config.methods()),
      most_(config.most > 0 ? config.most : static_cast<double>(world.horizon)),
      coolest_(config.coolest > 0 ? config.coolest : static_cast<double>(world.horizon) / 20),
      weight_(at(sets() * static_cast<std::int64_t>(methods_.size()) * world.horizon * factors())),
      inverse_(at(sets() * world.horizon * factors() * factors())),
      seconds_(methods_.size() + 1) {}

double* Pessimistic::weight(std::int64_t set, std::size_t method, std::int64_t stage) {
  auto const methods = static_cast<std::int64_t>(methods_.size());
  return weight_.data() + ((set * methods + static_cast<std::int64_t>(method)) * world_.horizon + stage) * factors();
}
double* Pessimistic::inverse(std::int64_t set, std::int64_t stage) { return inverse_.data() + (set * world_.horizon + stage) * factors() * factors(); }

dp::RegressionRows Pessimistic::rows(std::int64_t stage) const {
  auto const& steps = data_.stage[at(stage)];
  return {world_.features, sets(), data_.shares.own_blocks(), steps.begin, steps.state, steps.action, steps.count};
}

dp::PessimisticValue Pessimistic::stage_value(std::size_t method, std::int64_t stage) const {
  auto& self = const_cast<Pessimistic&>(*this);
  std::vector<double> w, matrix;
  w.reserve(at(sets() * factors()));
  matrix.reserve(at(sets() * factors() * factors()));
  for (std::int64_t set = 0; set < sets(); ++set) {
    auto const* const from = self.weight(set, method, stage);
    w.insert(w.end(), from, from + factors());
    auto const* const of = self.inverse(set, stage);
    matrix.insert(matrix.end(), of, of + factors() * factors());
  }
  auto const shape = methods_[method].algorithm == Algorithm::pevi ? dp::BonusShape::full : dp::BonusShape::diagonal;
  return {world_.features, shape, config_.beta, static_cast<double>(world_.horizon - stage), world_.strike, to_device(w, "bellshard::robust_offline::weight"),
          to_device(matrix, "bellshard::robust_offline::inverse")};
}

template <class Sum>
std::vector<double> Pessimistic::add_blocks(std::int64_t items, Sum const& sum) const {
  auto const& shares = data_.shares;
  dp::BlockSums const sums{Array<double>("bellshard::robust_offline::sums", at(sets() * shares.blocks * items)), shares.blocks, shares.first_block};
  sum(sums);
  auto parts = to_host(sums.out);
  std::vector<double> whole(at(sets() * items), 0);
  for (std::int64_t set = 0; set < sets(); ++set) {
    std::span const part(parts.data() + set * shares.blocks * items, at(shares.blocks * items));
    if (shares.sharing == Sharing::rows) sum_over_ranks(context_.comm(), part);  // of zeros, but for one rank's
    for (std::int64_t block = 0; block < shares.blocks; ++block)
      for (std::int64_t i = 0; i < items; ++i) whole[at(set * items + i)] += part[at(block * items + i)];
  }
  return whole;
}

void Pessimistic::invert_gram(std::int64_t stage) {
  auto const d = factors();
  auto const gram = add_blocks(d * d, [&](dp::BlockSums const& sums) { dp::sum_gram(Execution(), rows(stage), sums); });
  auto const packs = at(packs_of(sets()));
  PackedTable const factor("bellshard::robust_offline::factor", packs, at(linalg::half_entries(d))), inverted("bellshard::robust_offline::inverse", packs, at(d * d)),
      log_determinant("bellshard::robust_offline::log_determinant", packs, 1);
  auto const filled = Kokkos::create_mirror_view(factor);
  for (std::int64_t lane = 0; lane < packs_of(sets()) * pack_width; ++lane) {
    double const* const one = gram.data() + std::min(lane, sets() - 1) * d * d;  // the last lanes repeat a set
    for (std::int64_t i = 0; i < d; ++i)
      for (std::int64_t j = 0; j <= i; ++j) filled(at(lane / pack_width), at(linalg::half_entries(i) + j), at(lane % pack_width)) = one[i * d + j] + (i == j ? config_.ridge : 0);
  }
  Kokkos::deep_copy(factor, filled);
  linalg::factor_all(Execution(), static_cast<int>(d), factor, log_determinant);
  linalg::invert_all(Execution(), static_cast<int>(d), factor, inverted);
  auto const found = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), inverted);
  bool positive = true;
  for (std::int64_t set = 0; set < sets(); ++set)
    for (std::int64_t i = 0; i < d * d; ++i) positive &= std::isfinite(inverse(set, stage)[i] = found(at(set / pack_width), at(i), at(set % pack_width)));
  BELLSHARD_INPUT(positive, "the Gram matrix of a stage is not positive definite; raise the ridge");
}

std::vector<double> Pessimistic::by_sums(Method const& method, std::int64_t stage, Array<double> const& next) {
  auto const d = factors();
  auto const data = rows(stage);
  bool const cut = method.algorithm == Algorithm::r2pvi_tv, exponential = method.algorithm == Algorithm::r2pvi_kl;
  Array<double> const least("bellshard::robust_offline::least", at(sets()));
  if (cut) {
    dp::least_of_sets(Execution(), data, next, least);
    auto lowest = to_host(least);
    if (data_.shares.sharing == Sharing::rows)
      for (auto& low : lowest) low = min_over_ranks(context_.comm(), low);
    for (auto& low : lowest) low += method.parameter;
    copy_to_device(lowest, least, 0);
  }
  auto const target = cut ? dp::Target::cut : exponential ? dp::Target::exponential : dp::Target::value;
  auto const moment = add_blocks(d, [&](dp::BlockSums const& sums) { dp::sum_target(Execution(), data, target, next, least, method.parameter, sums); });
  std::vector<double> expected(at(sets() * d));
  for (std::int64_t set = 0; set < sets(); ++set)
    for (std::int64_t i = 0; i < d; ++i) {
      double sum = 0;
      for (std::int64_t j = 0; j < d; ++j) sum += inverse(set, stage)[i * d + j] * moment[at(set * d + j)];
      // 1 + sum is a regression of exp(-V / lambda): V is at most `most_`, and a feature that was never seen is worth nothing.
      if (exponential) sum = 1 + sum > std::exp(-most_ / method.parameter) ? -method.parameter * std::log1p(sum) : most_;
      expected[at(set * d + i)] = sum;
    }
  return expected;
}

std::vector<double> Pessimistic::by_search(Method const& method, std::int64_t stage, Array<double> const& next) {
  auto const d = factors();
  auto const& shares = data_.shares;
  bool const shared = shares.sharing == Sharing::rows;
  auto const search = method.algorithm == Algorithm::r2pvi_chi2 ? dp::Search::chi2_penalised : method.algorithm == Algorithm::drpvi ? dp::Search::tv_ball : dp::Search::kl_ball;
  auto const own = shared ? Partition::equal(d, context_.ranks()).block(context_.rank()) : Block{0, d};
  std::vector<double> expected(at(sets() * d), 0);
  for (std::int64_t set = 0; set < sets(); ++set) {
    auto const whole = whole_set(context_, data_, stage, set, next);
    dp::RegressionRows const data{world_.features, 1, 1, {}, whole.state, whole.action, whole.count};
    auto const sorted = sort_values(whole.value);
    auto const values = static_cast<std::int64_t>(sorted.value.extent(0));
    std::vector<double> const matrix(inverse(set, stage), inverse(set, stage) + d * d);
    Array<double> const worst("bellshard::robust_offline::worst", at(own.size()));
    Array<double> const scratch("bellshard::robust_offline::scratch", at(own.size() * values));
    dp::search_factors(Execution(), data, to_device(matrix, "bellshard::robust_offline::inverse"), sorted, search, method.parameter, coolest_, most_, own.begin, scratch, worst);
    auto const found = to_host(worst);
    std::copy(found.begin(), found.end(), expected.begin() + set * d + own.begin);
  }
  if (shared) sum_over_ranks(context_.comm(), std::span(expected));  // of zeros, but for one rank's
  return expected;
}

void Pessimistic::regress(std::size_t m, std::int64_t stage) {
  auto const& method = methods_[m];
  auto const& steps = data_.stage[at(stage)];
  Array<double> const next("bellshard::robust_offline::next", steps.next.extent(0));
  if (stage + 1 < world_.horizon) dp::evaluate_rows(Execution(), stage_value(m, stage + 1), rows(stage), steps.next, next);
  bool const searches = method.algorithm == Algorithm::r2pvi_chi2 || takes_rho(method.algorithm);
  auto const expected = searches ? by_search(method, stage, next) : by_sums(method, stage, next);
  for (std::int64_t set = 0; set < sets(); ++set)
    for (std::int64_t i = 0; i < factors(); ++i) weight(set, m, stage)[i] = world_.theta[at(stage * factors() + i)] + expected[at(set * factors() + i)];
}

void Pessimistic::advance(std::int64_t) {
  auto const stage = world_.horizon - 1 - done_;
  std::vector<double> seconds;
  auto begin = context_.seconds();
  auto const lap = [&] {
    auto const now = context_.seconds();
    seconds.push_back(now - begin);
    begin = now;
  };
  invert_gram(stage);
  lap();
  for (std::size_t m = 0; m < methods_.size(); ++m) regress(m, stage), lap();
  sum_over_ranks(context_.comm(), std::span(seconds));
  for (std::size_t m = 0; m < methods_.size(); ++m) seconds_[m] += seconds[m + 1];
  seconds_.back() += seconds.front();
  ++done_;
  auto const& shares = data_.shares;
  work_.updates = static_cast<double>(shares.replications * shares.trajectories) * static_cast<double>(methods_.size());
  work_.bytes = work_.updates * 28;  // a state, an action, a value read and one written
}

io::ShardedArray Pessimistic::weights() {
  return by_set(data_.shares, "weight", {static_cast<std::int64_t>(methods_.size()), world_.horizon, factors()}, weight_, "weights of the linear action values");
}
io::ShardedArray Pessimistic::inverses() { return by_set(data_.shares, "gram_inverse", {world_.horizon, factors(), factors()}, inverse_, "inverse Gram matrices of the features"); }

std::vector<io::ShardedArray> Pessimistic::arrays() {
  io::ShardedArray done{"stages", io::ElementType::int64, {1}, {0, 1}, true};
  done.fetch = [this](Block, void* host) { *static_cast<std::int64_t*>(host) = done_; };
  done.store = [this](Block, void const* host) { done_ = *static_cast<std::int64_t const*>(host); };
  return {weights(), inverses(), io::replicated_array("seconds", seconds_), done};
}

}  // namespace bellshard::robust_offline
