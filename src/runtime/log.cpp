#include "src/runtime/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <memory>

namespace bellshard {
namespace {

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

/// spdlog colours by itself on a terminal alone. There each line first clears the progress line that it replaces.
spdlog::logger& logger() {
  static auto const instance = [] {
    auto made = std::make_shared<spdlog::logger>("bellshard", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made->set_pattern(std::string(stderr_is_terminal() ? "\r\033[K" : "") + "%H:%M:%S %^%-7l%$ %v");
    made->set_level(spdlog::level::debug);
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *instance;
}

}  // namespace

Log::Log(int rank, Verbosity verbosity) : rank_(rank), verbosity_(verbosity) {}

void Log::error(std::string const& text) const { line(Level::error, fmt::format("[rank {}] {}", rank_, text)); }

bool Log::terminal() const { return stderr_is_terminal(); }

void Log::rewrite(std::string const& text) const {
  if (rank_ != 0 || verbosity_ == Verbosity::quiet) return;
  fmt::print(stderr, "\r{}\033[K", text);
  std::fflush(stderr);
}

void Log::line(Level level, std::string const& text) const {
  switch (level) {
    case Level::debug:
      if (verbosity_ == Verbosity::debug) logger().debug("{}", text);
      break;
    case Level::info:
      if (verbosity_ != Verbosity::quiet) logger().info("{}", text);
      break;
    case Level::warn: logger().warn("{}", text); break;
    case Level::error: logger().error("{}", text); break;
  }
}

}  // namespace bellshard
