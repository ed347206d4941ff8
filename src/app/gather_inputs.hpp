#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "src/app/variable.hpp"

namespace bellshard::gather {

inline constexpr char const* results = "/results";
inline std::string group_of(std::string const& path) { return path.substr(0, path.rfind('/')); }

/// A dataset of /results, as far as results must agree on it to be joined.
struct Dataset {
  Variable variable;
  std::vector<std::string> axes;  ///< names of its scales
  io::ScaleKind scale = io::ScaleKind::none;
  std::vector<double> flag_values;
  std::string flag_meanings;

  std::int64_t elements() const { return variable.items() * variable.elements_per_item(); }
  io::ElementType type() const { return variable.numeric ? variable.type : io::ElementType::letter; }
  /// A scale, or names of its items: the same in all results, kept once.
  bool kept_once() const { return scale != io::ScaleKind::none || !variable.numeric; }
  bool like(Dataset const& other) const {
    return variable.shape == other.variable.shape && variable.unit == other.variable.unit && type() == other.type() && axes == other.axes && scale == other.scale;
  }
};

/// What one result says beside its arrays.
struct Run {
  std::filesystem::path path;
  std::string job;
  std::vector<std::pair<std::string, std::string>> keys;
  std::map<std::string, Dataset> datasets;       ///< by path
  std::map<std::string, double> numbers;         ///< attributes of its groups, by path
  std::map<std::string, std::string> texts;

  io::InputFile open() const { return io::InputFile(MPI_COMM_SELF, path); }
};

Run look_at(std::filesystem::path const& path);

/// Why a dataset is left out, by its path: what the results do not agree on.
using LeftOut = std::map<std::string, std::string>;

LeftOut disagreements(std::vector<Run> const& runs);

/// A key that the job files set differently.
struct Parameter {
  std::string name, unit, long_name;
  std::vector<std::string> texts;  ///< [run]
  std::vector<double> numbers;     ///< [run], empty where they are none
};

std::vector<Parameter> parameters_of(std::vector<Run> const& runs);
/// The one parameter that can be the axis itself: numbers, no two alike.
bool can_be_axis(std::vector<Parameter> const& parameters);
/// By the parameter, where it is the axis.
void put_in_order(std::vector<Run>& runs, std::vector<Parameter>& parameters);
/// The keys that all job files set alike, as a job file.
std::string common_keys(std::vector<Run> const& runs);

}  // namespace bellshard::gather
