#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

#include "kernels/execution.hpp"

namespace bellshard::text {

/// Stands for a word of a text that the corpus does not have: like no other.
inline constexpr std::uint32_t unknown_word = 0xFFFFFFFF;

/// How alike the words of some texts are to the words of a corpus: the cosine of their vectors, 1 for the same word, 0 where one of two has none.
struct WordSimilarity {
  Array<std::uint32_t const> id;  ///< [word of the texts] its id in the corpus, ascending
  Array<float const> cosine;      ///< [word of the texts * vectors + id - 1]
  std::int64_t vectors = 0;       ///< ids 1 .. vectors have one

  KOKKOS_INLINE_FUNCTION float operator()(std::uint32_t word, std::uint32_t other) const {
    if (word == unknown_word) return 0;
    if (other <= vectors) return cosine(word * vectors + other - 1);
    return id(word) == other ? 1 : 0;
  }
};

/// Vectors of the corpus's words as kernels read them.
struct VectorTable {
  Array<float const> value;  ///< [component * words + id - 1], of unit length or zero
  std::int64_t words = 0, components = 0;
};

/// The similarities of these words, ascending, to all.
inline WordSimilarity word_similarity(Execution const& execution, VectorTable const& vectors, Array<std::uint32_t const> const& id) {
  auto const rows = static_cast<std::int64_t>(id.extent(0));
  Array<float> const cosine(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::text::cosine"), static_cast<std::size_t>(rows * vectors.words));
  constexpr int block = runs_on_host ? 4 : 1, tile = runs_on_host ? 128 : 1;  // of rows and of columns: their sums stay in the first cache
  std::int64_t const blocks = (rows + block - 1) / block, tiles = (vectors.words + tile - 1) / tile;
  Kokkos::parallel_for(
      "bellshard::text::word_similarity", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, blocks * tiles),
      KOKKOS_LAMBDA(std::int64_t item) {
        std::int64_t const first_row = item % blocks * block, first = item / blocks * tile;  // one tile of vectors for all rows, then the next: it stays near
        std::int64_t const size = first + tile < vectors.words ? tile : vectors.words - first;
        float sum[block][tile] = {};
        std::int64_t own[block];
        for (int b = 0; b < block; ++b) own[b] = first_row + b < rows ? std::int64_t{id(first_row + b)} - 1 : vectors.words;
        for (std::int64_t c = 0; c < vectors.components; ++c) {
          float const* const component = &vectors.value(c * vectors.words);
          float factor[block];
          for (int b = 0; b < block; ++b) factor[b] = own[b] < vectors.words ? component[own[b]] : 0;
          for (std::int64_t v = 0; v < size; ++v) {
            float const other = component[first + v];
            for (int b = 0; b < block; ++b) sum[b][v] += factor[b] * other;
          }
        }
        for (int b = 0; b < block && first_row + b < rows; ++b) {
          std::int64_t const row = (first_row + b) * vectors.words;
          for (std::int64_t v = 0; v < size; ++v) cosine(row + first + v) = sum[b][v] < 1 ? sum[b][v] : 1;
          if (own[b] >= first && own[b] < first + size) cosine(row + own[b]) = 1;
        }
      });
  return {id, cosine, vectors.words};
}

/// Words of several texts, one text after the other, as their numbers in a WordSimilarity.
struct TextWords {
  Array<std::int64_t const> first;    ///< [text + 1]
  Array<std::uint32_t const> word;
};

/// The most that any word of a text is like a word of the corpus.
struct BestSimilarity {
  WordSimilarity similarity;
  TextWords texts;          ///< each word once, ascending, none unknown
  Array<float const> best;  ///< [text * vectors + id - 1]

  KOKKOS_INLINE_FUNCTION float operator()(std::uint32_t text, std::uint32_t id) const {
    if (id <= similarity.vectors) return best(text * similarity.vectors + id - 1);
    std::int64_t low = texts.first(text), high = texts.first(text + 1);
    std::int64_t const end = high;
    while (low < high) {
      std::int64_t const middle = (low + high) / 2;
      if (similarity.id(texts.word(middle)) < id) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < end && similarity.id(texts.word(low)) == id ? 1 : 0;
  }
};

inline BestSimilarity best_similarity(Execution const& execution, WordSimilarity const& similarity, TextWords const& texts) {
  auto const size = static_cast<std::int64_t>(texts.first.extent(0)) - 1;
  std::int64_t const vectors = similarity.vectors;
  Array<float> const best(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::text::best_similarity"), static_cast<std::size_t>(size * vectors));
  constexpr std::int64_t tile = runs_on_host ? 512 : 1;
  std::int64_t const tiles = (vectors + tile - 1) / tile;
  Kokkos::parallel_for(
      "bellshard::text::best_similarity", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, size * tiles),
      KOKKOS_LAMBDA(std::int64_t item) {
        std::int64_t const text = item / tiles, begin = item % tiles * tile;
        std::int64_t const end = begin + tile < vectors ? begin + tile : vectors;
        for (std::int64_t v = begin; v < end; ++v) best(text * vectors + v) = 0;
        for (std::int64_t k = texts.first(text); k < texts.first(text + 1); ++k) {
          std::int64_t const row = std::int64_t{texts.word(k)} * vectors;
          for (std::int64_t v = begin; v < end; ++v) {
            float const other = similarity.cosine(row + v);
            if (other > best(text * vectors + v)) best(text * vectors + v) = other;
          }
        }
      });
  return {similarity, texts, best};
}

}  // namespace bellshard::text
