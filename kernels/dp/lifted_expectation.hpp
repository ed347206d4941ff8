#pragma once
// Expectations on a host where the third axis of the next state depends on the first two through one number alone, its lift: between two lifts at which
// a point of the quadrature passes a node, what axis 2 contributes is linear in the lift. So it is summed once for all states between, at each
// node of the other axes that they reach, and a state reads 100 pairs of numbers in place of 1000 values.
#include <algorithm>
#include <concepts>
#include <memory>
#include <vector>

#include "kernels/dp/grid_expectation.hpp"
#include "src/base/block.hpp"

#if defined(BELLSHARD_VECTORS)

namespace bellshard::dp {

/// Where axis 2 goes from one of its nodes: at_rest + per_lift u + scale e, e ~ N(0, 1).
struct LiftedLine {
  double at_rest, per_lift, scale;
};

/// A law that says so: u = lift(x, y), which rises with x, and line(z). What it says of axis 2 at (x, y, z) is the same, but for rounding.
template <class Law>
concept LiftedLaw = requires(Law const& law, double number) {
  { law.lift(number, number) } -> std::convertible_to<double>;
  { law.line(number) } -> std::convertible_to<LiftedLine>;
};

/// The points of a quadrature on one axis, each between two nodes; weight 0 for those that do not lie above the floor.
template <int Points>
struct AxisPoints {
  std::int32_t cell[Points];  ///< rising
  double weight[Points], upper[Points];  ///< of both nodes, of node cell + 1
  double inside = 0;
};

template <int Points>
inline AxisPoints<Points> points_on_axis(GridAxis const& axis, Quadrature<Points> const& quadrature, double mean, double scale, double floor) {
  AxisPoints<Points> made;
  for (int i = 0; i < Points; ++i) {
    double const x = mean + scale * quadrature.node[i];
    auto const [cell, share] = axis.locate(x);
    made.cell[i] = cell;
    made.weight[i] = x > floor ? quadrature.weight[i] : 0;
    made.upper[i] = made.weight[i] * share;
    made.inside += made.weight[i];
  }
  return made;
}

/// Lifts in (low, high), rising, at which a point of the quadrature passes a node of axis 2 or the floor.
template <int Points>
std::vector<double> lifts_of_bends(GridAxis const& axis, Quadrature<Points> const& quadrature, LiftedLine const& line, double floor, double low, double high) {
  std::vector<double> bends;
  if (line.per_lift == 0) return bends;
  for (int i = 0; i < Points; ++i) {
    for (std::int32_t j = 0; j <= axis.nodes; ++j) {
      double const passed = j < axis.nodes ? axis.node[j] : floor;
      double const u = (passed - line.at_rest - line.scale * quadrature.node[i]) / line.per_lift;
      if (u > low && u < high) bends.push_back(u);
    }
  }
  std::sort(bends.begin(), bends.end());
  return bends;
}

/// One plane's states whose lifts lie between two neighbouring bends: no point passes a node between them, so at each node of the other axes
///     sum over the points of axis 2 of weight V = level + (u - middle) slope,
/// kept side by side and made where it is first asked for.
template <class T, int Points>
class LiftedStrip {
 public:
  explicit LiftedStrip(GridExpectation<T, Points> const& expectation)
      : expectation_(expectation),
        nx_(expectation.axis[0].nodes),
        pairs_(new double[static_cast<std::size_t>(2 * nx_ * expectation.axis[1].nodes)]),
        made_(static_cast<std::size_t>(expectation.axis[1].nodes)) {}

  void begin(LiftedLine const& line, double middle) {
    middle_ = middle;
    inside_ = 0;
    planes_ = 0;
    auto const& axis = expectation_.axis[2];
    for (int i = 0; i < Points; ++i) {
      double const z = line.at_rest + line.per_lift * middle + line.scale * expectation_.quadrature.node[i];
      if (!(z > expectation_.floor[2])) continue;
      auto const [cell, share] = axis.locate(z);
      double const weight = expectation_.quadrature.weight[i];
      double const slope = z > axis.node[0] && z < axis.node[axis.nodes - 1] ? weight * line.per_lift * axis.inverse_width[cell] : 0;  // beyond an end all is the end
      add_plane(cell, weight * (1 - share), -slope);
      add_plane(cell + 1, weight * share, slope);
      inside_ += weight;
    }
    std::fill(made_.begin(), made_.end(), Block{nx_, 0});
  }

  double expect(NormalStep const& step, double lift) {
    auto const x = points_on_axis(expectation_.axis[0], expectation_.quadrature, step.mean[0], step.scale[0], expectation_.floor[0]);
    auto const y = points_on_axis(expectation_.axis[1], expectation_.quadrature, step.mean[1], step.scale[1], expectation_.floor[1]);
    Values sum[Points] = {};
    for (int b = 0; b < Points; ++b) {
      for (int r = 0; r < 2; ++r) {
        auto const row = y.cell[b] + r;
        make(row, x.cell[0], x.cell[Points - 1] + 2);
        double const weight = r == 1 ? y.upper[b] : y.weight[b] - y.upper[b];
        double const* const from = pairs_.get() + 2 * row * nx_;
        for (int a = 0; a < Points; ++a) sum[a] = fused(all_lanes<Values>(weight), load_vector<Values>(from + 2 * x.cell[a]), sum[a]);
      }
    }
    double const above = lift - middle_;
    Values total = {};
    for (int a = 0; a < Points; ++a) {
      double const lower = x.weight[a] - x.upper[a];
      total = fused(Values{lower, above * lower, x.upper[a], above * x.upper[a]}, sum[a], total);
    }
    return (total[0] + total[1]) + (total[2] + total[3]) + expectation_.outside * (1 - x.inside * y.inside * inside_);
  }

