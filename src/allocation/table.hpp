#pragma once
#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bellshard::allocation {

/// The choices of one layer, by number.
struct Layer {
  std::string name;
  std::vector<std::int64_t> cost;  ///< not negative
  std::vector<double> loss;        ///< infinite where the choice is forbidden
  std::int64_t least = 0;          ///< choices below this number are forbidden, too
  std::string place;               ///< "losses.jsonl:3", for messages
};
using Table = std::vector<Layer>;

/// Largest cost of a choice: sums over thousands of layers fit 64 bits, and doubles hold each exactly.
inline constexpr std::int64_t most_cost = 1'000'000'000'000'000;

/// JSONL, a layer a line, also compressed: {"layer": "conv1", "cost": [432, 428], "loss": [0.0, 0.0021], "least": 0}; null is an
/// infinite loss, "least" may be absent. Or HDF5 (.h5): cost int64 and loss float64 [choice], choice_offset int64 [layer_border],
/// layer_name (text, or uint8 as ResultFile writes names), least int64 [layer] (may be absent).
/// Exit 4 with file, line and layer where it is broken. Collective.
Table read_table(MPI_Comm comm, std::filesystem::path const& path);

}  // namespace bellshard::allocation
