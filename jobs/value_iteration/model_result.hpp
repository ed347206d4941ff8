#pragma once
#include "io/hdf5/result_file.hpp"
#include "io/run_record.hpp"
#include "jobs/value_iteration/config.hpp"
#include "jobs/value_iteration/model_names.hpp"
#include "src/drive/drive.hpp"
#include "src/mdp/problem.hpp"

namespace bellshard::value_iteration {

/// The result of a run: what the model calls its states, and for each criterion the answer over the axis "state", the answer at the initial
/// states, and the trace. [criterion] goes to /results and /trace, [criteria.NAME] to /results/NAME and /trace/NAME. Calls are collective.
class ModelResult {
 public:
  ModelResult(Context& context, mdp::Source const& source, Partition const& states, Config const& config, io::RunRecord const& described);

  void write(Asked const& asked, mdp::Answer const& answer, DriveResult const& driven);
  /// Writes what all criteria share and gives the file its name.
  void commit();

 private:
  void find_initial();
  void write_initial(mdp::Answer const& answer);

  Context& context_;
  mdp::Source const& source_;
  Partition const& states_;
  Config const& config_;
  Block own_;
  io::ResultFile out_;
  ModelNames names_;
  std::vector<std::int64_t> initial_;  ///< own initial states
  io::Axis initial_axis_;              ///< of all; size 0 where the model has none
  bool all_converged_ = true;
};

bool is_converged(mdp::Answer const& answer, Config const& config);

}  // namespace bellshard::value_iteration
