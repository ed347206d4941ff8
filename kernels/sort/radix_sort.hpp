#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>
#include <cstring>
#include <utility>

#include "kernels/execution.hpp"

#ifdef KOKKOS_ENABLE_CUDA
#include <cub/device/device_radix_sort.cuh>
#elif defined(__SSE2__)
#include <immintrin.h>
#endif

namespace bellshard::sort {

/// Keys with their values, and as much space again for a sort to write to. All four may be longer than what is sorted.
template <class Key>
struct Pairs {
  Array<Key> key, key_space;
  Array<std::uint32_t> value, value_space;
};

/// Stable sort of pairs by the low bits of their unsigned keys, least digit first. Made once for at most `most` pairs; no call
/// allocates. A call sorts the first `size` pairs by the low `bits` bits; the result lies in pairs.key and pairs.value, which may
/// have changed places with their spaces.
#ifdef KOKKOS_ENABLE_CUDA
template <class Key>
class RadixSort {
 public:
  explicit RadixSort(std::size_t most) {
    std::size_t bytes = 0;
    cub::DoubleBuffer<Key> keys;
    cub::DoubleBuffer<std::uint32_t> values;
    cub::DeviceRadixSort::SortPairs(nullptr, bytes, keys, values, static_cast<std::int64_t>(most));
    work_ = Array<unsigned char>(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::sort::work"), bytes);
  }

  void operator()(Execution const& execution, Pairs<Key>& pairs, std::size_t size, unsigned bits) {
    if (size < 2 || bits == 0) return;
    cub::DoubleBuffer<Key> keys(pairs.key.data(), pairs.key_space.data());
    cub::DoubleBuffer<std::uint32_t> values(pairs.value.data(), pairs.value_space.data());
    std::size_t bytes = work_.size();
    auto const error = cub::DeviceRadixSort::SortPairs(work_.data(), bytes, keys, values, static_cast<std::int64_t>(size), 0,
                                                       static_cast<int>(bits), execution.cuda_stream());
    if (error != cudaSuccess) Kokkos::abort(cudaGetErrorString(error));
    if (keys.selector == 1) std::swap(pairs.key, pairs.key_space);
    if (values.selector == 1) std::swap(pairs.value, pairs.value_space);
  }

 private:
  Array<unsigned char> work_;
};
#else
/// On host threads each pass reads and writes the pairs once: every thread counts the digits of its tile, a scan over (digit,
/// tile) gives each tile its places, and pairs go there by way of one cache line per digit, so that memory sees whole lines.
/// A digit that all keys share costs nothing. Digits of 11 bits were no faster than those of 8 for suffix arrays.
template <class Key, unsigned digit_bits = 8>
class RadixSort {
  static_assert(runs_on_host, "a device other than CUDA needs its own sort");

 public:
  explicit RadixSort(std::size_t)
      : tiles_(Execution().concurrency()), count_("bellshard::sort::count", std::size_t(tiles_) * all), bins_("bellshard::sort::bins", tiles_) {}

  void operator()(Execution const& execution, Pairs<Key>& pairs, std::size_t size, unsigned bits) {
    if (size < 2) return;
    auto const places = (bits + digit_bits - 1) / digit_bits;
    Key const mask = bits < 8 * sizeof(Key) ? static_cast<Key>((Key{1} << bits) - 1) : static_cast<Key>(~Key{0});
    count(execution, pairs.key, size, mask, 0, places);
    bool counted = true;
    for (unsigned place = 0; place < places; ++place) {
      if (shared_by_all(place, size)) continue;
      if (!counted) count(execution, pairs.key, size, mask, place, place + 1);
      counts_to_places(place);
      scatter(execution, pairs, size, mask, place);
      std::swap(pairs.key, pairs.key_space);
      std::swap(pairs.value, pairs.value_space);
      counted = tiles_ == 1;  // one tile holds the same keys in any order
    }
  }

 private:
  static constexpr unsigned digits = 1u << digit_bits;
  static constexpr unsigned most_places = (8 * sizeof(Key) + digit_bits - 1) / digit_bits;
  static constexpr unsigned all = digits * most_places;
  static constexpr unsigned line = 16;  ///< pairs that go to memory together: whole cache lines

  /// Pairs on their way, of one tile.
  struct Bins {
    alignas(64) Key key[digits][line];
    alignas(64) std::uint32_t value[digits][line];
    std::uint32_t first[digits];
  };

