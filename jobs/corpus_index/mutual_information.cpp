#include "jobs/corpus_index/mutual_information.hpp"

#include <cmath>

#include "src/dist/reduce.hpp"

namespace bellshard::corpus_index {
namespace {

template <class T>
Array<T> on_device(std::string const& label, std::vector<T> const& values) {
  Array<T> const array(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), values.size());
  Kokkos::deep_copy(array, Kokkos::View<T const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>(values.data(), values.size()));
  return array;
}

/// Rows of the positive values value(row, column, count) of all counts.
template <class Value>
linalg::SparseRows rows_of(WordContexts const& contexts, Value const& value) {
  count::PairKey const key(contexts.axis.size());
  std::vector<std::int64_t> offset(static_cast<std::size_t>(contexts.own.size()) + 1);
  std::vector<std::int32_t> column;
  std::vector<float> positive;
  for (auto const& [pair, count] : contexts.counts) {
    auto const row = key.first(pair), other = key.second(pair);
    auto const x = static_cast<float>(value(static_cast<std::size_t>(row), static_cast<std::size_t>(other), static_cast<double>(count)));
    if (!(x > 0)) continue;
    column.push_back(static_cast<std::int32_t>(other));
    positive.push_back(x);
    ++offset[static_cast<std::size_t>(row - contexts.own.begin) + 1];
  }
  for (std::size_t r = 1; r < offset.size(); ++r) offset[r] += offset[r - 1];
  return {on_device("bellshard::corpus_index::offset", offset), on_device("bellshard::corpus_index::column", column), on_device("bellshard::corpus_index::value", positive)};
}

}  // namespace

MutualInformation mutual_information(Context& context, VectorConfig const& config, WordContexts contexts) {
  std::vector<double> total(static_cast<std::size_t>(contexts.axis.size()));
  count::PairKey const key(contexts.axis.size());
  for (auto const& [pair, count] : contexts.counts) total[static_cast<std::size_t>(key.first(pair))] += static_cast<double>(count);
  sum_over_ranks(context.comm(), total);

  std::vector<double> log_total(total.size()), log_smoothed(total.size());
  double all_smoothed = 0;
  for (std::size_t w = 0; w < total.size(); ++w) {
    if (total[w] == 0) continue;
    log_total[w] = std::log(total[w]);
    log_smoothed[w] = config.smoothing * log_total[w];
    all_smoothed += std::exp(log_smoothed[w]);
  }
  auto const constant = std::log(all_smoothed) - std::log(config.shift);
  auto const value = [&](std::size_t word, std::size_t other, double count) { return std::log(count) + constant - log_total[word] - log_smoothed[other]; };
  auto matrix = rows_of(contexts, value);
  auto transposed = rows_of(contexts, [&](std::size_t row, std::size_t word, double count) { return value(word, row, count); });
  return {std::move(contexts.axis), std::move(matrix), std::move(transposed)};
}

}  // namespace bellshard::corpus_index
