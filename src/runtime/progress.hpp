#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

namespace bellshard {

/// Where the sweeps are to go.
struct ProgressGoal {
  double residual = 0;                ///< to reach; 0: not known
  std::string unit = "1";             ///< of the residual
  std::int64_t max_sweeps = 0;
};

/// Where they are.
struct ProgressSample {
  std::int64_t sweep = 0;
  double residual = std::numeric_limits<double>::infinity();
  double updates = 0;  ///< state updates of this life so far
  double seconds = 0;  ///< of any clock that runs on [s]
  double share = -1;   ///< of the way that is done, where it is known; below 0: judge by residual and sweeps
};

/// Tells people how far the sweeps are. Style::rewritten: one line of a terminal, at most 5 times a second.
/// Style::lines: at the start, at 1, 2, 5, 10, 20, ... 90 percent, and at least each 60 s.
/// The share done, where a sample does not tell it, is the larger of two: the residual's way to its goal on a log scale, and
/// sweeps of max_sweeps.
class Progress {
 public:
  enum class Style { rewritten, lines };
  using Sink = std::function<void(std::string const&)>;

  Progress(Style style, ProgressGoal goal, ProgressSample start, Sink sink);
  void show(ProgressSample const& now);

 private:
  double share_done(ProgressSample const& now);
  void say(ProgressSample const& now, double share);

  Style style_;
  ProgressGoal goal_;
  ProgressSample start_;
  Sink sink_;
  double first_residual_ = 0;  ///< the first finite one above the goal; 0: none yet
  double best_share_ = 0;      ///< a residual may rise again, the share does not fall
  double next_percent_ = 1;
  double said_at_;
};

}  // namespace bellshard
