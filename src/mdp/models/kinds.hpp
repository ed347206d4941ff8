#pragma once
#include <memory>

#include "src/mdp/model_kind.hpp"

namespace bellshard::mdp {

// The kinds of the engine itself. model_registry() names them one by one: a registration object in a static library would be
// dropped by the linker.

std::unique_ptr<ModelKind> make_file_kind();  ///< "file": an explicit model in an HDF5 file

}  // namespace bellshard::mdp
