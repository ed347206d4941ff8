#include <utility>

#include "src/base/error.hpp"
#include "src/mdp/model_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {

std::map<std::string, ModelEntry>& model_registry() {
  static std::map<std::string, ModelEntry> registry{
      {"file", {"explicit model in an HDF5 file", make_file_kind}},
      {"additive", {"independent machines side by side, with an exact answer at any size", make_additive_kind}},
      {"cliff", {"walk along a cliff where steps may slip", make_cliff_kind}},
      {"double_integrator", {"body pushed along a line, interpolated on a grid", make_double_integrator_kind}},
      {"forest", {"forest management: wait or cut", make_forest_kind}},
      {"garnet", {"random model by formula: each pair has `branching` random next states", make_garnet_kind}},
      {"grid", {"walk to the corner of a grid where steps may fail", make_grid_kind}},
      {"growth", {"stochastic neoclassical growth (real business cycle)", make_growth_kind}},
      {"infectious_disease", {"measures against an infectious disease", make_infectious_disease_kind}},
      {"inventory", {"inventory control with lost sales", make_inventory_kind}},
      {"pendulum", {"inverted pendulum, interpolated on a grid", make_pendulum_kind}},
      {"perishable", {"inventory of goods that perish, with lead time", make_perishable_kind}},
      {"ring", {"walk on a ring with a goal that pays", make_ring_kind}},
      {"river_swim", {"swim up a river for a large reward, or drift for a small one", make_river_swim_kind}},
      {"two_bets", {"two bets one after the other, the second against a sure amount", make_two_bets_kind}},
  };
  return registry;
}

ModelRegistration::ModelRegistration(std::string name, std::string summary, std::function<std::unique_ptr<ModelKind>()> make) {
  auto entry = ModelEntry{std::move(summary), std::move(make)};
  if (!model_registry().emplace(name, std::move(entry)).second) fail(ExitCode::bug, "two kinds of model register the name {}", name);
}

}  // namespace bellshard::mdp
