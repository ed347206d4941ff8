#pragma once
#include <Kokkos_Core.hpp>
#include <cmath>

namespace bellshard::dp {

/// What a total x = stock + return is worth. All but the exponential order totals alike at any scale: f(g x) = g^d f(x).
enum class UtilityKind { identity, shortfall, excess, absolute, squared, threshold, exponential };

/// identity x; shortfall min(x, 0); excess max(x, 0); absolute -|x|; squared -x^2; threshold 1 where x >= 0, else 0;
/// exponential (1 - exp(-rate x)) / rate, rate > 0 averse to risk, < 0 seeking it.
template <UtilityKind kind>
struct Utility {
  double rate = 1;

  KOKKOS_INLINE_FUNCTION double operator()(double x) const {
    if constexpr (kind == UtilityKind::identity) return x;
    else if constexpr (kind == UtilityKind::shortfall) return x < 0 ? x : 0.0;
    else if constexpr (kind == UtilityKind::excess) return x > 0 ? x : 0.0;
    else if constexpr (kind == UtilityKind::absolute) return x < 0 ? x : -x;
    else if constexpr (kind == UtilityKind::squared) return -x * x;
    else if constexpr (kind == UtilityKind::threshold) return x >= 0 ? 1.0 : 0.0;
    else return -::expm1(-rate * x) / rate;
  }
};

/// Calls run(Utility<kind>) for the kind.
template <class Run>
void with_utility(UtilityKind kind, double rate, Run const& run) {
  switch (kind) {
    case UtilityKind::identity: return run(Utility<UtilityKind::identity>{rate});
    case UtilityKind::shortfall: return run(Utility<UtilityKind::shortfall>{rate});
    case UtilityKind::excess: return run(Utility<UtilityKind::excess>{rate});
    case UtilityKind::absolute: return run(Utility<UtilityKind::absolute>{rate});
    case UtilityKind::squared: return run(Utility<UtilityKind::squared>{rate});
    case UtilityKind::threshold: return run(Utility<UtilityKind::threshold>{rate});
    case UtilityKind::exponential: return run(Utility<UtilityKind::exponential>{rate});
  }
}

}  // namespace bellshard::dp
