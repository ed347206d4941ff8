#pragma once
#include <cstdint>

#include "kernels/execution.hpp"

namespace bellshard::dp {

/// Features phi(s, a) of a linear value function, as the (factor, number) pairs that are not 0.
struct FeatureMap {
  enum class Kind { tents, table };

  Kind kind = Kind::table;
  std::int32_t factors = 1;
  std::int32_t actions = 1;
  double low = 0, step = 1;       ///< tents: factor i is max(0, 1 - |s - (low + i step)| / step), whatever the action
  Array<double const> table = {}; ///< [state, action, factor]; states are numbers 0, 1, ...

  /// visit(factor, number), factors ascending.
  template <class Visit>
  KOKKOS_INLINE_FUNCTION void operator()(double state, std::int32_t action, Visit const& visit) const {
    if (kind == Kind::tents) {
      double const place = (state - low) / step;
      if (!(place > -1 && place < factors)) return;
      auto const left = static_cast<std::int32_t>(place + 1) - 1;  // rounds down, also between -1 and 0
      double const beyond = place - left;
      if (left >= 0 && beyond < 1) visit(left, 1 - beyond);
      if (left + 1 < factors && beyond > 0) visit(left + 1, beyond);
    } else {
      std::int64_t const row = (static_cast<std::int64_t>(state) * actions + action) * factors;
      for (std::int32_t i = 0; i < factors; ++i) {
        double const number = table(row + i);
        if (number != 0) visit(i, number);
      }
    }
  }
};

}  // namespace bellshard::dp
