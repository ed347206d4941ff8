#include "jobs/distributional_vi/sweep.hpp"

#include "kernels/dp/categorical_backup.hpp"
#include "kernels/dp/quantile_backup.hpp"

namespace bellshard::distributional_vi {
namespace {

template <class Backup>
dp::SweepChange sweep_with(SweepTask const& task, Array<std::int32_t const> const& states, Backup const& backup) {
  dp::SweepChange change;
  dp::with_utility(task.utility, task.rate, [&](auto const& utility) {
    using Sweep = dp::DistributionSweep<Backup, std::remove_cvref_t<decltype(utility)>>;
    Sweep sweep{task.model, backup, utility, task.scale, task.choice, task.margin, states, task.in, task.out, task.objective, task.action};
    change = dp::sweep_distributions(Execution(), sweep, task.most);
  });
  return change;
}

}  // namespace

dp::SweepChange run_sweep(SweepTask const& task, Array<std::int32_t const> const& states) {
  if (task.quantiles) return sweep_with(task, states, dp::QuantileBackup{task.atoms.atoms});
  return sweep_with(task, states, dp::CategoricalBackup{task.atoms});
}

}  // namespace bellshard::distributional_vi
