#include "jobs/corpus_index/sort_parts.hpp"

#include <algorithm>

#include "kernels/text/suffix_array.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::corpus_index {
namespace {

template <class T>
io::ShardedArray state(char const* name, std::size_t parts, Block own, std::vector<T>& values) {
  io::ShardedArray array{name, io::element_type<T>(), {static_cast<std::int64_t>(parts)}, own};
  array.fetch = [&values, own](Block items, void* host) { std::copy_n(values.begin() + (items.begin - own.begin), items.size(), static_cast<T*>(host)); };
  array.store = [&values, own](Block items, void const* host) { std::copy_n(static_cast<T const*>(host), items.size(), values.begin() + (items.begin - own.begin)); };
  return array;
}

}  // namespace

SortParts::SortParts(Context& context, corpus::CorpusConfig const& config, corpus::Survey const& survey, std::vector<corpus::Part> parts, PartFiles files)
    : context_(context),
      config_(config),
      survey_(survey),
      parts_(std::move(parts)),
      files_(std::move(files)),
      own_(Partition::equal(static_cast<std::int64_t>(parts_.size()), context.ranks()).block(context.rank())),
      sorted_(static_cast<std::size_t>(own_.size())),
      token_sum_(sorted_.size()),
      suffix_sum_(sorted_.size()) {
  count_left();
}

void SortParts::count_left() {
  left_ = sum_over_ranks(context_.comm(), static_cast<std::int64_t>(std::count(sorted_.begin(), sorted_.end(), 0)));
}

void SortParts::advance(std::int64_t) {
  double positions = 0;
  together(context_.comm(), [&] {
    auto const next = std::find(sorted_.begin(), sorted_.end(), 0);
    if (next == sorted_.end()) return;
    auto const k = static_cast<std::size_t>(next - sorted_.begin());
    auto const part = static_cast<int>(own_.begin) + static_cast<int>(k);
    auto const sums = token_bytes(survey_.largest) == 2 ? sort<std::uint16_t>(part) : sort<std::uint32_t>(part);
    token_sum_[k] = sums.tokens;
    suffix_sum_[k] = sums.suffixes;
    sorted_[k] = 1;
    positions = static_cast<double>(parts_[static_cast<std::size_t>(part)].positions.size());
  });
  count_left();
  positions = sum_over_ranks(context_.comm(), positions);
  work_ = {positions, positions * sort_bytes(1, token_bytes(survey_.largest))};
}

template <class Token>
PartSums SortParts::sort(int part) const {
  auto const& asked = parts_[static_cast<std::size_t>(part)];
  Array<Token> const tokens(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::corpus_index::tokens"), static_cast<std::size_t>(asked.positions.size()));
  auto const host_tokens = Kokkos::create_mirror_view(tokens);
  {
    auto const read = corpus::read_tokens(config_, survey_.vocabulary, asked);
    for (std::size_t i = 0; i < read.size(); ++i) host_tokens(i) = static_cast<Token>(read[i]);
  }
  Kokkos::deep_copy(tokens, host_tokens);
  auto const suffixes = text::suffix_array<Token>(Execution(), tokens, static_cast<Token>(survey_.largest));
  auto const host_suffixes = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), suffixes);
  return files_.write(part, host_tokens.data(), host_suffixes.data());
}

std::vector<io::ShardedArray> SortParts::arrays() {
  return {state("part_sorted", parts_.size(), own_, sorted_), state("part_token_sum", parts_.size(), own_, token_sum_),
          state("part_suffix_sum", parts_.size(), own_, suffix_sum_)};
}

void SortParts::restored() {
  std::int64_t lost = 0;
  together(context_.comm(), [&] {
    for (std::size_t k = 0; k < sorted_.size(); ++k) {
      if (sorted_[k] == 0 || files_.holds(static_cast<int>(own_.begin) + static_cast<int>(k), {token_sum_[k], suffix_sum_[k]})) continue;
      sorted_[k] = 0;
      ++lost;
    }
  });
  lost = sum_over_ranks(context_.comm(), lost);
  if (lost > 0) context_.log().warn("{} sorted part{} of the earlier run {} gone or damaged and will be sorted again", lost, lost == 1 ? "" : "s", lost == 1 ? "is" : "are");
  count_left();
}

double sort_bytes(std::int64_t positions, std::int64_t token_bytes) {
  // The tokens as they are read, or the device's arrays and the copy of the result.
  return static_cast<double>(text::suffix_array_bytes(positions)) + static_cast<double>(positions * (token_bytes + 4));
}

}  // namespace bellshard::corpus_index
