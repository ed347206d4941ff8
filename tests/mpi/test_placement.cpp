#include <sched.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "src/dist/reduce.hpp"
#include "src/runtime/device.hpp"

using namespace bellshard;

namespace {

/// OMP_NUM_THREADS set to a text, or unset; put back when the test ends.
class ThreadsVariable {
 public:
  explicit ThreadsVariable(char const* text) {
    if (char const* old = std::getenv(name)) before_ = old;
    if (text != nullptr) {
      setenv(name, text, 1);
    } else {
      unsetenv(name);
    }
  }
  ~ThreadsVariable() {
    if (before_.empty()) {
      unsetenv(name);
    } else {
      setenv(name, before_.c_str(), 1);
    }
  }

 private:
  static constexpr char const* name = "OMP_NUM_THREADS";
  std::string before_;
};

std::int64_t all_ranks() { return sum_over_ranks(MPI_COMM_WORLD, std::int64_t{1}); }

}  // namespace

TEST_CASE("unbound ranks of a host share its cores, one thread each at least") {
  ThreadsVariable const unset(nullptr);
  cpu_set_t cores;
  REQUIRE(sched_getaffinity(0, sizeof cores, &cores) == 0);
  std::int64_t const own_cores = CPU_COUNT(&cores);

  std::int64_t const threads = place_rank(MPI_COMM_WORLD).threads;

  CHECK(threads == std::max<std::int64_t>(1, own_cores / all_ranks()));
}

TEST_CASE("a rank that is bound to a core of its own gets no more threads than that") {
  ThreadsVariable const unset(nullptr);
  cpu_set_t before;
  REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  }
  sched_setaffinity(0, sizeof one, &one);

  auto const threads = place_rank(MPI_COMM_WORLD).threads;

  sched_setaffinity(0, sizeof before, &before);
  CHECK(threads == 1);
}

TEST_CASE("OMP_NUM_THREADS rules") {
  ThreadsVariable const set("3");
  CHECK(place_rank(MPI_COMM_WORLD).threads == -1);
}

TEST_CASE("a rank knows its place on its host") {
  char const* place = std::getenv("BELLSHARD_PLACE_ON_HOST");  // as the launcher counts
  if (place == nullptr) place = std::getenv("OMPI_COMM_WORLD_LOCAL_RANK");

  auto const found = place_rank(MPI_COMM_WORLD).rank_on_host;

  CHECK(std::int64_t{found} < all_ranks());
  CHECK(std::to_string(found) == (place == nullptr ? "0" : place));
}
