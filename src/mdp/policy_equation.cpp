#include "src/mdp/policy_equation.hpp"

#include <cmath>
#include <limits>

#include "src/dist/reduce.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {

PolicyEquation::PolicyEquation(Operator& op, LinearMethod method, int restart)
    : op_(op), method_(method), own_{op.own_first(), op.own().size()} {
  int const vectors = method == LinearMethod::gmres ? restart + 1 : 7;
  for (int k = 0; k < vectors; ++k) basis_.push_back(vector("bellshard::mdp::krylov"));
}

Array<double> PolicyEquation::vector(char const* label) const {
  return large_array<Array<double>>(label, static_cast<std::size_t>(op_.local_items()));
}

double PolicyEquation::dot(Array<double> const& x, Array<double> const& y) const {
  return sum_over_ranks(op_.comm(), linalg::dot(Execution(), own_, x, y));
}

double PolicyEquation::norm(Array<double> const& x) const { return std::sqrt(dot(x, x)); }

void PolicyEquation::apply(Array<std::int32_t const> const& action, Array<double> const& x, Array<double> const& out) {
  op_.expect(action, x, out);
  linalg::combine(Execution(), own_, 1, x, -1, out, out);
}

void PolicyEquation::residual(Array<std::int32_t const> const& action, Array<double const> const& b, Array<double> const& x,
                              Array<double> const& out) {
  apply(action, x, out);
  linalg::combine(Execution(), own_, 1, b, -1, out, out);
}

LinearOutcome PolicyEquation::solve(Array<std::int32_t const> const& action, Array<double const> const& b, Array<double> const& x,
                                    double reduction, std::int64_t most_products) {
  return method_ == LinearMethod::gmres ? gmres(action, b, x, reduction, most_products)
                                        : bicgstab(action, b, x, reduction, most_products);
}

namespace {

/// A plane rotation that turns (a, b) into (r, 0).
struct Rotation {
  double c = 1, s = 0;
  static Rotation onto(double a, double b) {
    double const r = std::hypot(a, b);
    return r > 0 ? Rotation{a / r, b / r} : Rotation{};
  }
  void turn(double& a, double& b) const {
    double const kept = c * a + s * b;
    b = c * b - s * a;
    a = kept;
  }
};

}  // namespace

LinearOutcome PolicyEquation::gmres(Array<std::int32_t const> const& action, Array<double const> const& b, Array<double> const& x,
                                    double reduction, std::int64_t most_products) {
  auto const steps = basis_.size() - 1;
  LinearOutcome outcome;
  double first = -1;
  double last = std::numeric_limits<double>::infinity();
  while (true) {
    residual(action, b, x, basis_[0]);
    ++outcome.products;
    double const beta = norm(basis_[0]);
    if (first < 0) first = beta;
    outcome.reduction = first > 0 ? beta / first : 0;
    // A restart that gained nothing stays without gain.
    if (!(beta > reduction * first) || outcome.products >= most_products || beta > 0.9 * last) return outcome;
    last = beta;

    linalg::combine(Execution(), own_, 1 / beta, basis_[0], 0, basis_[0], basis_[0]);
    std::vector<std::vector<double>> column;  // of the triangular factor
    std::vector<Rotation> rotations;
    std::vector<double> right{beta};
    std::size_t used = 0;
    while (used < steps && outcome.products < most_products) {
      auto const& next = basis_[used + 1];
      apply(action, basis_[used], next);
      ++outcome.products;
      std::vector<double> h(used + 2);
      for (std::size_t k = 0; k <= used; ++k) {
        h[k] = dot(basis_[k], next);
        linalg::add_multiple(Execution(), own_, -h[k], basis_[k], next);
      }
      double below = norm(next);
      double const length = below;
      for (std::size_t k = 0; k < used; ++k) rotations[k].turn(h[k], h[k + 1]);
      auto const rotation = Rotation::onto(h[used], below);
      rotation.turn(h[used], below);
      rotations.push_back(rotation);
      h.resize(used + 1);
      column.push_back(h);
      right.push_back(0);
      rotation.turn(right[used], right[used + 1]);
      ++used;
      if (!(std::fabs(right[used]) > reduction * first) || !(length > 1e-14 * beta)) break;
      linalg::combine(Execution(), own_, 1 / length, next, 0, next, next);
    }
    for (std::size_t k = used; k-- > 0;) {
      for (std::size_t j = k + 1; j < used; ++j) right[k] -= column[j][k] * right[j];
      if (column[k][k] == 0) return outcome;  // a singular system: x stays as it was
      right[k] /= column[k][k];
    }
    for (std::size_t k = 0; k < used; ++k) linalg::add_multiple(Execution(), own_, right[k], basis_[k], x);
  }
}

LinearOutcome PolicyEquation::bicgstab(Array<std::int32_t const> const& action, Array<double const> const& b, Array<double> const& x,
                                       double reduction, std::int64_t most_products) {
  auto const &r = basis_[0], &shadow = basis_[1], &p = basis_[2], &v = basis_[3], &t = basis_[4], &best = basis_[5], &work = basis_[6];
  Execution const execution;
  LinearOutcome outcome;
  residual(action, b, x, r);
  outcome.products = 1;
  Kokkos::deep_copy(shadow, r);
  Kokkos::deep_copy(p, r);
  Kokkos::deep_copy(best, x);
  double const first = norm(r);
  if (first == 0) return {1, 0};
  double rho = first * first, least = first;
  while (outcome.products < most_products) {
    apply(action, p, v);
    double const alpha = rho / dot(shadow, v);
    if (!std::isfinite(alpha)) break;
    linalg::combine(execution, own_, 1, r, -alpha, v, work);  // half a step
    apply(action, work, t);
    outcome.products += 2;
    double const tt = dot(t, t);
    double const omega = tt > 0 ? dot(t, work) / tt : 0;
    linalg::add_multiple(execution, own_, alpha, p, x);
    linalg::add_multiple(execution, own_, omega, work, x);
    linalg::combine(execution, own_, 1, work, -omega, t, r);
    double const length = norm(r);
    if (!std::isfinite(length)) break;
    if (length < least) {
      least = length;
      Kokkos::deep_copy(best, x);
    }
    if (length <= reduction * first || omega == 0) break;
    double const next = dot(shadow, r);
    double const beta = next / rho * (alpha / omega);
    if (!std::isfinite(beta) || next == 0) break;
    linalg::add_multiple(execution, own_, -omega, v, p);
    linalg::combine(execution, own_, 1, r, beta, p, p);
    rho = next;
  }
  Kokkos::deep_copy(x, best);
  outcome.reduction = least / first;
  return outcome;
}

}  // namespace bellshard::mdp
