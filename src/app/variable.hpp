#pragma once
#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "io/hdf5/input_file.hpp"
#include "src/dist/partition.hpp"

namespace bellshard {

/// A dataset as inspect and diff see it.
struct Variable {
  std::string path;  ///< "/results/value"
  std::vector<std::int64_t> shape;
  bool numeric = false;  ///< one of the element types that Bellshard writes; text tables are not
  io::ElementType type = io::ElementType::float64;
  std::string unit;
  std::string long_name;

  std::string name() const { return path.substr(path.rfind('/') + 1); }
  std::int64_t items() const { return shape.empty() ? 1 : shape[0]; }
  std::int64_t elements_per_item() const;
};

/// Collective, like every read.
Variable describe_variable(io::InputFile const& file, std::string const& path);

/// Names of the datasets of a group and of the groups in it: "states", "goal/value". Collective.
std::vector<std::string> datasets_below(io::InputFile const& file, std::string const& group);

std::string type_name(io::ElementType type);                    ///< "float64"
std::string bracketed(std::vector<std::int64_t> const& extents);  ///< "[1800, 3600]", "scalar"

/// Cuts the items of a variable into pieces of at most 32 MiB and hands each rank its own, the same number on every rank
/// (the last ones may be empty), so that the reads inside stay collective.
void for_each_piece(MPI_Comm comm, Variable const& variable, std::function<void(Block items)> const& visit);

}  // namespace bellshard
