#include "src/runtime/launcher.hpp"

#include <cstdlib>

namespace bellshard {

std::optional<std::string_view> launched() {
  for (auto const* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"}) {
    if (auto const* rank = std::getenv(name)) return rank;
  }
  return std::nullopt;
}

}  // namespace bellshard
