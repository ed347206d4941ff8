#pragma once
#include "kernels/linalg/vectors.hpp"

namespace bellshard::linalg {

/// Some vectors in local storage, by value, for kernels that read them all at once.
struct VectorList {
  static constexpr int most = 11;
  double const* vector[most] = {};
  int count = 0;

  void add(Array<double> const& x) { vector[count++] = x.data(); }
};

/// Products of all pairs of at most VectorList::most vectors: entry row * most + column, column <= row.
struct ProductTable {
  static constexpr int entries = VectorList::most * VectorList::most;
  double entry[entries] = {};

  double operator()(int row, int column) const { return entry[(row >= column ? row : column) * VectorList::most + (row >= column ? column : row)]; }
};

namespace detail {

/// Sums of pieces of the part: one pass over memory, in eight lanes that a compiler makes a vector of.
struct Products {
  using value_type = double[];
  static constexpr int piece = 512;
  unsigned value_count = ProductTable::entries;
  VectorList list;
  Part part;

  KOKKOS_FUNCTION void operator()(std::int64_t k, double* sum) const {
    std::int64_t const begin = part.first + k * piece, last = part.first + part.size;
    std::int64_t const end = begin + piece < last ? begin + piece : last;
    for (int row = 0; row < list.count; ++row) {
      for (int column = 0; column <= row; ++column) {
        sum[row * VectorList::most + column] += product(list.vector[row], list.vector[column], begin, end);
      }
    }
  }
  KOKKOS_FUNCTION static double product(double const* x, double const* y, std::int64_t begin, std::int64_t end) {
    constexpr int lanes = 8;
    double sum[lanes] = {};
    std::int64_t i = begin;
    for (; i + lanes <= end; i += lanes) {
      for (int l = 0; l < lanes; ++l) sum[l] += x[i + l] * y[i + l];
    }
    for (; i < end; ++i) sum[0] += x[i] * y[i];
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
  }

  KOKKOS_FUNCTION void init(double* sum) const {
    for (unsigned k = 0; k < value_count; ++k) sum[k] = 0;
  }
  KOKKOS_FUNCTION void join(double* into, double const* from) const {
    for (unsigned k = 0; k < value_count; ++k) into[k] += from[k];
  }
  KOKKOS_FUNCTION void join(double volatile* into, double const volatile* from) const {  // Kokkos before 4
    for (unsigned k = 0; k < value_count; ++k) into[k] = into[k] + from[k];
  }
};

}  // namespace detail

/// Products of all pairs of the list over the part of this rank.
inline ProductTable products(Execution const& execution, Part part, VectorList const& list) {
  ProductTable table;
  std::int64_t const pieces = (part.size + detail::Products::piece - 1) / detail::Products::piece;
  detail::Products sums;
  sums.list = list;
  sums.part = part;
  Kokkos::parallel_reduce("bellshard::linalg::products", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, pieces), sums,
                          table.entry);
  return table;
}

/// How much of each vector of a list.
struct Factors {
  double factor[VectorList::most] = {};
};

/// y += sum of factor[k] x[k].
inline void add_combination(Execution const& execution, Part part, VectorList const& x, Factors const& factors, Array<double> const& y) {
  Kokkos::parallel_for(
      "bellshard::linalg::add_combination", over(execution, part), KOKKOS_LAMBDA(std::int64_t i) {
        double sum = y(i);
        for (int k = 0; k < x.count; ++k) sum += factors.factor[k] * x.vector[k][i];
        y(i) = sum;
      });
}

}  // namespace bellshard::linalg
