#include "jobs/incremental_worst_case/value_rounds.hpp"

#include <span>
#include <utility>

#include "src/dist/reduce.hpp"

namespace bellshard::incremental_worst_case {

ValueRounds::ValueRounds(MPI_Comm comm, GhostExchange& exchange, dp::FamilyModel const& model, std::int64_t chain_sweeps, double tolerance)
    : comm_(comm),
      exchange_(exchange),
      model_(model),
      tolerance_(tolerance),
      value_("bellshard::incremental_worst_case::values", static_cast<std::size_t>(model.local_items)),
      next_("bellshard::incremental_worst_case::values", static_cast<std::size_t>(model.local_items)) {
  rounds_.chain_sweeps = chain_sweeps;
  if (chain_sweeps > 0) chain_ = dp::make_chain(Execution(), model);
}

void ValueRounds::follow(dp::Change const& change) {
  std::swap(value_, next_);
  refresh();
  double const discount = model_.discount, ahead = discount / (1 - discount);
  double range[] = {change.most, -change.least};
  max_over_ranks(comm_, std::span(range));
  rounds_.error = 0.5 * ahead * (range[0] + range[1]);
  // Values of a plain sweep are within its error times 2 / (1 - discount) of the limit, but for a number that all share; each round brings them nearer by the discount.
  rounds_.allowed = rounds_.sweeps == 0 ? rounds_.error * 4 / (1 - discount) : rounds_.allowed * discount;
  if (rounds_.error > rounds_.allowed) rounds_.chain_sweeps = 0;
  ++rounds_.sweeps;
  if (finished()) return dp::shift_values(Execution(), value_, 0.5 * ahead * (range[0] - range[1]));
  for (std::int64_t k = 0; k < rounds_.chain_sweeps; ++k) {
    dp::sweep_chain(Execution(), model_, chain_, value_, next_);
    std::swap(value_, next_);
    refresh();
  }
  rounds_.chain_swept += rounds_.chain_sweeps;
}

}  // namespace bellshard::incremental_worst_case
