#pragma once
#include <fmt/format.h>

#include <string>
#include <utility>

namespace bellshard {

enum class Verbosity { quiet, normal, debug };

/// Lines for people, on stderr, from rank 0 alone unless said otherwise. Colour only on a terminal.
class Log {
 public:
  Log(int rank, Verbosity verbosity);

  template <class... Args>
  void info(fmt::format_string<Args...> text, Args&&... args) const {
    if (rank_ == 0) line(Level::info, fmt::format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  void warn(fmt::format_string<Args...> text, Args&&... args) const {
    if (rank_ == 0) line(Level::warn, fmt::format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  void debug(fmt::format_string<Args...> text, Args&&... args) const {
    if (rank_ == 0) line(Level::debug, fmt::format(text, std::forward<Args>(args)...));
  }
  /// From whichever rank calls, with its number.
  void error(std::string const& text) const;

  bool terminal() const;  ///< is stderr a terminal

  /// The one rewritten line of a terminal, from rank 0; the next line of the log takes its place.
  void rewrite(std::string const& text) const;

 private:
  enum class Level { debug, info, warn, error };
  void line(Level level, std::string const& text) const;
  int rank_;
  Verbosity verbosity_;
};

}  // namespace bellshard
