#pragma once
#include <string>

namespace bellshard {

// Numbers for people, three digits or so; never parsed again.

std::string human_count(double count);      ///< "81.9 M", "1.20 k", "7"
std::string human_bytes(double bytes);      ///< "1.20 GiB"
std::string human_seconds(double seconds);  ///< "0.31 s", "12.3 s", "4 min 05 s", "2 h 13 min", "3 d 04 h"

}  // namespace bellshard
