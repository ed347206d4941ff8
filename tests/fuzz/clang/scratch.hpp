#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace bellshard::fuzz {

/// A folder of this process for files that a reader takes by their path; empty again when it goes.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(Scratch const&) = delete;
  Scratch& operator=(Scratch const&) = delete;

  std::filesystem::path path(std::string const& name) const { return folder_ / name; }
  std::filesystem::path write(std::string const& name, std::string_view bytes) const;

 private:
  std::filesystem::path folder_;
};

/// Several files in one input: each begins behind a line "=== NAME" and ends before the line end in front of the next one.
std::map<std::string, std::string> parts_of_input(std::string_view bytes);

}  // namespace bellshard::fuzz
