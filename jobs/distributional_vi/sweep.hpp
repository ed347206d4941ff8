#pragma once
#include "kernels/dp/atom_grid.hpp"
#include "kernels/dp/distribution_sweep.hpp"
#include "kernels/dp/worth_of_total.hpp"

namespace bellshard::distributional_vi {

/// One sweep, whatever the utility and the kind of laws.
struct SweepTask {
  dp::OutcomeModel model;
  dp::UtilityKind utility;
  double rate;              ///< of the exponential utility
  dp::AtomGrid atoms;
  bool quantiles;           ///< laws are atoms, else probabilities
  double scale;             ///< of a total at this stage
  dp::Choice choice;
  double margin;            ///< below 0: the best action; else the one that stands, unless another is better by more
  dp::Laws in, out;
  Array<double> objective;
  Array<std::int32_t> action;
  dp::MostOutcomes most;
};

/// Updates the own states of the list; its kernels are compiled apart.
dp::SweepChange run_sweep(SweepTask const& task, Array<std::int32_t const> const& states);

}  // namespace bellshard::distributional_vi
