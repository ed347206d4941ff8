#pragma once
#include <vector>

#include "jobs/gp_fishery/series.hpp"
#include "kernels/dp/grid_rows.hpp"

namespace bellshard::gp_fishery {

/// How a stock grows, with its parameters in this order; the last one of a sampled model, the noise, is the deviation of log z.
enum class Growth {
  allen,   ///< growth, capacity, threshold: S exp(growth (1 - S / capacity) (S - threshold) / capacity), S = max(0, x - h)
  ricker,  ///< growth, capacity: S exp(growth (1 - S / capacity))
  myers    ///< growth, exponent, capacity: growth x^exponent / (1 + x^exponent / capacity) - h, or 0
};

constexpr int parameters_of(Growth growth) { return growth == Growth::ricker ? 3 : 4; }

/// Log of the next stock over the noise, for x > 0 and no harvest. T: double or Pack.
template <Growth growth, class T>
KOKKOS_INLINE_FUNCTION T log_next(double x, double log_x, T const* p) {
  if constexpr (growth == Growth::allen) return log_x + p[0] * (1.0 - x / p[1]) * (x - p[2]) / p[1];
  else if constexpr (growth == Growth::ricker) return log_x + p[0] * (1.0 - x / p[1]);
  else return logarithm(p[0]) + p[1] * log_x - logarithm(1.0 + exponential_function(p[1] * log_x) / p[2]);
}

/// The next stock without noise.
template <Growth growth>
KOKKOS_INLINE_FUNCTION double next_stock(double x, double harvest, double const* p) {
  double const left = growth == Growth::myers ? x : x - harvest;
  if (!(left > 0)) return 0;
  double const next = exponential_function(log_next<growth>(left, logarithm(left), p));
  if (growth != Growth::myers) return next;
  return next > harvest ? next - harvest : 0;
}

/// Log posterior density of a growth model: log-normal noise, uniform priors from 0 on.
template <Growth growth>
struct GrowthPosterior {
  static constexpr int parameters = parameters_of(growth);
  Array<double const> x, log_x, log_y;  ///< [observation]
  double most[parameters] = {};
  double constant = 0;

  GrowthPosterior(Series const& alive, std::vector<double> const& priors) {
    std::vector<double> logs_x, logs_y;
    for (std::size_t i = 0; i < alive.x.size(); ++i) {
      logs_x.push_back(std::log(alive.x[i]));
      logs_y.push_back(std::log(alive.y[i]));
      constant -= logs_y.back() + 0.91893853320467274;  // log(2 pi) / 2
    }
    for (int p = 0; p < parameters; ++p) {
      most[p] = priors[static_cast<std::size_t>(p)];
      constant -= std::log(most[p]);
    }
    x = to_device(alive.x, "bellshard::gp_fishery::x");
    log_x = to_device(logs_x, "bellshard::gp_fishery::log_x");
    log_y = to_device(logs_y, "bellshard::gp_fishery::log_y");
  }

  KOKKOS_FUNCTION Pack operator()(std::int64_t, Pack const (&p)[parameters]) const {
    Pack const noise = p[parameters - 1];
    Pack squares{};
    auto const size = x.extent(0);
    for (std::size_t i = 0; i < size; ++i) {
      Pack const apart = log_y(i) - log_next<growth>(x(i), log_x(i), p);
      squares += apart * apart;
    }
    Pack density = constant - static_cast<double>(size) * logarithm(noise) - 0.5 * squares / (noise * noise);
    Pack const impossible = Pack{} - HUGE_VAL;
    for (int k = 0; k < parameters; ++k) {
      density = p[k] > 0.0 ? density : impossible;
      density = p[k] <= most[k] ? density : impossible;
    }
    return density;
  }
};

/// Which rows of probabilities a model needs. Stock i and harvest j (points of one grid) leave the escapement max(i - j, 0).
enum class RowKind {
  by_escapement,       ///< row s
  by_stock_and_escapement,  ///< row i (i + 1) / 2 + s, s <= i
  by_stock_and_harvest      ///< row i points + j
};

KOKKOS_INLINE_FUNCTION std::int64_t first_row(RowKind kind, std::int64_t stock, std::int64_t points) {
  return kind == RowKind::by_stock_and_escapement ? stock * (stock + 1) / 2 : kind == RowKind::by_stock_and_harvest ? stock * points : 0;
}

/// Centres of a growth model's rows, for dp::fill_grid_rows.
template <Growth growth>
struct GrowthCentres {
  static constexpr RowKind kind = growth == Growth::myers ? RowKind::by_stock_and_harvest : RowKind::by_escapement;
  static constexpr int parameters = parameters_of(growth);
  std::int64_t points;
  double step;
  Array<double const> draw;  ///< [draw, parameter]

  KOKKOS_FUNCTION dp::Centre operator()(std::int64_t row, int d) const {
    double p[parameters];
    for (int k = 0; k < parameters; ++k) p[k] = draw(static_cast<std::size_t>(d * parameters + k));
    auto const stock = kind == RowKind::by_stock_and_harvest ? row / points : row, harvest = kind == RowKind::by_stock_and_harvest ? row % points : 0;
    return {next_stock<growth>(static_cast<double>(stock) * step, static_cast<double>(harvest) * step, p), p[parameters - 1]};
  }
};

/// Centres of the rows of a Gaussian process. Corrected: the stock after the harvest decides alone, and the noise is that of the observations.
template <Form form>
struct ProcessCentres {
  static constexpr RowKind kind = form == Form::published ? RowKind::by_stock_and_escapement : RowKind::by_escapement;
  std::int64_t points;
  Array<double const> mean, variance;  ///< [draw, stock]
  Array<double const> noise;           ///< [draw]

  KOKKOS_FUNCTION dp::Centre operator()(std::int64_t row, int d) const {
    std::int64_t stock = row, left = row;
    if (kind == RowKind::by_stock_and_escapement) {
      stock = static_cast<std::int64_t>((::sqrt(8.0 * static_cast<double>(row) + 1) - 1) / 2);
      while (first_row(kind, stock + 1, points) <= row) ++stock;
      while (first_row(kind, stock, points) > row) --stock;
      left = row - first_row(kind, stock, points) - 1;  // the published program takes one point more than the harvest
    }
    if (left <= 0) return {0, 1};
    auto const draw = static_cast<std::int64_t>(d) * points;
    double const known = variance(static_cast<std::size_t>(draw + stock)), more = form == Form::corrected ? noise(static_cast<std::size_t>(d)) * noise(static_cast<std::size_t>(d)) : 0;
    return {mean(static_cast<std::size_t>(draw + left)), (known > 1e-12 ? known : 1e-12) + more};
  }
};

}  // namespace bellshard::gp_fishery
