#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace bellshard {

/// XXH3 of a byte range: the checksum of checkpoint blocks and the fingerprint of job texts.
std::uint64_t checksum(void const* data, std::size_t bytes);
inline std::uint64_t checksum(std::string_view text) { return checksum(text.data(), text.size()); }

/// SHA-256 of a whole file as 64 lower-case hexadecimal digits; exit 4 where it cannot be read.
std::string sha256_of_file(std::filesystem::path const& path);

}  // namespace bellshard
