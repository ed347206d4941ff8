#include "src/runtime/stop_signal.hpp"

#include <csignal>
#include <initializer_list>

namespace bellshard {
namespace {

volatile std::sig_atomic_t pending = 0;
volatile std::sig_atomic_t asked_to_end = 0;  // an INT or TERM came; USR1 and USR2 (a scheduler's early warning) do not count

bool ends_process(int signal) { return signal == SIGINT || signal == SIGTERM; }

extern "C" void bellshard_on_stop_signal(int signal) {
  if (ends_process(signal)) {
    if (asked_to_end != 0) {
      std::signal(signal, SIG_DFL);
      std::raise(signal);
      return;
    }
    asked_to_end = 1;
  }
  pending = signal;
}

void handle_stop_signals(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;  // a write of a checkpoint under way goes on
  sigemptyset(&action.sa_mask);
  for (int signal : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT}) sigaction(signal, &action, nullptr);
}

}  // namespace

void install_stop_signals() { handle_stop_signals(bellshard_on_stop_signal); }

void ignore_stop_signals() { handle_stop_signals(SIG_IGN); }

int pending_stop_signal() { return pending; }

char const* signal_name(int signal) {
  switch (signal) {
    case SIGUSR1: return "SIGUSR1";
    case SIGUSR2: return "SIGUSR2";
    case SIGTERM: return "SIGTERM";
    case SIGINT: return "SIGINT";
    default: return "unknown signal";
  }
}

void clear_stop_signal() {
  pending = 0;
  asked_to_end = 0;
}

}  // namespace bellshard
