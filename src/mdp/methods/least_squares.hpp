#pragma once
#include "kernels/linalg/combinations.hpp"

namespace bellshard::mdp {

/// Factors x that minimise |f - sum of x[k] d[k]|, from the products of the vectors d[0], ..., d[count - 1] and, last, f. The columns are
/// brought to the same length and a little is added to the diagonal, so that nearly dependent ones share their part (Tikhonov); solved by
/// Cholesky. Vectors of length 0 get 0. All 0 where the products are no numbers.
linalg::Factors least_squares(linalg::ProductTable const& products, int count);

}  // namespace bellshard::mdp
