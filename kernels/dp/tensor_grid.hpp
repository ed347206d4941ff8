#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/dp/gauss_hermite.hpp"
#include "kernels/execution.hpp"
#include "kernels/host_copy.hpp"

namespace bellshard::dp {

/// Where a number lies on an axis: f(x) = (1 - share) f(node[cell]) + share f(node[cell + 1]).
struct GridPlace {
  std::int32_t cell;
  double share;
};

/// One axis of a tensor grid as kernels see it: rising nodes at any distances. What lies beyond an end counts as the end.
struct GridAxis {
  double const* node;               ///< [node]
  double const* inverse_width;      ///< [cell], cell = node to the next one
  std::int32_t const* first_cell;   ///< [bucket] the lowest cell that a number of this bucket can lie in
  double buckets_per_unit;
  std::int32_t buckets;
  std::int32_t nodes;

  /// An axis of one node has one place. Constant time: a table of equal buckets, no wider than most cells, tells where to begin.
  KOKKOS_INLINE_FUNCTION GridPlace locate(double x) const {
    if (nodes == 1 || !(x > node[0])) return {0, 0};
    if (x >= node[nodes - 1]) return {nodes - 2, 1};
    auto const bucket = static_cast<std::int32_t>((x - node[0]) * buckets_per_unit);
    auto cell = first_cell[bucket < buckets ? bucket : buckets - 1];
    cell += node[cell + 1] <= x;  // mostly none or one step: no branch to guess
    while (node[cell + 1] <= x) ++cell;
    return {cell, (x - node[cell]) * inverse_width[cell]};
  }
};

/// Owns the tables of an axis. Nodes rise; at least one.
class AxisTable {
 public:
  AxisTable() = default;
  explicit AxisTable(std::vector<double> nodes) : host_(std::move(nodes)) {
    auto const size = static_cast<std::int32_t>(host_.size());
    double narrowest = 1;
    std::vector<double> inverse(1, 0);
    if (size > 1) {
      inverse.clear();
      narrowest = host_[1] - host_[0];
      for (std::size_t i = 1; i < host_.size(); ++i) {
        inverse.push_back(1 / (host_[i] - host_[i - 1]));
        narrowest = std::min(narrowest, host_[i] - host_[i - 1]);
      }
    }
    double const length = host_.back() - host_.front();
    double const most = 64.0 * size;  // few nodes of very different distances take a step or two more
    axis_.buckets = size > 1 ? static_cast<std::int32_t>(std::ceil(std::min(most, length / narrowest))) : 1;
    axis_.buckets_per_unit = size > 1 ? axis_.buckets / length : 0;
    std::vector<std::int32_t> first(static_cast<std::size_t>(axis_.buckets), 0);
    for (std::int32_t b = 1, cell = 0; b < axis_.buckets; ++b) {
      double const edge = host_.front() + (b - 1e-6) / axis_.buckets_per_unit;  // a number may be rounded into the next bucket
      while (cell + 2 < size && host_[static_cast<std::size_t>(cell) + 1] <= edge) ++cell;
      first[static_cast<std::size_t>(b)] = cell;
    }
    node_ = to_device(host_, "bellshard::dp::axis_node");
    inverse_width_ = to_device(inverse, "bellshard::dp::axis_inverse_width");
    first_cell_ = to_device(first, "bellshard::dp::axis_first_cell");
    axis_.nodes = size;
    axis_.node = node_.data();
    axis_.inverse_width = inverse_width_.data();
    axis_.first_cell = first_cell_.data();
  }

  GridAxis const& axis() const { return axis_; }              ///< for kernels; as long as the table lives
  std::vector<double> const& nodes() const { return host_; }  ///< [node]
  std::int64_t size() const { return static_cast<std::int64_t>(host_.size()); }

 private:
  std::vector<double> host_;
  Array<double> node_, inverse_width_;
  Array<std::int32_t> first_cell_;
  GridAxis axis_{};
};

/// E f(mean + scale e) over one axis, e ~ N(0, 1), f linear between nodes and 0 where its argument is not above `floor`: the sum over
/// i < size of weight[i] f(node[place[i]]). Places rise.
template <int Points>
struct AxisExpectation {
  std::int32_t place[2 * Points];
  double weight[2 * Points];
  std::int32_t size;
  double inside;  ///< probability to lie above the floor, as the quadrature sees it
};

/// Points of the quadrature that lie in one cell, or in neighbouring ones, share their nodes. scale >= 0.
template <int Points>
KOKKOS_INLINE_FUNCTION AxisExpectation<Points> expect_on_axis(GridAxis const& axis, Quadrature<Points> const& quadrature, double mean,
                                                              double scale, double floor) {
  AxisExpectation<Points> made;
  made.size = 0;
  made.inside = 0;
  std::int32_t last = -2;  // cell of the point before
  for (int i = 0; i < Points; ++i) {
    double const x = mean + scale * quadrature.node[i];
    if (!(x > floor)) continue;
    auto const [cell, share] = axis.locate(x);
    double const weight = quadrature.weight[i];
    made.inside += weight;
    if (cell != last) {
      if (cell != last + 1 || made.size == 0) {
        made.place[made.size] = cell;
        made.weight[made.size++] = 0;
      }
      if (axis.nodes > 1) {
        made.place[made.size] = cell + 1;
        made.weight[made.size++] = 0;
      }
      last = cell;
    }
    if (axis.nodes == 1) {
      made.weight[0] += weight;
    } else {
      made.weight[made.size - 2] += weight * (1 - share);
      made.weight[made.size - 1] += weight * share;
    }
  }
  return made;
}

}  // namespace bellshard::dp
