#pragma once
#include <string>
#include <vector>

#include "jobs/distributional_vi/shard.hpp"
#include "kernels/dp/atom_grid.hpp"
#include "kernels/dp/stock_grid.hpp"

namespace bellshard::distributional_vi {

/// On what grids a job is solved. All numbers in units (Config::Law::unit for exact laws, else 1).
struct Plan {
  double unit = 1;            ///< [reward]
  Span returns;               ///< that there are
  dp::StockGrid stock;
  dp::AtomGrid atoms;         ///< of quantile laws their number alone
  double start_stock = 0;     ///< of objectives that have one
  std::vector<std::string> warnings;  ///< what is clamped
};

/// Refuses grids that cut off what matters, exit 3 with the numbers that are needed, unless the job file asks for clamping.
Plan make_plan(Keys const& keys, Config const& config, Span returns, Span rewards);

}  // namespace bellshard::distributional_vi
