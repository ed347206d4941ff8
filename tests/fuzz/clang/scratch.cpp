#include "tests/fuzz/clang/scratch.hpp"

#include <unistd.h>

#include <fstream>

namespace bellshard::fuzz {

Scratch::Scratch() {
  // In memory where there is such a folder: files come and go thousands of times a second.
  auto const root = std::filesystem::is_directory("/dev/shm") ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
  folder_ = root / ("bellshard_fuzz_" + std::to_string(getpid()));
  std::filesystem::create_directory(folder_);
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::filesystem::path Scratch::write(std::string const& name, std::string_view bytes) const {
  std::ofstream out(path(name), std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path(name);
}

std::map<std::string, std::string> parts_of_input(std::string_view bytes) {
  constexpr std::string_view mark = "=== ";
  std::map<std::string, std::string> parts;
  std::string* part = nullptr;
  while (!bytes.empty()) {
    auto const end = bytes.find('\n');
    auto const line = bytes.substr(0, end);
    if (line.starts_with(mark)) {
      part = &parts[std::string(line.substr(mark.size()))];
    } else if (part != nullptr) {
      *part += line;
      if (end != bytes.npos) *part += '\n';
    }
    bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
  }
  for (auto& [name, content] : parts) {
    if (content.ends_with('\n')) content.pop_back();
  }
  return parts;
}

}  // namespace bellshard::fuzz
