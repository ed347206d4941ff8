#include <catch2/catch.hpp>

#include <cstdlib>
#include <map>
#include <string>

#include "src/app/ending.hpp"
#include "src/runtime/launcher.hpp"

namespace {

/// The environment without what launchers set, as long as it lives.
class NoLauncher {
 public:
  NoLauncher() {
    for (auto const* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"}) {
      if (auto const* value = std::getenv(name)) kept_[name] = value;
      unsetenv(name);
    }
  }
  ~NoLauncher() {
    for (auto const& [name, value] : kept_) setenv(name.c_str(), value.c_str(), 1);
  }

 private:
  std::map<std::string, std::string> kept_;
};

}  // namespace

TEST_CASE("without a launcher a process is the first one") {
  NoLauncher const nothing;

  CHECK_FALSE(bellshard::launched());
  CHECK(bellshard::first_process());
}

TEST_CASE("a launcher is known by the rank that it gives: Open MPI's, PMIx's, PMI's and Slurm's") {
  NoLauncher const nothing;
  for (auto const* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"}) {
    for (auto const* rank : {"0", "10"}) {
      setenv(name, rank, 1);

      CAPTURE(name, rank);
      CHECK(bellshard::launched() == rank);
      CHECK(bellshard::first_process() == (std::string(rank) == "0"));
      unsetenv(name);
    }
  }
}
