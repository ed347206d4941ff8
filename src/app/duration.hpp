#pragma once
#include <optional>
#include <string_view>

namespace bellshard {

/// Seconds in a duration as people and Slurm write it: "90", "90s", "10min", "1.5h", "2d", "1h30min", "90:00" (minutes and
/// seconds), "01:30:00", "1-12:00:00" (days before the hours). Empty where it is none of these, or negative.
std::optional<double> parse_duration(std::string_view text);

}  // namespace bellshard
