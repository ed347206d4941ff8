// Makes the program that it is linked with hurt itself: BELLSHARD_FAULT="ACTION PLACE PASS RANK", where ACTION is kill, throw or memory,
// PLACE is one of fault_place()'s, PASS counts from 1, and RANK -1 means all. "kill checkpoint.synced 3 1": rank 1 dies by SIGKILL when it
// has synced its third checkpoint.
#include <mpi.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <sstream>
#include <string>

#include "src/base/error.hpp"
#include "src/base/fault.hpp"

namespace {

struct Fault {
  std::string action, place;
  int pass = 1;
  int rank = -1;
};

Fault asked_for() {
  Fault fault;
  if (char const* text = std::getenv("BELLSHARD_FAULT")) {
    std::istringstream words(text);
    words >> fault.action >> fault.place >> fault.pass >> fault.rank;
    bool const known = fault.action == "kill" || fault.action == "throw" || fault.action == "memory";
    if (!words || !known) {
      std::fprintf(stderr, "BELLSHARD_FAULT=\"%s\": write ACTION PLACE PASS RANK\n", text);
      std::_Exit(2);
    }
  }
  return fault;
}

void hurt(char const* what, char const* step) {
  static Fault const fault = asked_for();
  static int passes = 0;
  if (fault.action.empty() || fault.place != std::string(what) + "." + step) return;
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if ((fault.rank >= 0 && fault.rank != rank) || ++passes != fault.pass) return;
  std::fprintf(stderr, "hurt: %s.%s\n", what, step);
  if (fault.action == "kill") std::raise(SIGKILL);
  if (fault.action == "memory") throw std::bad_alloc();
  bellshard::fail(bellshard::ExitCode::out_of_resources, "the test's fault at {}.{}", what, step);
}

bool const set = [] {
  asked_for();  // a misspelt one is said at once
  bellshard::fault_hook = hurt;
  return true;
}();

}  // namespace
