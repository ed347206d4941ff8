#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bellshard {

/// What a key can hold: one alternative for each C++ type that a key can be bound to.
using Value = std::variant<double, std::int64_t, bool, std::string, std::vector<double>, std::vector<std::int64_t>,
                           std::vector<std::string>, std::vector<std::array<double, 2>>,
                           std::vector<std::array<std::int64_t, 2>>>;

/// TOML text of a value. Reals come in the shortest form that reads back to the same bits.
std::string toml_text(Value const& value);
std::string toml_string(std::string_view text);  ///< a TOML basic string
std::string toml_real(double value);

/// Stands for "no value": not a number, an empty text or an empty list.
bool is_empty(Value const& value);

}  // namespace bellshard
