#pragma once
#include <string_view>

namespace bellshard {

std::string_view version();      ///< e.g. "0.1.0"
std::string_view git_hash();     ///< short hash of the build, "+" behind it where the tree was changed; "unknown" outside git
std::string_view compiler();     ///< name and version of the C++ compiler
std::string_view build_type();   ///< Release, Debug, ...

}  // namespace bellshard
