#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bellshard::io {

/// The files of an archive by name, whole in memory.
using ArchiveEntries = std::map<std::string, std::vector<std::byte>>;

/// A tar file, plain or compressed with gzip or xz; or a zip file.
enum class ArchiveKind { tar, zip };

/// Exit 4 with the library's words where it is none of that kind, or damaged.
ArchiveEntries read_archive(std::filesystem::path const& path, ArchiveKind kind = ArchiveKind::tar);

/// Entries in their order, bytes that somebody else holds.
using ArchiveContents = std::vector<std::pair<std::string, std::span<std::byte const>>>;

/// A tar file compressed with gzip; the same contents give the same bytes. Atomic; exit 6 with the system's reason.
void write_archive(std::filesystem::path const& path, ArchiveContents const& contents);

}  // namespace bellshard::io
