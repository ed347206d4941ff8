#pragma once
#include <mpi.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/dist/partition.hpp"
#include "src/mdp/operator.hpp"
#include "src/mdp/outcomes.hpp"
#include "src/mdp/row_stream.hpp"
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

  /// The own rows with the rewards of their transitions, sorted, checked as rows() does. A model that tells the expected reward of a pair alone
  /// pays just that, as does a reward that is asked for by name. Refuses intervals, exit 4.
  virtual Outcomes outcomes(MPI_Comm comm, Block own, std::string const& reward) const;

  /// What a block's rows count, where that is known before they are read. Collective.
  virtual std::optional<RowCounts> count_rows(MPI_Comm, Block) const { return {}; }
  /// The own rows to be read part by part, where they lie in a file: no part that loading_bytes() puts above `part_bytes`, but one
  /// state at least. By this rank alone, not collective. For sources that count_rows() answers.
  virtual RowStream stream(Block own, std::string const& reward, double part_bytes) const;
  virtual bool interval() const { return false; }  ///< are probabilities intervals?

  /// States where a predicate over labels and coordinates holds, 1 or 0 [own state]: `goal`, `"goal"`, `s1=12 & c2<=3`.
  /// Exit 3 with the position for one that cannot be read, with the nearest name for an unknown one.
  std::vector<std::uint8_t> where(MPI_Comm comm, Block own, std::string const& predicate) const;
  bool has_label(std::string const& name) const;
  /// States with the label init [own state], empty where the model has no such label.
  std::vector<std::uint8_t> initial(MPI_Comm comm, Block own) const;

  /// What a sweep would cost: the most of any rank, counted, and a rate timed on a sample here.
  struct Forecast {
    int ranks = 1;                ///< were there as many
    double states = 0;
    double transitions = 0;
    double items_received = 0;    ///< values of other ranks that a rank reads
    double messages = 0;          ///< that bring them
    double seconds_a_state = 0;   ///< measured: a sweep without an exchange, on this rank's threads
  };
  /// One for each number of ranks; empty where nothing is known before the model is read. Collective.
  virtual std::vector<Forecast> forecast(MPI_Comm, std::vector<int> const&) const { return {}; }

  /// The operator without stored transitions, where the model can do it; else null.
  virtual std::unique_ptr<Operator> matrix_free(MPI_Comm comm, Partition const& states, Objective objective, double discount) const;
  /// Labels of the states: names, and for own states 1 where one holds, else 0.
  virtual std::vector<std::string> labels() const { return {}; }
  virtual std::vector<std::uint8_t> label(MPI_Comm comm, Block own, std::string const& name) const;
  /// Variables of the states: names, and their values for own states.
  virtual std::vector<std::string> coordinates() const { return {}; }
  virtual std::vector<double> coordinate(MPI_Comm comm, Block own, std::string const& name) const;
  /// Names of the own states [own state]; empty where the model has none.
  virtual std::vector<std::string> state_names(MPI_Comm, Block) const { return {}; }

  /// Distinct names of actions, empty where the model has none, and which of them an action of an own state has; -1: none.
  struct ActionNames {
    std::vector<std::string> name;
    std::function<std::int32_t(std::int64_t state, std::int32_t action)> of;
  };
  virtual ActionNames action_names(MPI_Comm, Block) const { return {}; }
};

}  // namespace bellshard::mdp
