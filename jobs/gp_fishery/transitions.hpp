#pragma once
#include "jobs/gp_fishery/posterior.hpp"
#include "jobs/gp_fishery/stock_models.hpp"
#include "src/dist/partition.hpp"

namespace bellshard::gp_fishery {

/// Mean and variance of the Gaussian process on the grid, for each draw, on every rank.
struct Predictions {
  std::vector<double> mean, variance;  ///< [draw, stock]
  std::vector<double> noise;           ///< [draw]
};

/// Draws are shared out over the ranks. Collective.
Predictions predict(Context& context, Config const& config, Series const& series, Draws const& draws);

/// The rows of P[harvest][stock][next stock] that differ, those of a contiguous block of stocks on each rank (of escapements, where they decide alone).
class Transitions {
 public:
  static Transitions of_process(Context& context, Config const& config, Predictions const& predictions);
  /// parameters [draw, parameter]
  static Transitions of_growth(Context& context, Config const& config, Growth growth, std::vector<double> const& parameters);

  /// The own stocks' best values and harvests, from the values of all stocks. Ties go to the least harvest. Collective.
  void sweep(std::vector<double>& value, std::vector<std::int32_t>& harvest);
  double bytes() const { return sizeof(double) * static_cast<double>(rows_.size()); }  ///< of the own rows

  static RowKind kind_of(Config const& config, Model model);
  /// Bytes on the fullest of so many ranks.
  static double bytes(Config const& config, Model model, int ranks);

 private:
  Transitions(Context& context, Config const& config, RowKind kind);
  static Partition stocks_over(RowKind kind, std::int64_t points, int ranks);
  Block rows_of(Block stocks) const;
  template <dp::Density density, class Centres>
  void fill(Centres const& centres, int draws);

  MPI_Comm comm_;
  int ranks_;
  RowKind kind_;
  Criterion criterion_;
  double discount_;
  Block stocks_;
  dp::PointGrid grid_;
  dp::ProbabilityRows rows_;
  Array<double> value_, expected_, best_value_;
  Array<std::int32_t> best_harvest_;
};

}  // namespace bellshard::gp_fishery