 private:
  using Values = Vector<double, 4>;  // level and slope of two neighbours
  static constexpr int run = 8;
  using Run = Vector<double, run>;

  void add_plane(std::int32_t place, double level, double slope) {
    for (int c = 0; c < planes_; ++c) {
      if (place_[c] == place) {
        level_[c] += level;
        slope_[c] += slope;
        return;
      }
    }
    place_[planes_] = place;
    level_[planes_] = level;
    slope_[planes_++] = slope;
  }

  /// Sees to it that nodes [begin, end) of a row are there.
  void make(std::int32_t row, std::int64_t begin, std::int64_t end) {
    auto& made = made_[static_cast<std::size_t>(row)];
    if (begin >= made.begin && end <= made.end) return;
    begin = begin / run * run;
    end = std::min((end + run - 1) / run * run, nx_);
    if (made.empty()) {
      sum_planes(row, begin, end);
      made = {begin, end};
      return;
    }
    if (begin < made.begin) {
      sum_planes(row, begin, made.begin);
      made.begin = begin;
    }
    if (end > made.end) {
      sum_planes(row, made.end, end);
      made.end = end;
    }
  }

  void sum_planes(std::int64_t row, std::int64_t begin, std::int64_t end) {
    auto const plane = nx_ * expectation_.axis[1].nodes;
    double* const pairs = pairs_.get() + 2 * row * nx_;
    for (auto i = begin; i < end; i += run) {
      auto const items = std::min<std::int64_t>(run, end - i);
      Run level = {}, slope = {};
      for (int c = 0; c < planes_; ++c) {
        T const* const from = expectation_.values + place_[c] * plane + row * nx_ + i;
        Run values = {};
        if (items == run) {
          values = load_vector<Run>(from);
        } else {
          for (std::int64_t l = 0; l < items; ++l) values[l] = static_cast<double>(from[l]);
        }
        level += level_[c] * values;
        slope += slope_[c] * values;
      }
      for (std::int64_t l = 0; l < items; ++l) {
        pairs[2 * (i + l)] = level[l];
        pairs[2 * (i + l) + 1] = slope[l];
      }
    }
  }

  GridExpectation<T, Points> const& expectation_;
  std::int64_t nx_;
  std::unique_ptr<double[]> pairs_;  ///< [y, x, level and slope]
  std::vector<Block> made_;          ///< [y] nodes of a row that are there
  std::int32_t place_[2 * Points];   ///< planes that are summed, with their weights
  double level_[2 * Points], slope_[2 * Points];
  int planes_ = 0;
  double middle_ = 0, inside_ = 0;
};

/// visit(j, i, expectation) for each state of plane k in part `part` of `parts` of its strips, in the order of their lifts.
template <class T, int Points, LiftedLaw Law, class Visit>
void expect_by_lift(GridExpectation<T, Points> const& expectation, Law const& law, std::int64_t k, std::int64_t part, std::int64_t parts, Visit const& visit) {
  auto const& axis_x = expectation.axis[0];
  auto const& axis_y = expectation.axis[1];
  double const z = expectation.axis[2].node[k];
  LiftedLine const line = law.line(z);
  double low = law.lift(axis_x.node[0], axis_y.node[0]), high = low;
  for (std::int32_t j = 0; j < axis_y.nodes; ++j) {
    low = std::min(low, law.lift(axis_x.node[0], axis_y.node[j]));
    high = std::max(high, law.lift(axis_x.node[axis_x.nodes - 1], axis_y.node[j]));
  }
  auto const bends = lifts_of_bends(expectation.axis[2], expectation.quadrature, line, expectation.floor[2], low, high);
  auto const strips = static_cast<std::int64_t>(bends.size()) + 1;
  auto const begin_of = [&](std::int64_t strip) { return strip == 0 ? low : strip == strips ? high : bends[static_cast<std::size_t>(strip - 1)]; };
  auto const first = strips * part / parts, last = strips * (part + 1) / parts;
  std::vector<std::int32_t> next(static_cast<std::size_t>(axis_y.nodes), 0);  // of each row, the first node that is not in a strip before
  if (first > 0) {
    for (std::int32_t j = 0; j < axis_y.nodes; ++j) {
      auto const* const found = std::partition_point(axis_x.node, axis_x.node + axis_x.nodes, [&](double x) { return law.lift(x, axis_y.node[j]) < begin_of(first); });
      next[static_cast<std::size_t>(j)] = static_cast<std::int32_t>(found - axis_x.node);
    }
  }
  LiftedStrip<T, Points> strip(expectation);
  for (auto s = first; s < last; ++s) {
    bool begun = false;
    bool const to_the_end = s + 1 == strips;
    double const end = begin_of(s + 1);
    for (std::int32_t j = 0; j < axis_y.nodes; ++j) {
      double const y = axis_y.node[j];
      auto& i = next[static_cast<std::size_t>(j)];
      for (; i < axis_x.nodes; ++i) {
        double const x = axis_x.node[i], lift = law.lift(x, y);
        if (!to_the_end && !(lift < end)) break;
        if (!begun) strip.begin(line, 0.5 * (begin_of(s) + end));
        begun = true;
        visit(j, i, strip.expect(law(x, y, z), lift));
      }
    }
  }
}

}  // namespace bellshard::dp
#endif
