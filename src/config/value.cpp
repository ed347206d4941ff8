#include "src/config/value.hpp"

#include <fmt/format.h>

#include <cmath>
#include <type_traits>

namespace bellshard {
namespace {

std::string text_of(double value) { return toml_real(value); }
std::string text_of(std::int64_t value) { return fmt::format("{}", value); }
std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(std::string const& value) { return toml_string(value); }

template <class List>
std::string text_of(List const& list) {
  std::string text = "[";
  for (auto const& item : list) {
    if (text.size() > 1) text += ", ";
    text += text_of(item);
  }
  return text + "]";
}

}  // namespace

std::string toml_real(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  auto text = fmt::format("{}", value);
  // TOML tells a real from an integer by its point or exponent.
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (char const c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string toml_text(Value const& value) {
  return std::visit([](auto const& held) { return text_of(held); }, value);
}

bool is_empty(Value const& value) {
  return std::visit(
      [](auto const& held) {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, double>) {
          return std::isnan(held);
        } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::int64_t>) {
          return false;
        } else {
          return held.empty();
        }
      },
      value);
}

}  // namespace bellshard
