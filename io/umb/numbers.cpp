#include "io/umb/numbers.hpp"

#include <algorithm>
#include <cmath>

#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

using Kind = UmbType::Kind;

/// long double holds 64 bits exactly, and what is wider to its precision.
long double natural_at(std::span<std::byte const> bytes, std::int64_t bit, std::int64_t bits) {
  long double value = 0;
  for (std::int64_t done = 0; done < bits; done += 64) {
    auto const word = bits_at(bytes, bit + done, std::min<std::int64_t>(64, bits - done));
    value += std::ldexp(static_cast<long double>(word), static_cast<int>(done));
  }
  return value;
}

long double integer_at(std::span<std::byte const> bytes, std::int64_t bit, std::int64_t bits) {
  bool const negative = bits_at(bytes, bit + bits - 1, 1) != 0;
  if (!negative) return natural_at(bytes, bit, bits);
  // Two's complement: -(~x + 1) keeps small negative numbers exact, however wide they are stored.
  long double flipped = 1;
  for (std::int64_t done = 0; done < bits; done += 64) {
    auto const width = std::min<std::int64_t>(64, bits - done);
    auto const mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
    flipped += std::ldexp(static_cast<long double>(~bits_at(bytes, bit + done, width) & mask), static_cast<int>(done));
  }
  return -flipped;
}

}  // namespace

std::uint64_t bits_at(std::span<std::byte const> bytes, std::int64_t bit, std::int64_t bits) {
  std::uint64_t value = 0;
  for (std::int64_t done = 0; done < bits;) {
    auto const at = bit + done;
    auto const shift = at % 8;
    auto const taken = std::min(bits - done, 8 - shift);
    auto const byte = std::to_integer<std::uint64_t>(bytes[static_cast<std::size_t>(at / 8)]);
    value |= (byte >> shift & ((std::uint64_t{1} << taken) - 1)) << done;
    done += taken;
  }
  return value;
}

void put_bits(std::span<std::byte> bytes, std::int64_t bit, std::int64_t bits, std::uint64_t value) {
  for (std::int64_t done = 0; done < bits;) {
    auto const at = bit + done;
    auto const shift = at % 8;
    auto const taken = std::min(bits - done, 8 - shift);
    auto const part = (value >> done & ((std::uint64_t{1} << taken) - 1)) << shift;
    bytes[static_cast<std::size_t>(at / 8)] |= static_cast<std::byte>(part);
    done += taken;
  }
}

std::vector<std::uint8_t> unpack_bools(std::span<std::byte const> bytes, std::int64_t count) {
  std::vector<std::uint8_t> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::to_integer<std::uint8_t>(bytes[i / 8] >> (i % 8) & std::byte{1});
  return values;
}

std::vector<std::byte> pack_bools(std::span<std::uint8_t const> values) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(bool_bytes(static_cast<std::int64_t>(values.size()))));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0) bytes[i / 8] |= std::byte{1} << (i % 8);
  }
  return bytes;
}

double number_at(std::span<std::byte const> bytes, std::int64_t bit, UmbType const& type) {
  switch (type.kind) {
    case Kind::boolean: return natural_at(bytes, bit, type.bits) != 0 ? 1 : 0;
    case Kind::natural:
    case Kind::text: return static_cast<double>(natural_at(bytes, bit, type.bits));
    case Kind::integer: return static_cast<double>(integer_at(bytes, bit, type.bits));
    case Kind::real: return std::bit_cast<double>(bits_at(bytes, bit, 64));
    case Kind::rational: {
      auto const half = type.bits / 2;
      return static_cast<double>(integer_at(bytes, bit, half) / natural_at(bytes, bit + half, half));
    }
    default: fail(ExitCode::bug, "an interval is no number (a bug in Bellshard)");
  }
}

bool is_interval(UmbType const& type) {
  return type.kind == Kind::integer_interval || type.kind == Kind::natural_interval || type.kind == Kind::real_interval ||
         type.kind == Kind::rational_interval;
}

UmbType end_of_interval(UmbType const& type) {
  switch (type.kind) {
    case Kind::integer_interval: return {Kind::integer, type.bits / 2};
    case Kind::natural_interval: return {Kind::natural, type.bits / 2};
    case Kind::real_interval: return {Kind::real, type.bits / 2};
    case Kind::rational_interval: return {Kind::rational, type.bits / 2};
    default: return type;
  }
}

UmbNumbers unpack_numbers(std::span<std::byte const> bytes, std::int64_t count, UmbType const& type) {
  UmbNumbers numbers;
  auto const n = static_cast<std::size_t>(count);
  numbers.lower.resize(n);
  if (type.kind == Kind::real) {
    std::memcpy(numbers.lower.data(), bytes.data(), n * sizeof(double));
    return numbers;
  }
  bool const interval = is_interval(type);
  auto const end = end_of_interval(type);
  if (interval) numbers.upper.resize(n);
  for (std::int64_t i = 0; i < count; ++i) {
    numbers.lower[static_cast<std::size_t>(i)] = number_at(bytes, i * type.bits, end);
    if (interval) numbers.upper[static_cast<std::size_t>(i)] = number_at(bytes, i * type.bits + end.bits, end);
  }
  return numbers;
}

}  // namespace bellshard::io
