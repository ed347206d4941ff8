#include "src/drive/drive.hpp"
#include "src/runtime/human.hpp"

namespace bellshard {
namespace {

std::string status(DriveResult const& result) {
  switch (result.outcome) {
    case Outcome::finished: return "done";
    case Outcome::exhausted: return "not converged, as near as rounding allows";
    case Outcome::sweep_limit: return "not converged within the sweep limit";
    case Outcome::stopped: break;
  }
  return fmt::format("stopped by {}, run again to go on", result.reason);
}

}  // namespace

std::string summary_line(DriveResult const& result, std::filesystem::path const& file) {
  auto const unit = result.trace.empty() ? std::string("1") : result.trace.front().unit;
  auto text = fmt::format("{}: {} sweeps, residual {:.3g}{}, {}", status(result), result.sweeps, result.residual,
                          unit == "1" ? "" : " " + unit, human_seconds(result.seconds));
  if (result.life_seconds > 0) text += fmt::format(", {} updates/s", human_count(result.updates / result.life_seconds));
  if (result.restart_count > 0) text += fmt::format(", {} restart{}", result.restart_count, result.restart_count == 1 ? "" : "s");
  return fmt::format("{}, {}", text, file.string());
}

}  // namespace bellshard
