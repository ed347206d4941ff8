#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace bellshard::io {

/// Strings as files hold them: their bytes one after the other, and where each begins.
struct NameTable {
  std::vector<std::uint8_t> bytes;
  std::vector<std::int64_t> offset{0};  ///< [names + 1]
};

NameTable pack_names(std::vector<std::string> const& names);

/// Exit 4 with `field` and the first index where the offsets do not fit the bytes.
std::vector<std::string> unpack_names(NameTable const& table, std::string const& field);

}  // namespace bellshard::io
