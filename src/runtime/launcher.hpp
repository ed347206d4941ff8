#pragma once
#include <optional>
#include <string_view>

namespace bellshard {

/// The rank that a launcher (mpirun, srun) gave this process, as its environment tells before MPI is started; none where no launcher did.
std::optional<std::string_view> launched();

}  // namespace bellshard
