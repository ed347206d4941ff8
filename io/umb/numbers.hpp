#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "io/umb/index.hpp"

namespace bellshard::io {

static_assert(std::endian::native == std::endian::little, "UMB files are little-endian, and their arrays are copied as they are");

/// Numbers as UMB packs them: little-endian, bit 0 the least one of byte 0, so that a value may begin at any bit.

/// One Boolean a bit, padded to whole 64-bit words.
std::vector<std::uint8_t> unpack_bools(std::span<std::byte const> bytes, std::int64_t count);
std::vector<std::byte> pack_bools(std::span<std::uint8_t const> values);
inline std::int64_t bool_bytes(std::int64_t count) { return (count + 63) / 64 * 8; }

/// The lowest `bits` <= 64 bits that begin at `bit`, and the way back into zeros.
std::uint64_t bits_at(std::span<std::byte const> bytes, std::int64_t bit, std::int64_t bits);
void put_bits(std::span<std::byte> bytes, std::int64_t bit, std::int64_t bits, std::uint64_t value);

/// A number of any type but intervals and text, nearest double (a rational is divided, a Boolean is 0 or 1).
double number_at(std::span<std::byte const> bytes, std::int64_t bit, UmbType const& type);

/// [count] numbers that follow each other; of intervals the lower and the upper ends.
struct UmbNumbers {
  std::vector<double> lower;
  std::vector<double> upper;  ///< empty where the type is no interval
};
UmbNumbers unpack_numbers(std::span<std::byte const> bytes, std::int64_t count, UmbType const& type);

bool is_interval(UmbType const& type);
UmbType end_of_interval(UmbType const& type);  ///< real of real_interval, ...

/// Arrays of plain integers, and the way back.
template <class Stored, class T>
std::vector<T> unpack_integers(std::span<std::byte const> bytes) {
  std::vector<T> values(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof stored, sizeof stored);
    values[i] = static_cast<T>(stored);
  }
  return values;
}

template <class Stored, class T>
std::vector<std::byte> pack_integers(std::span<T const> values) {
  std::vector<std::byte> bytes(values.size() * sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto const stored = static_cast<Stored>(values[i]);
    std::memcpy(bytes.data() + i * sizeof stored, &stored, sizeof stored);
  }
  return bytes;
}

}  // namespace bellshard::io
