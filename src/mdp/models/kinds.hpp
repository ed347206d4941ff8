#pragma once
#include <memory>

#include "src/mdp/model_kind.hpp"

namespace bellshard::mdp {

// The kinds of the engine itself. model_registry() names them one by one: a registration object in a static library would be
// dropped by the linker.

std::unique_ptr<ModelKind> make_file_kind();  ///< "file": an explicit model in an HDF5 file

std::unique_ptr<ModelKind> make_additive_kind();
std::unique_ptr<ModelKind> make_cliff_kind();
std::unique_ptr<ModelKind> make_double_integrator_kind();
std::unique_ptr<ModelKind> make_forest_kind();
std::unique_ptr<ModelKind> make_garnet_kind();
std::unique_ptr<ModelKind> make_grid_kind();
std::unique_ptr<ModelKind> make_growth_kind();
std::unique_ptr<ModelKind> make_infectious_disease_kind();
std::unique_ptr<ModelKind> make_inventory_kind();
std::unique_ptr<ModelKind> make_pendulum_kind();
std::unique_ptr<ModelKind> make_perishable_kind();
std::unique_ptr<ModelKind> make_ring_kind();
std::unique_ptr<ModelKind> make_river_swim_kind();
std::unique_ptr<ModelKind> make_two_bets_kind();

}  // namespace bellshard::mdp