  static unsigned digit(Key key, Key mask, unsigned place) {
    return static_cast<unsigned>((key & mask) >> (place * digit_bits)) & (digits - 1);
  }
  std::uint32_t* counts(std::int64_t tile, unsigned place) const { return count_.data() + tile * all + place * digits; }
  bool shared_by_all(unsigned place, std::size_t size) const {
    for (unsigned d = 0; d < digits; ++d) {
      std::size_t sum = 0;
      for (int tile = 0; tile < tiles_; ++tile) sum += counts(tile, place)[d];
      if (sum > 0) return sum == size;
    }
    return true;
  }

  void count(Execution const& execution, Array<Key> const& keys, std::size_t size, Key mask, unsigned from, unsigned to) const {
    Kokkos::parallel_for("bellshard::sort::count", Kokkos::RangePolicy<Execution>(execution, 0, tiles_), [=, this](std::int64_t tile) {
      std::memset(counts(tile, from), 0, (to - from) * digits * sizeof(std::uint32_t));
      Key const* const key = keys.data();
      auto* const of_tile = counts(tile, 0);
      for (std::size_t i = size * tile / tiles_; i < size * (tile + 1) / tiles_; ++i) {
        for (unsigned place = from; place < to; ++place) ++of_tile[place * digits + digit(key[i], mask, place)];
      }
    });
  }

  void counts_to_places(unsigned place) const {
    std::uint32_t next = 0;
    for (unsigned d = 0; d < digits; ++d) {
      for (int tile = 0; tile < tiles_; ++tile) next += std::exchange(counts(tile, place)[d], next);
    }
  }

  /// Sixteen items to memory: past the caches where they are whole lines, which are then not read before.
  template <class T>
  static void put(T* to, T const* from) {
#if defined(__SSE2__)
    if (reinterpret_cast<std::uintptr_t>(to) % 64 == 0) {
#if defined(__AVX512F__)
      using Word = __m512i;
      auto const stream = [](Word* t, Word const* f) { _mm512_stream_si512(t, _mm512_load_si512(f)); };
#else
      using Word = __m128i;
      auto const stream = [](Word* t, Word const* f) { _mm_stream_si128(t, _mm_load_si128(f)); };
#endif
      for (unsigned k = 0; k < line * sizeof(T) / sizeof(Word); ++k) stream(reinterpret_cast<Word*>(to) + k, reinterpret_cast<Word const*>(from) + k);
      return;
    }
#endif
    std::memcpy(to, from, line * sizeof(T));
  }

  void scatter(Execution const& execution, Pairs<Key> const& pairs, std::size_t size, Key mask, unsigned place) const {
    Kokkos::parallel_for("bellshard::sort::scatter", Kokkos::RangePolicy<Execution>(execution, 0, tiles_), [=, this](std::int64_t tile) {
      Key const* const key = pairs.key.data();
      std::uint32_t const* const value = pairs.value.data();
      Key* const key_out = pairs.key_space.data();
      std::uint32_t* const value_out = pairs.value_space.data();
      std::uint32_t* const next = counts(tile, place);
      Bins& bins = bins_(tile);
      std::memcpy(bins.first, next, sizeof bins.first);
      for (std::size_t i = size * tile / tiles_; i < size * (tile + 1) / tiles_; ++i) {
        Key const k = key[i];
        unsigned const d = digit(k, mask, place);
        std::uint32_t const to = next[d]++;
        unsigned const in_line = to % line;
        bins.key[d][in_line] = k;
        bins.value[d][in_line] = value[i];
        if (in_line != line - 1) continue;
        std::uint32_t const begin = to - (line - 1);
        if (begin >= bins.first[d]) {
          put(key_out + begin, bins.key[d]);
          put(value_out + begin, bins.value[d]);
        } else {
          for (std::uint32_t j = bins.first[d]; j <= to; ++j) key_out[j] = bins.key[d][j % line], value_out[j] = bins.value[d][j % line];
        }
      }
      for (unsigned d = 0; d < digits; ++d) {  // lines that did not fill
        std::uint32_t const begin = next[d] - next[d] % line;
        for (std::uint32_t j = begin > bins.first[d] ? begin : bins.first[d]; j < next[d]; ++j) {
          key_out[j] = bins.key[d][j % line], value_out[j] = bins.value[d][j % line];
        }
      }
#if defined(__SSE2__)
      _mm_sfence();
#endif
    });
  }

  int tiles_;
  Array<std::uint32_t> count_;  ///< [tile, place, digit] how many, then where the next one goes
  Array<Bins> bins_;            ///< [tile]
};
#endif

}  // namespace bellshard::sort
