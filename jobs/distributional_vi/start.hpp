#pragma once
#include <vector>

#include "jobs/distributional_vi/iteration.hpp"

namespace bellshard::distributional_vi {

/// What each own state comes to where paths start there, [own state] each, in rewards.
struct Starts {
  std::vector<double> stock;               ///< initial stock: chosen for a CVaR, else the objective's own
  std::vector<double> value;               ///< K of the law at that stock
  std::vector<double> bound;               ///< CVaRs: -stock + E[utility] / level, the extreme over stocks
  std::vector<double> mean;                ///< expected return
  std::vector<std::int32_t> action;        ///< first action
  std::vector<double> law;                 ///< [own state, atom] in units; as in dp::Laws
  std::vector<double> projection_error;    ///< Wasserstein-1
};

/// cvar: the stock where -stock + E[min(stock + return, 0)] / level is greatest. upper_cvar: the bound is the least of -stock + E[max(stock +
/// return, 0)] / level, which policies that toss a coin at first reach; the stock is the one whose policy has the best upper tail of all.
/// Others: the law between the two stocks around the start's. The lowest stock of those that are equally good.
Starts find_starts(Config const& config, Plan const& plan, Block own, Iteration const& iteration);

}  // namespace bellshard::distributional_vi
