#pragma once
#include <memory>
#include <vector>

#include "jobs/incremental_worst_case/family.hpp"
#include "kernels/dp/shared_rows.hpp"
#include "src/dist/ghost_exchange.hpp"
#include "src/dist/mail.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::incremental_worst_case {

/// What sweeps took, of this rank's blocks: pairs times models.
struct Work {
  double updates = 0;  ///< state updates of all ranks
  double pairs = 0;    ///< sums over next states of this rank
};

/// Several models with the same states and actions on the own block of states, and the sweeps over them. Every call is collective; no
/// result depends on how many ranks there are.
class FamilyOperator {
 public:
  /// rows [model]: used up. `what` names model k in messages; exit 4 where its actions are not those of the first.
  FamilyOperator(MPI_Comm comm, Partition const& states, std::vector<mdp::Rows> rows, double discount, std::function<std::string(std::size_t)> const& what);

  dp::FamilyModel const& model() const { return model_; }
  /// Worth of a pair in the worst model for it.
  dp::WorthInWorst in_worst_model() const { return {model_, shared_}; }
  Partition const& states() const { return states_; }
  Block own() const { return states_.block(rank_); }
  std::int64_t local_items() const { return model_.local_items; }
  GhostExchange& exchange() { return *exchange_; }

  /// Values of the best policy of one model [local item], each within `tolerance`; chain_sweeps as in ValueRounds. It begins with the greatest of q [own pair] in each state, or with 0.
  Array<double> optimal_values(std::int32_t m, double tolerance, std::int64_t chain_sweeps, Work& work, Array<double> const& q = {});
  /// Q of every own pair in one model, of values [local item].
  Array<double> price(std::int32_t m, Array<double> const& values);
  /// The lowest action as good as the best [own state].
  Array<std::int32_t> greedy(Array<double> const& q) const;
  /// Value of a policy in one state, under every model [model], each within `tolerance`.
  std::vector<double> evaluate(Array<std::int32_t> const& action, std::int64_t state, double tolerance, Work& work);
  /// The value of an own item on every rank.
  double at_state(Array<double> const& values, std::int64_t state) const;

 private:
  MPI_Comm comm_;
  Mail mail_;
  Partition states_;
  int rank_ = 0;
  std::unique_ptr<GhostExchange> exchange_;  ///< of values [local item], or of rows [local item, lane]
  dp::FamilyModel model_;
  dp::SharedRows shared_;
};

/// Largest change at which values that sweeps with this discount contract are within `tolerance` of their limit.
double change_within(double tolerance, double discount);

}  // namespace bellshard::incremental_worst_case
