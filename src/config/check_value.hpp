#pragma once
#include <string>

#include "src/config/keys.hpp"
#include "src/config/literal.hpp"

namespace bellshard {

/// The value that an entry gives to its key. Throws Error (exit 3) for a wrong type or a value out of range; the message has
/// the place, the key, the value, what is wanted and the way out.
Value checked_value(Key const& key, Entry const& entry);

std::string type_text(Key const& key);   ///< "a real", "a list of [row, column] integers", ... as wanted in messages
std::string range_text(Key const& key);  ///< "(0, 1)", "> 0", "" where there is no bound

}  // namespace bellshard
