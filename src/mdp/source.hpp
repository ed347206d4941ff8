#pragma once
#include <mpi.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/dist/partition.hpp"
#include "src/mdp/operator.hpp"
#include "src/mdp/rows.hpp"

namespace bellshard::mdp {

/// Where a model comes from: a file or a generator. Everything is asked for by blocks of states, so that each rank loads its
/// own part and nobody holds the whole. Calls are collective.
class Source {
 public:
  virtual ~Source() = default;

  virtual std::int64_t states() const = 0;
  virtual std::string description() const = 0;  ///< "garnet, 10000 states": for the log
  /// Contiguous blocks with about as many transitions each.
  virtual Partition partition(MPI_Comm comm) const = 0;
  /// The own rows with this reward ("": the default one), checked: exit 4 with dataset and first offending index.
  virtual Rows rows(MPI_Comm comm, Block own, std::string const& reward) const = 0;

  /// States where a predicate over labels and coordinates holds, 1 or 0 [own state]: `goal`, `"goal"`, `s1=12 & c2<=3`.
  /// Exit 3 with the position for one that cannot be read, with the nearest name for an unknown one.
  virtual std::vector<std::uint8_t> where(MPI_Comm comm, Block own, std::string const& predicate) const = 0;
  virtual bool has_label(std::string const& name) const = 0;
  /// Initial states [own state], empty where the model names none.
  virtual std::vector<std::uint8_t> initial(MPI_Comm comm, Block own) const = 0;

  /// The operator without stored transitions, where the model can do it; else null.
  virtual std::unique_ptr<Operator> matrix_free(MPI_Comm comm, Partition const& states, Objective objective, double discount) const;
  /// Variables of the states for results: names, and their values for own states.
  virtual std::vector<std::string> coordinates() const { return {}; }
  /// Names of the own states [own state]; empty where the model has none. Collective.
  virtual std::vector<std::string> state_names(MPI_Comm, Block) const { return {}; }
  virtual std::vector<double> coordinate(MPI_Comm comm, Block own, std::string const& name) const;
};

}  // namespace bellshard::mdp
