#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/linalg/cholesky.hpp"

using namespace bellshard;

namespace {

/// A positive definite matrix as plain loops see it: rows x rows.
struct Matrix {
  int rows;
  std::vector<double> entry;
  double& at(int r, int c) { return entry[static_cast<std::size_t>(r * rows + c)]; }
  double at(int r, int c) const { return entry[static_cast<std::size_t>(r * rows + c)]; }
};

std::mt19937 draw(5);

Matrix random_matrix(int rows) {
  Matrix root{rows, {}}, matrix{rows, std::vector<double>(static_cast<std::size_t>(rows * rows), 0.0)};
  for (int i = 0; i < rows * rows; ++i) root.entry.push_back(std::uniform_real_distribution(-1.0, 1.0)(draw));
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < rows; ++c) {
      for (int k = 0; k < rows; ++k) matrix.at(r, c) += root.at(r, k) * root.at(c, k);
    }
    matrix.at(r, r) += 0.1;
  }
  return matrix;
}

/// Random matrices, packs full of them, and their lower halves in packs.
PackedTable packed(std::int64_t packs, int rows, std::vector<Matrix>& matrices) {
  PackedTable const table("test::matrix", static_cast<std::size_t>(packs), static_cast<std::size_t>(linalg::half_entries(rows)));
  auto const host = Kokkos::create_mirror_view(table);
  for (std::int64_t m = 0; m < packs * pack_width; ++m) {
    matrices.push_back(random_matrix(rows));
    for (int r = 0; r < rows; ++r) {
      for (int c = 0; c <= r; ++c) host(static_cast<std::size_t>(m / pack_width), static_cast<std::size_t>(linalg::half_entries(r) + c), static_cast<std::size_t>(m % pack_width)) = matrices.back().at(r, c);
    }
  }
  Kokkos::deep_copy(table, host);
  return table;
}

/// x of matrix x = b and log of the determinant, by elimination without pivots.
std::vector<double> eliminated(Matrix a, std::vector<double> b, double& log_determinant) {
  log_determinant = 0;
  for (int k = 0; k < a.rows; ++k) {
    log_determinant += std::log(a.at(k, k));
    for (int r = k + 1; r < a.rows; ++r) {
      double const factor = a.at(r, k) / a.at(k, k);
      for (int c = k; c < a.rows; ++c) a.at(r, c) -= factor * a.at(k, c);
      b[static_cast<std::size_t>(r)] -= factor * b[static_cast<std::size_t>(k)];
    }
  }
  for (int r = a.rows - 1; r >= 0; --r) {
    for (int c = r + 1; c < a.rows; ++c) b[static_cast<std::size_t>(r)] -= a.at(r, c) * b[static_cast<std::size_t>(c)];
    b[static_cast<std::size_t>(r)] /= a.at(r, r);
  }
  return b;
}

}  // namespace

TEST_CASE("factors of many matrices solve what elimination solves, whatever their size") {
  for (int const rows : {1, 2, 3, 4, 5, 7, 8, 9, 14, 40, 43}) {
    std::int64_t const packs = 3;
    std::vector<Matrix> matrices;
    auto const table = packed(packs, rows, matrices);
    PackedTable const log_determinant("test::log_determinant", packs, 1);

    linalg::factor_all(Execution(), rows, table, log_determinant);
    PackedTable const solved("test::solved", packs, static_cast<std::size_t>(rows));
    Kokkos::parallel_for(
        "test::solve", Kokkos::RangePolicy<Execution>(0, packs), KOKKOS_LAMBDA(std::int64_t pack) {
          auto const p = static_cast<std::size_t>(pack);
          for (int r = 0; r < rows; ++r) store_pack(&solved(p, static_cast<std::size_t>(r), 0), Pack{} + (r + 1.0));
          linalg::solve_lower(&table(p, 0, 0), rows, &solved(p, 0, 0));
          linalg::solve_upper(&table(p, 0, 0), rows, &solved(p, 0, 0));
        });

    auto const found = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), solved), logs = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), log_determinant);
    double worst = 0;
    for (std::size_t m = 0; m < matrices.size(); ++m) {
      std::vector<double> b(static_cast<std::size_t>(rows));
      for (std::size_t r = 0; r < b.size(); ++r) b[r] = static_cast<double>(r + 1);
      double expected_log = 0;
      auto const expected = eliminated(matrices[m], b, expected_log);
      worst = std::max(worst, std::fabs(logs(m / pack_width, 0, m % pack_width) - expected_log) / (1 + std::fabs(expected_log)));
      for (std::size_t r = 0; r < b.size(); ++r) worst = std::max(worst, std::fabs(found(m / pack_width, r, m % pack_width) - expected[r]) / (1 + std::fabs(expected[r])));
    }
    INFO(rows);
    CHECK(worst < 1e-8);
  }
}

TEST_CASE("inverses of many matrices, whatever their size") {
  for (int const rows : {1, 2, 3, 5, 8, 30, 33}) {
    std::int64_t const packs = 2;
    std::vector<Matrix> matrices;
    auto const table = packed(packs, rows, matrices);
    PackedTable const log_determinant("test::log_determinant", packs, 1), inverse("test::inverse", packs, static_cast<std::size_t>(rows * rows));

    linalg::factor_all(Execution(), rows, table, log_determinant);
    linalg::invert_all(Execution(), rows, table, inverse);

    auto const found = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), inverse);
    auto const entry = [&](std::size_t m, int r, int c) { return found(m / pack_width, static_cast<std::size_t>(r * rows + c), m % pack_width); };
    double worst = 0;
    bool symmetric = true;
    for (std::size_t m = 0; m < matrices.size(); ++m) {
      for (int r = 0; r < rows; ++r) {
        for (int c = 0; c < rows; ++c) {
          double sum = r == c ? -1 : 0;
          for (int k = 0; k < rows; ++k) sum += matrices[m].at(r, k) * entry(m, k, c);
          worst = std::max(worst, std::fabs(sum));
          symmetric &= entry(m, r, c) == entry(m, c, r);
        }
      }
    }
    INFO(rows);
    CHECK(worst < 1e-10);
    CHECK(symmetric);
  }
}

TEST_CASE("a matrix that is not positive definite has no finite log determinant") {
  PackedTable const table("test::matrix", 1, 3), log_determinant("test::log_determinant", 1, 1);
  auto const host = Kokkos::create_mirror_view(table);
  for (int lane = 0; lane < pack_width; ++lane) {
    host(0, 0, lane) = host(0, 2, lane) = 1;
    host(0, 1, lane) = lane == 0 ? 2 : 0.5;
  }
  Kokkos::deep_copy(table, host);

  linalg::factor_all(Execution(), 2, table, log_determinant);

  auto const logs = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), log_determinant);
  CHECK(!std::isfinite(logs(0, 0, 0)));
  if (pack_width > 1) CHECK(std::fabs(logs(0, 0, pack_width - 1) - std::log(0.75)) < 1e-14);
}
