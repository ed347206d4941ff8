#pragma once
#include <array>
#include <vector>

#include "jobs/three_species_fishery/dynamics.hpp"
#include "src/dist/partition.hpp"

namespace bellshard::three_species_fishery {

/// The nodes of X, Y and Z, and what planes of Z a step reaches from each.
class Grid {
 public:
  explicit Grid(Config const& config);

  std::int64_t size(int axis) const { return tables_[static_cast<std::size_t>(axis)].size(); }
  std::int64_t plane() const { return size(0) * size(1); }  ///< nodes of one plane of Z
  double states() const { return static_cast<double>(plane()) * static_cast<double>(size(2)); }
  std::vector<double> const& nodes(int axis) const { return tables_[static_cast<std::size_t>(axis)].nodes(); }
  dp::GridAxis const& axis(int axis) const { return tables_[static_cast<std::size_t>(axis)].axis(); }
  /// Planes that are read for decisions of plane k.
  Block reach(std::int64_t k) const { return reach_[static_cast<std::size_t>(k)]; }
  std::int64_t margin_low() const { return margin_low_; }
  std::int64_t margin_high() const { return margin_high_; }

 private:
  std::array<dp::AxisTable, 3> tables_;
  std::vector<Block> reach_;
  std::int64_t margin_low_ = 0, margin_high_ = 0;
};

/// From the threshold to `upper`, `below` nodes under it from 0 on; `stretch`: the last distance relative to the first above the threshold.
std::vector<double> axis_nodes(std::int64_t size, std::int64_t below, double threshold, double upper, double stretch);

constexpr int quadrature_points = 5;

}  // namespace bellshard::three_species_fishery
