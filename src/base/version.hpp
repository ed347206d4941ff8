#pragma once
#include <string>
#include <string_view>

namespace bellshard {

std::string_view version();      ///< e.g. "0.1.0"
std::string_view git_hash();     ///< short hash of the build, "+" behind it where the tree was changed; "unknown" outside git
std::string_view compiler();     ///< name and version of the C++ compiler
std::string program();           ///< what a file says of its writer: "bellshard 0.1.0 (git 0a1b2c3)"
std::string_view build_type();   ///< Release, Debug, ...

}  // namespace bellshard
