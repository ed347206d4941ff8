#pragma once
#include <Kokkos_Core.hpp>

#include "kernels/execution.hpp"

namespace bellshard::dp {

/// visit(i) for i in 0 .. n-1 over the vector lanes of one thread of a team; no call may read what another one writes.
template <class Thread, class Visit>
KOKKOS_INLINE_FUNCTION void for_lanes(Thread const& thread, int n, Visit const& visit) {
  if constexpr (runs_on_host) {
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC ivdep
#endif
    for (int i = 0; i < n; ++i) visit(i);
  } else {
    Kokkos::parallel_for(Kokkos::ThreadVectorRange(thread, n), visit);
  }
}

/// The sum of term(i) over the vector lanes of one thread; on the host the compiler's vectors, so their width decides the rounding.
template <class Thread, class Term>
KOKKOS_INLINE_FUNCTION double sum_lanes(Thread const& thread, int n, Term const& term) {
  if constexpr (runs_on_host) {
    double sum = 0;
#if defined(_OPENMP)
#pragma omp simd reduction(+ : sum)
#endif
    for (int i = 0; i < n; ++i) sum += term(i);
    return sum;
  } else {
    double sum = 0;
    Kokkos::parallel_reduce(Kokkos::ThreadVectorRange(thread, n), [&](int i, double& part) { part += term(i); }, sum);
    return sum;
  }
}

}  // namespace bellshard::dp
