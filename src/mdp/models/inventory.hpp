#pragma once
#include <cstdint>

#include "kernels/dp/generated_model.hpp"
#include "kernels/execution.hpp"

namespace bellshard::mdp {

/// Stochastic inventory control with lost sales (Puterman 1994, section 3.2): the state is the stock, action a orders a units, which
/// arrive at once; then the demand is served from stock as far as it goes.
/// Reward: price * E[sold] - (fixed_cost if a > 0) - unit_cost a - holding_cost (stock + a).
struct Inventory {
  std::int64_t capacity;
  double fixed_cost;
  double unit_cost;
  double holding_cost;
  double price;
  Array<double const> demand;  ///< probability of 0, 1, ...

  KOKKOS_FUNCTION std::int64_t states() const { return capacity + 1; }
  KOKKOS_FUNCTION int actions(std::int64_t stock) const { return static_cast<int>(capacity - stock + 1); }

  KOKKOS_FUNCTION double reward(std::int64_t stock, int order) const {
    std::int64_t const ready = stock + order;
    double sold = 0;
    for (std::int64_t d = 0; d < demands(); ++d) sold += static_cast<double>(d < ready ? d : ready) * demand(d);
    return price * sold - (order > 0 ? fixed_cost : 0) - unit_cost * order - holding_cost * static_cast<double>(ready);
  }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t stock, int order, Visit&& visit) const {
    std::int64_t const ready = stock + order;
    for (std::int64_t d = 0; d < ready && d < demands(); ++d) visit(ready - d, demand(d));
    double sold_out = 0;
    for (std::int64_t d = ready; d < demands(); ++d) sold_out += demand(d);
    visit(0, sold_out);
  }

 private:
  KOKKOS_FUNCTION std::int64_t demands() const { return static_cast<std::int64_t>(demand.extent(0)); }
};

}  // namespace bellshard::mdp
