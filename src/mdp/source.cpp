#include "src/mdp/source.hpp"

#include "src/base/error.hpp"

namespace bellshard::mdp {

std::unique_ptr<Operator> Source::matrix_free(MPI_Comm, Partition const&, Objective, double) const { return nullptr; }

std::vector<double> Source::coordinate(MPI_Comm, Block, std::string const& name) const {
  fail(ExitCode::bug, "{} has no coordinate {}", description(), name);
}

}  // namespace bellshard::mdp
