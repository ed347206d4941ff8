#include "src/runtime/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/runtime/human.hpp"

namespace bellshard {
namespace {

constexpr double least_pause = 0.2;   // between two rewritten lines [s]
constexpr double longest_pause = 60;  // between two lines of a log [s]

/// 1, 2, 5, 10, 20, 30, ... 90, then never again.
double percent_after(double percent) {
  for (double const mark : {1.0, 2.0, 5.0, 10.0}) {
    if (percent < mark) return mark;
  }
  double const ten = 10 * std::floor(percent / 10) + 10;
  return ten < 100 ? ten : std::numeric_limits<double>::infinity();
}

}  // namespace

Progress::Progress(Style style, ProgressGoal goal, ProgressSample start, Sink sink)
    : style_(style), goal_(std::move(goal)), start_(start), sink_(std::move(sink)), said_at_(start.seconds) {
  if (style_ == Style::lines) say(start_, 0);
}

void Progress::show(ProgressSample const& now) {
  double const share = share_done(now);
  double const pause = now.seconds - said_at_;
  bool const due = style_ == Style::rewritten ? pause >= least_pause : 100 * share >= next_percent_ || pause >= longest_pause;
  if (!due) return;
  next_percent_ = std::max(next_percent_, percent_after(100 * share));
  said_at_ = now.seconds;
  say(now, share);
}

double Progress::share_done(ProgressSample const& now) {
  auto const sweeps = goal_.max_sweeps - start_.sweep;
  double share = sweeps > 0 ? static_cast<double>(now.sweep - start_.sweep) / static_cast<double>(sweeps) : 0;
  if (now.share >= 0) {
    share = now.share;
  } else if (goal_.residual > 0 && std::isfinite(now.residual)) {
    if (first_residual_ == 0 && now.residual > goal_.residual) first_residual_ = now.residual;
    if (now.residual <= goal_.residual) {
      share = 1;
    } else {
      share = std::max(share, std::log(first_residual_ / now.residual) / std::log(first_residual_ / goal_.residual));
    }
  }
  best_share_ = std::clamp(share, best_share_, 1.0);
  return best_share_;
}

void Progress::say(ProgressSample const& now, double share) {
  double const elapsed = now.seconds - start_.seconds;
  std::string text = fmt::format("sweep {}", now.sweep);
  if (std::isfinite(now.residual)) text += fmt::format(", residual {:.3g}{}", now.residual, goal_.unit == "1" ? "" : " " + goal_.unit);
  if (goal_.residual > 0) text += fmt::format(" (goal {:.3g})", goal_.residual);
  if (elapsed > 0) {
    text += fmt::format(", {} updates/s, {:.0f} %, {} spent", human_count(now.updates / elapsed), std::floor(100 * share),
                        human_seconds(elapsed));
  }
  // The first percent says too little about the rest.
  if (share >= 0.01 && share < 1) text += fmt::format(", about {} left", human_seconds(elapsed * (1 - share) / share));
  sink_(text);
}

}  // namespace bellshard
