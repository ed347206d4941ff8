#include "jobs/three_species_fishery/grid.hpp"

#include <algorithm>
#include <cmath>

namespace bellshard::three_species_fishery {

std::vector<double> axis_nodes(std::int64_t size, std::int64_t below, double threshold, double upper, double stretch) {
  std::vector<double> nodes;
  for (std::int64_t i = 0; i < below; ++i) nodes.push_back(threshold * static_cast<double>(i) / static_cast<double>(below));
  auto const cells = static_cast<double>(size - below - 1);
  double const ratio = cells > 1 ? std::pow(stretch, 1 / (cells - 1)) : 1;  // of neighbouring distances
  for (double i = 0; i < cells; ++i) {
    double const share = ratio > 1 ? (std::pow(ratio, i) - 1) / (std::pow(ratio, cells) - 1) : i / cells;
    nodes.push_back(threshold + share * (upper - threshold));  // the first one is the threshold itself, to the bit
  }
  nodes.push_back(upper);
  return nodes;
}

Grid::Grid(Config const& config) {
  auto const nodes = config.nodes();
  double const upper[] = {config.upper_x, config.upper_y, config.upper_z}, stretch[] = {config.stretch_x, config.stretch_y, config.stretch_z};
  for (int s = 0; s < 3; ++s) {
    auto const at = static_cast<std::size_t>(s);
    if (s >= config.species()) {
      tables_[at] = dp::AxisTable({config.start_of()[at]});  // a species that is not there, or stays as it is
    } else {
      tables_[at] = dp::AxisTable(axis_nodes(nodes[at], s < config.harvested() ? config.below : 0, config.threshold, upper[s], stretch[s]));
    }
  }
  // Z grows with its prey, rounded or not, so the ends of the grid bound where it goes. Its law does not change with time.
  auto const& z = this->nodes(2);
  auto const law = Fishery(config).first;
  auto const farthest = dp::gauss_hermite<quadrature_points>().node[quadrature_points - 1];
  auto const cell_of = [&](double number) {
    auto const above = std::upper_bound(z.begin(), z.end(), number) - z.begin();
    return std::clamp<std::int64_t>(above - 1, 0, std::max<std::int64_t>(0, size(2) - 2));
  };
  for (std::int64_t k = 0; k < size(2); ++k) {
    double const here = z[static_cast<std::size_t>(k)];
    auto const low = law(this->nodes(0).front(), this->nodes(1).front(), here), high = law(this->nodes(0).back(), this->nodes(1).back(), here);
    Block const reached{cell_of(low.mean[2] - low.scale[2] * farthest), std::min(size(2), cell_of(high.mean[2] + high.scale[2] * farthest) + 2)};
    reach_.push_back(reached);
    margin_low_ = std::max(margin_low_, k - reached.begin);
    margin_high_ = std::max(margin_high_, reached.end - 1 - k);
  }
}

}  // namespace bellshard::three_species_fishery
