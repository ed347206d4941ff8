#pragma once
#include <cstdint>
#include <vector>

#include "kernels/linalg/vectors.hpp"
#include "src/mdp/operator.hpp"

namespace bellshard::mdp {

enum class LinearMethod { gmres, bicgstab };

/// How a linear solve went.
struct LinearOutcome {
  std::int64_t products = 0;  ///< with the policy's matrix
  double reduction = 1;       ///< 2-norm of the residual, last over first
};

/// Solves x = b + discount P_policy x by restarted GMRES (Saad & Schultz 1986) or BiCGStab (van der Vorst 1992), for one
/// policy after the other of the same operator. Vectors are made once. Sums over ranks are added in MPI's order: the bits depend
/// on the number of ranks.
class PolicyEquation {
 public:
  PolicyEquation(Operator& op, LinearMethod method, int restart = 30);

  /// x [local storage] is the start and becomes the solution; b too is in local storage. Ends when the residual fell to
  /// `reduction` of its start, or after about `most_products` products; x is never worse than it was, in the 2-norm.
  LinearOutcome solve(Array<std::int32_t const> const& action, Array<double const> const& b, Array<double> const& x, double reduction,
                      std::int64_t most_products);

 private:
  Array<double> vector(char const* label) const;
  double norm(Array<double> const& x) const;
  double dot(Array<double> const& x, Array<double> const& y) const;
  /// out = x - discount P x
  void apply(Array<std::int32_t const> const& action, Array<double> const& x, Array<double> const& out);
  /// out = b - (x - discount P x)
  void residual(Array<std::int32_t const> const& action, Array<double const> const& b, Array<double> const& x, Array<double> const& out);
  LinearOutcome gmres(Array<std::int32_t const> const& action, Array<double const> const& b, Array<double> const& x, double reduction,
                      std::int64_t most_products);
  LinearOutcome bicgstab(Array<std::int32_t const> const& action, Array<double const> const& b, Array<double> const& x,
                         double reduction, std::int64_t most_products);

  Operator& op_;
  LinearMethod method_;
  linalg::Part own_;
  std::vector<Array<double>> basis_;  ///< gmres: restart + 1 vectors; bicgstab: seven
};

}  // namespace bellshard::mdp
