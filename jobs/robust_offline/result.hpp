#pragma once
#include "jobs/robust_offline/pessimistic.hpp"
#include "src/drive/drive.hpp"

namespace bellshard::robust_offline {

/// What the tests say, the same on every rank.
struct Tested {
  std::vector<double> mean, error;  ///< [method, perturbation] return over replications; 0 error where there is one
  std::vector<double> optimum;      ///< [perturbation]
  std::vector<double> of_set;       ///< [own set, method, perturbation]
  std::vector<std::int32_t> policy; ///< [own set, method, stage, place]
};
/// Policies, and their returns in each test. Collective.
Tested test_policies(Context& context, World const& world, OfflineData const& data, Pessimistic const& step);

void write_result(Context& context, Config const& config, World const& world, OfflineData const& data, Pessimistic& step, Tested const& tested, io::RunRecord const& record,
                  DriveResult const& driven);

}  // namespace bellshard::robust_offline
