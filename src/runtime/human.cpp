#include "src/runtime/human.hpp"

#include <fmt/format.h>

#include <cmath>
#include <span>

namespace bellshard {
namespace {

/// Three digits and the largest prefix that leaves at least one before the point.
std::string scaled(double value, double base, std::span<char const* const> prefixes, char const* unit) {
  std::size_t k = 0;
  // 999.5 would print as 1000 of the smaller prefix.
  while (std::abs(value) >= base * 0.9995 && k + 1 < prefixes.size()) {
    value /= base;
    ++k;
  }
  int const digits = k == 0 && value == std::floor(value) ? 0 : std::abs(value) < 9.995 ? 2 : std::abs(value) < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}{}{}{}", value, digits, *prefixes[k] != 0 || *unit != 0 ? " " : "", prefixes[k], unit);
}

}  // namespace

std::string human_count(double count) {
  static constexpr char const* prefixes[] = {"", "k", "M", "G", "T", "P"};
  return scaled(count, 1000, prefixes, "");
}

std::string human_bytes(double bytes) {
  static constexpr char const* prefixes[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi"};
  return scaled(bytes, 1024, prefixes, "B");
}

std::string human_seconds(double seconds) {
  if (!std::isfinite(seconds)) return "unknown";
  if (seconds < 9.995) return fmt::format("{:.2f} s", seconds);
  if (seconds < 99.95) return fmt::format("{:.1f} s", seconds);
  auto const whole = static_cast<long long>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  if (whole < 24 * 3600) return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
  return fmt::format("{} d {:02} h", whole / 86400, whole / 3600 % 24);
}

}  // namespace bellshard
