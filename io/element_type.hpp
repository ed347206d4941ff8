#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace bellshard::io {

/// Element types that files hold. Other types (bool, complex, compound) are refused by netCDF readers. `letter` is a byte of a table
/// of names, UTF-8; variables are numbers.
enum class ElementType { uint8, int8, uint16, int16, uint32, int32, int64, uint64, float32, float64, letter };

template <class T>
constexpr ElementType element_type() {
  using U = std::remove_cv_t<T>;
  if constexpr (std::is_same_v<U, std::uint8_t>) return ElementType::uint8;
  else if constexpr (std::is_same_v<U, std::int8_t>) return ElementType::int8;
  else if constexpr (std::is_same_v<U, std::uint16_t>) return ElementType::uint16;
  else if constexpr (std::is_same_v<U, std::int16_t>) return ElementType::int16;
  else if constexpr (std::is_same_v<U, std::uint32_t>) return ElementType::uint32;
  else if constexpr (std::is_same_v<U, std::int32_t>) return ElementType::int32;
  else if constexpr (std::is_same_v<U, std::int64_t>) return ElementType::int64;
  else if constexpr (std::is_same_v<U, std::uint64_t>) return ElementType::uint64;
  else if constexpr (std::is_same_v<U, char>) return ElementType::letter;
  else if constexpr (std::is_same_v<U, float>) return ElementType::float32;
  else {
    static_assert(std::is_same_v<U, double>, "no such element type in a Bellshard file");
    return ElementType::float64;
  }
}

constexpr std::size_t bytes_of(ElementType type) {
  switch (type) {
    case ElementType::uint8:
    case ElementType::letter:
    case ElementType::int8: return 1;
    case ElementType::uint16:
    case ElementType::int16: return 2;
    case ElementType::uint32:
    case ElementType::int32:
    case ElementType::float32: return 4;
    default: return 8;
  }
}

}  // namespace bellshard::io
