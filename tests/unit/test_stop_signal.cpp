#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <string>

#include "src/runtime/stop_signal.hpp"

using namespace bellshard;

namespace {

/// How a child ends that receives these signals one after the other: the signal that killed it, or 0.
int end_of_child(int first, int second, void (*between)() = [] {}) {
  auto const child = fork();
  if (child == 0) {
    clear_stop_signal();
    install_stop_signals();
    std::raise(first);
    between();
    std::raise(second);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

TEST_CASE("each stop signal sets the flag and nothing else") {
  install_stop_signals();
  for (int const signal : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT}) {
    clear_stop_signal();
    REQUIRE(pending_stop_signal() == 0);

    std::raise(signal);

    CHECK(pending_stop_signal() == signal);
  }
  clear_stop_signal();
}

TEST_CASE("a second INT or TERM ends the process at once") {
  CHECK(end_of_child(SIGINT, SIGINT) == SIGINT);
  CHECK(end_of_child(SIGTERM, SIGTERM) == SIGTERM);
  CHECK(end_of_child(SIGINT, SIGTERM) == SIGTERM);
}

TEST_CASE("an early warning does not make the next signal fatal") {
  CHECK(end_of_child(SIGUSR1, SIGUSR1) == 0);
  CHECK(end_of_child(SIGUSR1, SIGTERM) == 0);
  CHECK(end_of_child(SIGTERM, SIGUSR2) == 0);
}

TEST_CASE("a process on its way out is not ended by a second TERM") {
  for (int const signal : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) CHECK(end_of_child(SIGTERM, signal, ignore_stop_signals) == 0);
}

TEST_CASE("signals have their names") {
  CHECK(std::string(signal_name(SIGUSR1)) == "SIGUSR1");
  CHECK(std::string(signal_name(SIGTERM)) == "SIGTERM");
  CHECK(std::string(signal_name(SIGINT)) == "SIGINT");
  CHECK(std::string(signal_name(SIGUSR2)) == "SIGUSR2");
}
