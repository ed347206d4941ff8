#pragma once
#include <memory>
#include <span>
#include <vector>

#include "kernels/execution.hpp"
#include "kernels/text/match_ranges.hpp"
#include "kernels/text/near_regions.hpp"
#include "src/corpus/index_file.hpp"

namespace bellshard::corpus {

/// One part of an index in the memory of the execution space.
class PartSearch {
 public:
  virtual ~PartSearch() = default;

  virtual Block positions() const = 0;  ///< of the whole corpus

  /// longest [p]: raised to the most words that the text from first + p on shares with the part.
  virtual void raise_longest(Array<std::uint32_t const> const& text, std::int64_t first, Array<std::int32_t> const& longest) const = 0;

  /// How often a span of the text comes in the part, and the first position (of the whole corpus) where it does: -1 where it does not.
  struct Found {
    std::int64_t count = 0;
    std::int64_t position = -1;
  };
  virtual std::vector<Found> find(Array<std::uint32_t const> const& text, std::vector<text::Span> const& spans) const = 0;
  /// All positions of the whole corpus where one of the spans begins, with the number of the span.
  virtual std::vector<std::pair<std::int64_t, std::int64_t>> find_all(Array<std::uint32_t const> const& text, std::vector<text::Span> const& spans) const = 0;

  /// text::NearRegions on the host; places are counted from the part's first position.
  struct Regions {
    std::vector<std::uint32_t> pair;
    std::vector<std::int64_t> first;
    std::vector<std::uint32_t> token, place;
  };
  virtual Regions near_regions(text::BestSimilarity const& best, TokenId common, std::vector<text::TextDocument> const& pairs, float threshold) const = 0;

  /// Takes these positions of the whole corpus (ascending, apart) out: words there match nothing. Sorts what is left anew.
  virtual void exclude(std::span<Block const> positions) = 0;
};

/// Reads a part; collective. A rank with less parts than others passes part = -1 and gets none.
std::unique_ptr<PartSearch> load_part(MPI_Comm comm, IndexFile const& index, int part);

/// Bytes that a part takes, while it is excluded from at most.
double part_bytes(IndexFile const& index, int part, bool excluded);

}  // namespace bellshard::corpus
