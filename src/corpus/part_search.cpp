#include "src/corpus/part_search.hpp"

#include "kernels/host_copy.hpp"
#include "kernels/text/longest_match.hpp"
#include "kernels/text/suffix_array.hpp"

namespace bellshard::corpus {

static_assert(separator == text::separator && no_word == text::no_word);

namespace {

/// larger [i] = max(larger [i], other [i])
void raise(Array<std::int32_t> const& larger, Array<std::int32_t> const& other) {
  Kokkos::parallel_for(
      "bellshard::corpus::raise", Kokkos::RangePolicy<Execution>(0, static_cast<std::int64_t>(larger.extent(0))), KOKKOS_LAMBDA(std::int64_t i) {
        if (other(i) > larger(i)) larger(i) = other(i);
      });
}

/// Puts separators into [begin, end).
template <class Token>
void blank(Array<Token> const& tokens, std::int64_t begin, std::int64_t end) {
  Kokkos::parallel_for("bellshard::corpus::blank", Kokkos::RangePolicy<Execution>(begin, end), KOKKOS_LAMBDA(std::int64_t i) { tokens(i) = separator; });
}

template <class Token>
class PartSearchOf : public PartSearch {
 public:
  PartSearchOf(Block positions, Token largest, std::vector<Token> const& tokens, std::vector<std::uint32_t> const& suffix)
      : positions_(positions),
        largest_(largest),
        tokens_(to_device(tokens, "bellshard::corpus::tokens")),
        index_(text::suffix_index<Token>(Execution(), tokens_, to_device(suffix, "bellshard::corpus::suffix"), largest)) {}

  void raise_longest(Array<std::uint32_t const> const& text, std::int64_t first, Array<std::int32_t> const& longest) const override {
    Array<std::int32_t> const lengths("bellshard::corpus::lengths", longest.extent(0));
    text::longest_match(Execution(), index_, text, first, lengths);
    raise(longest, lengths);
    Execution().fence();
  }

  std::vector<Found> find(Array<std::uint32_t const> const& text, std::vector<text::Span> const& spans) const override {
    Array<text::SuffixRange> const ranges(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::corpus::ranges"), spans.size());
    Array<std::uint32_t> const first(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::corpus::first"), spans.size());
    text::match_ranges<Token>(Execution(), index_, text, to_device(spans, "bellshard::corpus::spans"), ranges);
    text::first_occurrence<Token>(Execution(), index_, ranges, first);
    auto const host_ranges = to_host(ranges);
    auto const host_first = to_host(first);
    std::vector<Found> found(spans.size());
    for (std::size_t s = 0; s < spans.size(); ++s) {
      found[s].count = static_cast<std::int64_t>(host_ranges[s].high) - host_ranges[s].low;
      if (found[s].count > 0) found[s].position = positions_.begin + host_first[s];
    }
    return found;
  }

  std::vector<std::pair<std::int64_t, std::int64_t>> find_all(Array<std::uint32_t const> const& text, std::vector<text::Span> const& spans) const override {
    Array<text::SuffixRange> const ranges(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::corpus::ranges"), spans.size());
    text::match_ranges<Token>(Execution(), index_, text, to_device(spans, "bellshard::corpus::spans"), ranges);
    auto const host_ranges = to_host(ranges);
    std::vector<std::pair<std::int64_t, std::int64_t>> found;
    for (std::size_t s = 0; s < spans.size(); ++s) {
      auto const range = host_ranges[s];
      if (range.low == range.high) continue;
      for (auto const suffix : to_host(index_.suffix, range.low, std::int64_t{range.high} - range.low)) found.emplace_back(positions_.begin + suffix, static_cast<std::int64_t>(s));
    }
    return found;
  }

  Block positions() const override { return positions_; }

  Regions near_regions(text::BestSimilarity const& best, TokenId common, std::vector<text::TextDocument> const& pairs, float threshold) const override {
    auto const found = text::near_regions<Token>(Execution(), tokens_, common, best, to_device(pairs, "bellshard::corpus::pairs"), threshold);
    return {to_host(found.pair), to_host(found.first), to_host(found.token), to_host(found.place)};
  }

  void exclude(std::span<Block const> positions) override {
    bool any = false;
    for (auto const& range : positions) {
      auto const here = intersect(range, positions_);
      if (here.empty()) continue;
      blank(tokens_, here.begin - positions_.begin, here.end - positions_.begin);
      any = true;
    }
    if (!any) return;
    index_ = {};
    auto const suffix = text::suffix_array<Token>(Execution(), tokens_, largest_);
    index_ = text::suffix_index<Token>(Execution(), tokens_, suffix, largest_);
  }

 private:
  Block positions_;
  Token largest_;
  Array<Token> tokens_;
  text::SuffixIndex<Token> index_;
};

template <class Token>
std::unique_ptr<PartSearch> load(MPI_Comm comm, IndexFile const& index, int part) {
  auto const positions = part >= 0 ? index.positions(part) : Block{};
  std::vector<Token> tokens;
  std::vector<std::uint32_t> suffix;
  together(comm, [&] {
    tokens.resize(static_cast<std::size_t>(positions.size()));
    suffix.resize(static_cast<std::size_t>(positions.size()));
  });
  index.file().read<Token>("/results/token", positions, tokens);
  index.file().read<std::uint32_t>("/results/suffix", positions, suffix);
  std::unique_ptr<PartSearch> search;
  together(comm, [&] {
    auto const largest = index.largest();
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      BELLSHARD_INPUT(tokens[i] <= largest && suffix[i] < tokens.size(), "{}: /results/{}[{}] is out of range; make the index again", index.file().path().string(),
                      tokens[i] > largest ? "token" : "suffix", positions.begin + static_cast<std::int64_t>(i));
    }
    if (part >= 0) search = std::make_unique<PartSearchOf<Token>>(positions, static_cast<Token>(largest), tokens, suffix);
  });
  return search;
}

}  // namespace

std::unique_ptr<PartSearch> load_part(MPI_Comm comm, IndexFile const& index, int part) {
  return index.token_bytes() == 2 ? load<std::uint16_t>(comm, index, part) : load<std::uint32_t>(comm, index, part);
}

double part_bytes(IndexFile const& index, int part, bool excluded) {
  auto const positions = index.positions(part).size();
  auto const kept = static_cast<double>(positions) * static_cast<double>(index.token_bytes() + 4) + 4.0 * static_cast<double>(index.largest());
  return excluded ? kept + static_cast<double>(text::suffix_array_bytes(positions)) : 2 * kept;
}

}  // namespace bellshard::corpus
