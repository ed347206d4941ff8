#include "src/app/duration.hpp"

#include <charconv>
#include <cmath>

namespace bellshard {
namespace {

/// Takes a number off the front of the text.
std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number) || std::signbit(number)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// Takes "s", "min", "h" or "d" off the front; what it stands for [s].
std::optional<double> take_unit(std::string_view& text) {
  for (auto const& [name, seconds] : {std::pair<std::string_view, double>{"min", 60}, {"s", 1}, {"h", 3600}, {"d", 86400}}) {
    if (!text.starts_with(name)) continue;
    text.remove_prefix(name.size());
    return seconds;
  }
  return std::nullopt;
}

/// D-HH:MM:SS, HH:MM:SS or MM:SS.
std::optional<double> parse_clock(std::string_view text) {
  double total = 0;
  auto const dash = text.find('-');
  if (dash != std::string_view::npos) {
    auto days = text.substr(0, dash);
    auto const number = take_number(days);
    if (!number || !days.empty()) return std::nullopt;
    total = *number * 24;
    text.remove_prefix(dash + 1);
  }
  double parts = 0;
  int count = 0;
  while (true) {
    auto const number = take_number(text);
    if (!number || ++count > 3) return std::nullopt;
    parts = parts * 60 + *number;
    if (text.empty()) break;
    if (text.front() != ':') return std::nullopt;
    text.remove_prefix(1);
  }
  if (count < 2 || (dash != std::string_view::npos && count != 3)) return std::nullopt;
  return total * 3600 + parts;
}

}  // namespace

std::optional<double> parse_duration(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return parse_clock(text);
  auto rest = text;
  auto const plain = take_number(rest);
  if (!plain) return std::nullopt;
  if (rest.empty()) return plain;
  double total = 0;
  while (!text.empty()) {
    auto const number = take_number(text);
    auto const unit = number ? take_unit(text) : std::nullopt;
    if (!unit) return std::nullopt;
    total += *number * *unit;
  }
  return total;
}

}  // namespace bellshard
