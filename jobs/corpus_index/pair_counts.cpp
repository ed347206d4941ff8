#include "jobs/corpus_index/pair_counts.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "kernels/sort/radix_sort.hpp"
#include "src/dist/mail.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::corpus_index {
namespace {

template <class T>
Array<T> space_for(std::string const& label, std::int64_t size) {
  return Array<T>(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), static_cast<std::size_t>(size));
}

/// Pairs of whole positions, and no more than there are.
std::int64_t whole_pairs(std::int64_t positions, std::int64_t window, std::int64_t at_once) { return std::max<std::int64_t>(1, std::min(positions, at_once / window)) * window; }

/// Sorts pairs by their keys with what it needs for at most so many of them.
class PairSorter {
 public:
  explicit PairSorter(std::int64_t most)
      : pairs_{space_for<std::uint64_t>("bellshard::corpus_index::key", most), space_for<std::uint64_t>("bellshard::corpus_index::key_space", most),
               Array<std::uint32_t>("bellshard::corpus_index::number", static_cast<std::size_t>(most)), space_for<std::uint32_t>("bellshard::corpus_index::number_space", most)},
        sort_(static_cast<std::size_t>(most)) {}

  Array<std::uint64_t> const& keys() const { return pairs_.key; }

  /// The first `size` keys, each once, with how often it is there.
  std::vector<PairCount> count(std::int64_t size, count::PairKey key) {
    sort_(Execution(), pairs_, static_cast<std::size_t>(size), 2 * key.bits);
    auto const distinct = count::distinct_keys(Execution(), pairs_.key, size, pairs_.key_space, pairs_.value_space);
    auto const range = std::make_pair(std::int64_t{0}, distinct);
    auto const keys = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), Kokkos::subview(pairs_.key_space, range));
    auto const first = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), Kokkos::subview(pairs_.value_space, range));
    std::vector<PairCount> counted;
    counted.reserve(static_cast<std::size_t>(distinct));
    for (std::int64_t i = 0; i < distinct; ++i) {
      auto const end = i + 1 < distinct ? static_cast<std::int64_t>(first(i + 1)) : size;
      if (keys(i) != key.none()) counted.push_back({keys(i), end - first(i)});
    }
    return counted;
  }

  /// Sorts counts that are there, and adds those of the same key up.
  std::vector<PairCount> sorted(std::vector<PairCount> const& counts, count::PairKey key) {
    auto const size = counts.size();
    auto const keys = Kokkos::create_mirror_view(pairs_.key);
    auto const numbers = Kokkos::create_mirror_view(pairs_.value);
    for (std::size_t i = 0; i < size; ++i) keys(i) = counts[i].key, numbers(i) = static_cast<std::uint32_t>(i);
    Kokkos::deep_copy(pairs_.key, keys);
    Kokkos::deep_copy(pairs_.value, numbers);
    sort_(Execution(), pairs_, size, 2 * key.bits);
    auto const order = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), pairs_.value);
    std::vector<PairCount> added;
    added.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
      auto const& next = counts[order(i)];
      if (!added.empty() && added.back().key == next.key) added.back().count += next.count;
      else added.push_back(next);
    }
    return added;
  }

 private:
  sort::Pairs<std::uint64_t> pairs_;
  sort::RadixSort<std::uint64_t> sort_;
};

}  // namespace

void PairCounts::add(std::vector<PairCount> run) {
  if (run.empty()) return;
  runs_.push_back(std::move(run));
  while (runs_.size() > 1 && runs_[runs_.size() - 2].size() < 2 * runs_.back().size()) merge_last();
}

std::vector<PairCount> PairCounts::take() {
  while (runs_.size() > 1) merge_last();
  if (runs_.empty()) return {};
  auto all = std::move(runs_.back());
  runs_.clear();
  return all;
}

void PairCounts::merge_last() {
  auto const b = std::move(runs_.back());
  runs_.pop_back();
  auto const a = std::move(runs_.back());
  auto& merged = runs_.back();
  std::size_t both = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    both += a[i].key == b[j].key;
    bool const step_a = a[i].key <= b[j].key, step_b = b[j].key <= a[i].key;
    i += step_a;
    j += step_b;
  }
  merged = {};
  merged.reserve(a.size() + b.size() - both);
  auto j = b.begin();
  for (auto const& x : a) {
    for (; j != b.end() && j->key < x.key; ++j) merged.push_back(*j);
    merged.push_back(x);
    if (j != b.end() && j->key == x.key) merged.back().count += (j++)->count;
  }
  merged.insert(merged.end(), j, b.end());
}

