#pragma once
// Eight transitions at once with AVX-512, where a host build has it: rows of up to eight transitions without a branch, which
// ragged models need (a loop of 1 to 9 transitions spends two thirds of its time on mispredicted ends).
#include "kernels/dp/sparse_storage.hpp"
#include "kernels/dp/sparse_values.hpp"

#if defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && !defined(__CUDACC__) && \
    !defined(__HIPCC__)
#define BELLSHARD_LANES 1
#include <immintrin.h>

namespace bellshard::dp::lanes {

using Mask = __mmask8;

inline __m256i places(IndexedColumns::Row const& row, std::uint32_t k, Mask mask) { return _mm256_maskz_loadu_epi32(mask, row.column + k); }
inline __m256i distances(NearColumns::Row const& row, std::uint32_t k, Mask mask) {
  return _mm256_cvtepi16_epi32(_mm_maskz_loadu_epi16(mask, row.distance + k));
}
inline __m256i places(NearColumns::Row const& row, std::uint32_t k, Mask mask) {
  return _mm256_add_epi32(distances(row, k, mask), _mm256_set1_epi32(static_cast<int>(row.place)));
}
inline __m256i places(RunColumns::Row const& row, std::uint32_t k, Mask) {
  return _mm256_add_epi32(_mm256_set1_epi32(static_cast<int>(row.begin + k)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

inline __m512d probabilities(PlainProbabilities::Row const& row, std::uint32_t k, Mask mask) {
  return _mm512_maskz_loadu_pd(mask, row.probability + k);
}
inline __m512d probabilities(SingleProbabilities::Row const& row, std::uint32_t k, Mask mask) {
  return _mm512_cvtps_pd(_mm256_maskz_loadu_ps(mask, row.probability + k));
}
inline __m512d probabilities(TabledProbabilities::Row const& row, std::uint32_t k, Mask mask) {
  __m256i const code = _mm256_cvtepu8_epi32(_mm_maskz_loadu_epi8(mask, row.code + k));
  return _mm512_mask_i32gather_pd(_mm512_setzero_pd(), mask, code, row.table, 8);
}

/// Asks for the transitions some pairs further on, while this one is summed: gathers leave the core too few loads in flight to find
/// them early by itself (measured: a fifth of a sweep from main memory). Past the end of an array this does nothing.
inline constexpr std::uint32_t ahead = 256;
inline void ask_ahead(void const* place) { _mm_prefetch(static_cast<char const*>(place), _MM_HINT_T0); }
inline void look_ahead(IndexedColumns::Row const& row, std::uint32_t k) { ask_ahead(row.column + k + ahead); }
inline void look_ahead(NearColumns::Row const& row, std::uint32_t k) { ask_ahead(row.distance + k + ahead); }
inline void look_ahead(RunColumns::Row const&, std::uint32_t) {}
inline void look_ahead(PlainProbabilities::Row const& row, std::uint32_t k) { ask_ahead(row.probability + k + ahead); }
inline void look_ahead(SingleProbabilities::Row const& row, std::uint32_t k) { ask_ahead(row.probability + k + ahead); }
inline void look_ahead(TabledProbabilities::Row const& row, std::uint32_t k) { ask_ahead(row.code + k + ahead); }

inline __m512d fetch(double const* value, __m256i place, Mask mask) {
  return _mm512_mask_i32gather_pd(_mm512_setzero_pd(), mask, place, value, 8);
}
inline __m512d fetch(BlockValues const& value, __m256i place, Mask mask) {
  __m256i const inside = _mm256_sub_epi32(place, _mm256_set1_epi32(static_cast<int>(value.first)));
  Mask const now = _mm256_mask_cmplt_epu32_mask(mask, inside, _mm256_set1_epi32(static_cast<int>(value.items)));
  __m512d const before = fetch(value.before, place, static_cast<Mask>(mask & ~now));
  return _mm512_mask_i32gather_pd(before, now, place, value.now, 8);
}

inline __m512d fetch(ShiftedValues const& bound, __m256i place, Mask mask) {
  __m512d const shift = _mm512_set1_pd(bound.shift);
  return _mm512_add_pd(fetch(bound.value, place, mask), bound.weight ? _mm512_mul_pd(shift, fetch(bound.weight, place, mask)) : shift);
}

template <class Row, class Value>
inline __m512d next_values(Row const& row, Value const& value, std::uint32_t k, Mask mask) {
  return fetch(value, places(row, k, mask), mask);
}
inline __m512d next_values(NearColumns::Row const& row, double const* value, std::uint32_t k, Mask mask) {
  return fetch(value + row.place, distances(row, k, mask), mask);
}
inline __m512d next_values(RunColumns::Row const& row, double const* value, std::uint32_t k, Mask mask) {
  return _mm512_maskz_loadu_pd(mask, value + row.begin + k);
}
template <class Row, class Value>
inline __m512d next_values(Row const& row, Magnitude<Value> const& value, std::uint32_t k, Mask mask) {
  return _mm512_abs_pd(next_values(row, value.value, k, mask));
}
template <class Row>
inline __m512d next_values(Row const& row, Here const& here, std::uint32_t k, Mask mask) {
  Mask const found = _mm256_mask_cmpeq_epi32_mask(mask, places(row, k, mask), _mm256_set1_epi32(static_cast<int>(here.place)));
  return _mm512_maskz_mov_pd(found, _mm512_set1_pd(1.0));
}

/// Sum of p * value[next], in the order of SerialSum.
template <class Pair, class Value>
inline double sum(Pair const& pair, Value const& value) {
  __m512d part = _mm512_setzero_pd();
  std::uint32_t const n = pair.transitions;
  for (std::uint32_t k = 0; k < n; k += 8) {
    look_ahead(pair.column, k);
    look_ahead(pair.probability, k);
    Mask const mask = n - k >= 8 ? Mask{0xff} : static_cast<Mask>((1u << (n - k)) - 1);
    part = _mm512_add_pd(part, _mm512_mul_pd(probabilities(pair.probability, k, mask), next_values(pair.column, value, k, mask)));
  }
  __m256d const four = _mm256_add_pd(_mm512_maskz_extractf64x4_pd(0xff, part, 0), _mm512_maskz_extractf64x4_pd(0xff, part, 1));
  __m128d const two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
  return _mm_cvtsd_f64(two) + _mm_cvtsd_f64(_mm_unpackhi_pd(two, two));
}

}  // namespace bellshard::dp::lanes
#endif
