#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>
#include <string>
#include <utility>

#include "kernels/text/suffix_index.hpp"
#include "kernels/text/word_similarity.hpp"

namespace bellshard::text {

/// A text against a document: its tokens are [begin, end) of the part.
struct TextDocument {
  std::uint32_t text;
  std::uint32_t begin, end;
};

/// Runs of content words of a document that may be like a text.
struct NearRegions {
  Array<std::uint32_t> pair;          ///< [region] text and document that it belongs to
  Array<std::int64_t> first;          ///< [region + 1]
  Array<std::uint32_t> token, place;  ///< [content word of all regions] its id, and its position in the part
};

namespace near_detail {

// Marks of a position; while a document is read from its begin, a content word has its gain instead.
inline constexpr float no_content = -3, apart = -2, alive = 2;

}  // namespace near_detail

/// The content words (ids above `common`) of each document that lie in some window whose words are, on the mean, like the best words of the text to at
/// least the threshold: what is left out lies in no window that is near any span of the text. All of a document in one pass forwards, which sums what the
/// words before exceed the threshold by, and one backwards, as for the largest sum of a run (Bentley 1984). Separators within a document are not crossed.
/// The pairs' documents together must have fewer than 2^31 positions.
template <class Token>
NearRegions near_regions(Execution const& execution, Array<Token const> const& tokens, std::uint32_t common, BestSimilarity const& best,
                         Array<TextDocument const> const& pairs, float threshold) {
  using Policy = Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>;
  constexpr float slack = 1e-4F;  // sums of float round
  auto const size = static_cast<std::int64_t>(pairs.extent(0));
  auto const offsets = [&](std::string const& label) { return Array<std::int64_t>(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), pairs.extent(0) + 1); };
  Array<std::int64_t> const scratch = offsets("bellshard::text::near_scratch"), words = offsets("bellshard::text::near_words"), regions = offsets("bellshard::text::near_regions");
  std::int64_t positions = 0;
  Kokkos::parallel_scan(
      "bellshard::text::near_positions", Policy(execution, 0, size + 1),
      KOKKOS_LAMBDA(std::int64_t p, std::int64_t& sum, bool final) {
        if (final) scratch(p) = sum;
        if (p < size) sum += pairs(p).end - pairs(p).begin;
      },
      positions);
  Array<float> const gain(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::text::near_gain"), static_cast<std::size_t>(positions));
  Kokkos::parallel_for(
      "bellshard::text::near_scan", Policy(execution, 0, size), KOKKOS_LAMBDA(std::int64_t p) {
        TextDocument const pair = pairs(p);
        float* const mark = gain.data() + scratch(p);
        float before = 0;
        for (std::uint32_t at = pair.begin; at < pair.end; ++at) {
          std::uint32_t const id = tokens(at);
          if (id == separator) before = 0;
          if (id <= common) continue;
          before = best(pair.text, id) - threshold + (before > 0 ? before : 0);
          mark[at - pair.begin] = before;
        }
        std::int64_t own_words = 0, own_regions = 0;
        float behind = 0;
        bool within = false;
        for (std::uint32_t at = pair.end; at-- > pair.begin;) {
          std::uint32_t const id = tokens(at);
          if (id == separator) behind = 0, within = false;
          if (id <= common) {
            mark[at - pair.begin] = near_detail::no_content;
            continue;
          }
          float const own = best(pair.text, id) - threshold;
          behind = own + (behind > 0 ? behind : 0);
          bool const lives = mark[at - pair.begin] + behind - own >= -slack;
          own_words += lives;
          own_regions += lives && !within;
          within = lives;
          mark[at - pair.begin] = lives ? near_detail::alive : near_detail::apart;
        }
        words(p) = own_words;
        regions(p) = own_regions;
      });
  std::int64_t all_words = 0, all_regions = 0;
  for (auto const& [counts, all] : {std::pair{words, &all_words}, std::pair{regions, &all_regions}}) {
    Array<std::int64_t> const count = counts;
    Kokkos::parallel_scan(
        "bellshard::text::near_offsets", Policy(execution, 0, size),
        KOKKOS_LAMBDA(std::int64_t p, std::int64_t& sum, bool final) {
          std::int64_t const own = count(p);
          if (final) count(p) = sum;
          sum += own;
        },
        *all);
  }
  auto const made = [](std::string const& label, std::int64_t items) {
    return Array<std::uint32_t>(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), static_cast<std::size_t>(items));
  };
  NearRegions const found{made("bellshard::text::near_pair", all_regions),
                          Array<std::int64_t>(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::text::near_first"), static_cast<std::size_t>(all_regions) + 1),
                          made("bellshard::text::near_token", all_words), made("bellshard::text::near_place", all_words)};
  Kokkos::deep_copy(execution, Kokkos::subview(found.first, static_cast<std::size_t>(all_regions)), all_words);
  Kokkos::parallel_for(
      "bellshard::text::near_fill", Policy(execution, 0, size), KOKKOS_LAMBDA(std::int64_t p) {
        TextDocument const pair = pairs(p);
        float const* const mark = gain.data() + scratch(p);
        std::int64_t word = words(p), region = regions(p);
        bool within = false;
        for (std::uint32_t at = pair.begin; at < pair.end; ++at) {
          std::uint32_t const id = tokens(at);
          if (id == separator) within = false;
          if (mark[at - pair.begin] == near_detail::no_content) continue;
          bool const lives = mark[at - pair.begin] == near_detail::alive;
          if (lives && !within) {
            found.pair(region) = static_cast<std::uint32_t>(p);
            found.first(region++) = word;
          }
          if (lives) {
            found.token(word) = id;
            found.place(word++) = at;
          }
          within = lives;
        }
      });
  execution.fence();
  return found;
}

}  // namespace bellshard::text
