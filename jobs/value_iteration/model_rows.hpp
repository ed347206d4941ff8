#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "jobs/value_iteration/config.hpp"
#include "src/mdp/operator.hpp"
#include "src/mdp/source.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::value_iteration {

/// What the rows of the fullest rank take, and where they lie.
struct RowsPlan {
  double bytes = 0;        ///< while they are read and packed, all of them; 0 where nobody knows before
  bool in_file = false;    ///< they stay there, and each sweep reads them: more than solver.memory_limit
};
/// Exit 3 where they must stay in the file for a criterion that needs them in memory. Collective.
RowsPlan plan_rows(Context& context, Config const& config, Asked const& asked, mdp::Source const& source, Partition const& states);

/// The rows of the model: in memory, read once for all criteria in turn that sum the same reward; or left in the file.
class ModelRows {
 public:
  ModelRows(Context& context, Config const& config, mdp::Source const& source, Partition const& states)
      : context_(context), config_(config), source_(source), states_(states), own_(states.block(context.rank())) {}

  /// keep: the next criterion wants the same ones.
  mdp::Rows take(std::string const& reward, bool keep);
  mdp::Rows read(std::string const& reward) const;
  /// The operator that reads the rows in each sweep, where a rank has no memory for them; else null.
  std::unique_ptr<mdp::Operator> streamed(Asked const& asked, mdp::Criterion const& criterion) const;

 private:
  Context& context_;
  Config const& config_;
  mdp::Source const& source_;
  Partition const& states_;
  Block own_;
  std::optional<std::pair<std::string, mdp::Rows>> kept_;
};

}  // namespace bellshard::value_iteration
