#pragma once
#include <set>
#include <string>
#include <vector>

#include "io/hdf5/result_file.hpp"
#include "jobs/value_iteration/config.hpp"
#include "src/mdp/source.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::value_iteration {

/// What a model calls its states and actions, beside the answer in a result. Each rank writes for its own states. Calls are collective.
class ModelNames {
 public:
  /// Writes the axis "state", and the names of the states where the model has some.
  ModelNames(Context& context, mdp::Source const& source, Partition const& states, Config const& config, io::ResultFile& out);

  io::Axis const& state_axis() const { return state_; }

  /// The result itself writes a variable of this name.
  void reserve(std::string const& name) { taken_.insert(name); }
  /// A name of /results for a variable of the model: with "state_" in front, as often as it takes, where it is in use.
  std::string claim(std::string name);

  /// Each label as 0 or 1 [state]: label_NAME.
  void write_labels();

  /// The names of chosen actions beside a field of actions over these axes: FIELD_name_index, a place in the table action_name.
  /// Nothing where the model names none.
  void write_action_names(io::ShardedArray const& chosen, std::vector<io::Axis> const& axes);

 private:
  Context& context_;
  mdp::Source const& source_;
  Partition const& states_;
  Block own_;
  Config::Output const& asked_;
  io::ResultFile& out_;
  io::Axis state_;
  mdp::Source::ActionNames actions_;
  std::set<std::string> taken_;
};

/// Does every result write a variable of this name, or may it?
bool is_name_of_result(std::string const& name);

/// Refuses names that cannot be written, exit 4: before the sweeps, not behind them. Collective.
void check_names(Context& context, mdp::Source const& source, Partition const& states, Config const& config);

}  // namespace bellshard::value_iteration
