#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bellshard::io {

/// The files of a tar archive by name, whole in memory.
using ArchiveEntries = std::map<std::string, std::vector<std::byte>>;

/// A tar file, plain or compressed with gzip or xz. Exit 4 with the library's words where it is none, or damaged.
ArchiveEntries read_archive(std::filesystem::path const& path);

/// Entries in their order, bytes that somebody else holds.
using ArchiveContents = std::vector<std::pair<std::string, std::span<std::byte const>>>;

/// A tar file compressed with gzip; the same contents give the same bytes. Atomic; exit 6 with the system's reason.
void write_archive(std::filesystem::path const& path, ArchiveContents const& contents);

}  // namespace bellshard::io