std::vector<PairCount> count_pairs(Block own, std::int64_t words, std::int64_t window, std::int64_t at_once, ReadTokens const& read) {
  count::PairKey const key(words);
  auto const anchors_at_once = whole_pairs(own.size(), window, at_once) / window;
  PairSorter sorter(anchors_at_once * window);
  PairCounts counts;
  for (auto begin = own.begin; begin < own.end; begin += anchors_at_once) {
    auto const anchors = std::min(anchors_at_once, own.end - begin);
    auto const read_tokens = read({begin, std::min(own.end, begin + anchors + window)});
    auto const tokens = space_for<std::uint32_t>("bellshard::corpus_index::tokens", static_cast<std::int64_t>(read_tokens.size()));
    Kokkos::deep_copy(tokens, Kokkos::View<std::uint32_t const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>(read_tokens.data(), read_tokens.size()));
    count::window_pairs(Execution(), tokens, anchors, window, static_cast<std::uint32_t>(words), key, sorter.keys());
    counts.add(sorter.count(anchors * window, key));
  }
  return counts.take();
}

WordContexts gather_contexts(Context& context, std::int64_t words, std::vector<PairCount> pairs, std::int64_t at_once) {
  count::PairKey const key(words);
  std::vector<double> contexts(static_cast<std::size_t>(words));
  for (auto const& pair : pairs) {
    auto const a = key.first(pair.key), b = key.second(pair.key);
    contexts[static_cast<std::size_t>(a)] += 1;
    if (a != b) contexts[static_cast<std::size_t>(b)] += 1;
  }
  sum_over_ranks(context.comm(), contexts);
  std::vector<std::int64_t> const weight(contexts.begin(), contexts.end());
  auto const axis = Partition::weighted(weight, context.ranks());
  std::vector<std::int32_t> owner(static_cast<std::size_t>(words));
  for (int rank = 0; rank < axis.parts(); ++rank) std::fill(owner.begin() + axis.block(rank).begin, owner.begin() + axis.block(rank).end, rank);

  Mail const mail(context.comm());
  PairCounts own;
  auto const rounds = max_over_ranks(context.comm(), (static_cast<std::int64_t>(pairs.size()) + at_once - 1) / at_once);
  std::optional<PairSorter> sorter;
  std::int64_t room = 0;
  for (std::int64_t round = 0; round < rounds; ++round) {
    std::vector<std::vector<PairCount>> to(static_cast<std::size_t>(context.ranks()));
    for (auto i = static_cast<std::size_t>(round); i < pairs.size(); i += static_cast<std::size_t>(rounds)) {  // of all words in every round, so that all ranks receive
      auto const a = static_cast<std::uint32_t>(key.first(pairs[i].key)), b = static_cast<std::uint32_t>(key.second(pairs[i].key));
      // A word beside itself is seen from both sides.
      to[static_cast<std::size_t>(owner[a])].push_back({key(a, b), a == b ? 2 * pairs[i].count : pairs[i].count});
      if (a != b) to[static_cast<std::size_t>(owner[b])].push_back({key(b, a), pairs[i].count});
    }
    auto const got = mail.deliver(std::move(to)).items;
    auto const size = static_cast<std::int64_t>(got.size());
    if (size > room) {
      sorter.reset();
      sorter.emplace(room = size + size / 8);
    }
    if (size > 0) own.add(sorter->sorted(got, key));
  }
  pairs = {};
  return {axis, axis.block(context.rank()), own.take()};
}

double expected_pairs(std::span<std::int64_t const> counts, double tokens, double share, std::int64_t window) {
  struct Bin {
    double words = 0, count = 0;
  };
  std::map<int, Bin> bins;  // words whose counts differ by less than a tenth
  for (auto const count : counts) {
    auto& bin = bins[static_cast<int>(std::log(static_cast<double>(count)) / std::log(1.1))];
    bin.words += 1;
    bin.count += static_cast<double>(count);
  }
  double pairs = 0;
  for (auto const& [number, a] : bins) {
    for (auto const& [other, b] : bins) {
      auto const times = 2 * static_cast<double>(window) * share * (a.count / a.words) * (b.count / b.words) / tokens;
      pairs += a.words * b.words / 2 * -std::expm1(-times);
    }
  }
  return pairs;
}

double counting_bytes(std::int64_t own_positions, std::int64_t window, std::int64_t at_once) {
  return static_cast<double>(whole_pairs(own_positions, window, at_once)) * (2 * (sizeof(std::uint64_t) + sizeof(std::uint32_t)) + sizeof(PairCount));
}

}  // namespace bellshard::corpus_index
