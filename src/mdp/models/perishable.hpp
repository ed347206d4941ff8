#pragma once
#include <cstdint>
#include <vector>

#include "kernels/dp/generated_model.hpp"
#include "kernels/execution.hpp"

namespace bellshard::mdp {

enum class Issue { fifo, lifo };  ///< the oldest units are sold first, or the newest

/// Perishable inventory with lost sales, after De Moor, Gijsbrechts and Boute (2022) and, for one product with a price, Hendrix et
/// al. (2019). A state is lead_time - 1 orders under way, newest first, then the stock by age, newest first, each 0 .. max_order:
/// digits of the state's number. Action a orders a units; demand is served from stock; what is left grows older by one
/// period, the oldest is thrown away; the order of lead_time - 1 periods ago arrives.
/// Reward: price E[sold] - order_cost a - shortage_cost E[short] - waste_cost E[thrown away] - holding_cost E[left for the next period].
struct Perishable {
  static constexpr int most_digits = 16;
  int life;       ///< periods that a unit can be sold in
  int lead_time;  ///< at least 1
  int max_order;
  Issue issue;
  double price;
  double order_cost;
  double shortage_cost;
  double waste_cost;
  double holding_cost;
  Array<double const> demand;    ///< probability of 0, 1, ...; beyond any stock
  Array<double const> at_least;  ///< probability of a demand of d or more
  Array<double const> shortage;  ///< E[max(demand - stock, 0)] of a stock
  double mean_demand;

  KOKKOS_FUNCTION int digits() const { return life + lead_time - 1; }
  KOKKOS_FUNCTION std::int64_t states() const {
    std::int64_t count = 1;
    for (int k = 0; k < digits(); ++k) count *= max_order + 1;
    return count;
  }
  KOKKOS_FUNCTION int actions(std::int64_t) const { return max_order + 1; }

  KOKKOS_FUNCTION double reward(std::int64_t state, int order) const {
    int opening[most_digits] = {};
    int const stock = split(state, opening);
    double waste = 0, held = 0;
    for (int d = 0; d < stock; ++d) {
      int left[most_digits] = {};
      serve(opening, d, left);
      waste += demand(d) * left[life - 1];
      for (int age = 0; age + 1 < life; ++age) held += demand(d) * left[age];
    }
    double const sold = mean_demand - shortage(stock);
    return price * sold - order_cost * order - shortage_cost * shortage(stock) - waste_cost * waste - holding_cost * held;
  }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t state, int order, Visit&& visit) const {
    int opening[most_digits] = {};
    int const stock = split(state, opening);
    for (int d = 0; d <= stock; ++d) {
      int left[most_digits] = {};
      serve(opening, d, left);
      visit(next_state(opening, left, order), d < stock ? demand(d) : at_least(d));
    }
  }

  /// Digits of a state: orders under way, then stock by age; returns the stock of all ages.
  KOKKOS_FUNCTION int split(std::int64_t state, int* digit) const {
    int stock = 0;
    for (int k = digits() - 1; k >= 0; --k) {
      digit[k] = static_cast<int>(state % (max_order + 1));
      state /= max_order + 1;
      if (k >= lead_time - 1) stock += digit[k];
    }
    return stock;
  }

 private:
  /// What is left of each age after a demand was served.
  KOKKOS_FUNCTION void serve(int const* opening, int wanted, int* left) const {
    for (int k = 0; k < life; ++k) {
      int const age = issue == Issue::fifo ? life - 1 - k : k;
      int const there = opening[lead_time - 1 + age];
      int const taken = wanted < there ? wanted : there;
      left[age] = there - taken;
      wanted -= taken;
    }
  }

  KOKKOS_FUNCTION std::int64_t next_state(int const* opening, int const* left, int order) const {
    std::int64_t next = 0;
    auto const append = [&](int digit) { next = next * (max_order + 1) + digit; };
    if (lead_time > 1) append(order);
    for (int k = 0; k + 2 < lead_time; ++k) append(opening[k]);
    append(lead_time > 1 ? opening[lead_time - 2] : order);
    for (int age = 0; age + 1 < life; ++age) append(left[age]);
    return next;
  }
};

/// The demand's tables, made from its probabilities.
void set_demand(Perishable& model, std::vector<double> const& probability);

}  // namespace bellshard::mdp
