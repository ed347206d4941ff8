#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "kernels/linalg/sparse_times_panels.hpp"

using namespace bellshard;

namespace {

using Matrix = std::vector<std::vector<double>>;

Matrix random_matrix(std::mt19937& draw, std::int64_t rows, std::int64_t columns) {
  Matrix x(static_cast<std::size_t>(rows), std::vector<double>(static_cast<std::size_t>(columns)));
  for (auto& row : x) {
    for (auto& entry : row) entry = std::uniform_real_distribution(-1.0, 1.0)(draw);
  }
  return x;
}

linalg::Panels on_device(Matrix const& x, std::int64_t columns) {
  linalg::Panels const panels("test::panels", static_cast<std::size_t>(columns) / linalg::lanes, x.size());
  auto const host = Kokkos::create_mirror_view(panels);
  for (std::size_t r = 0; r < x.size(); ++r) {
    for (std::size_t c = 0; c < x[r].size(); ++c) host(c / linalg::lanes, r, c % linalg::lanes) = x[r][c];
  }
  Kokkos::deep_copy(panels, host);
  return panels;
}

template <class T>
Array<T> on_device(std::vector<T> const& items) {
  Array<T> const array("test::array", items.size());
  auto const host = Kokkos::create_mirror_view(array);
  std::copy(items.begin(), items.end(), host.data());
  Kokkos::deep_copy(array, host);
  return array;
}

void check(linalg::Panels const& panels, Matrix const& expected) {
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), panels);
  for (std::size_t r = 0; r < expected.size(); ++r) {
    for (std::size_t c = 0; c < expected[r].size(); ++c) {
      INFO("row " << r << " of " << expected.size() << ", column " << c << " of " << expected[r].size());
      REQUIRE(host(c / linalg::lanes, r, c % linalg::lanes) == Approx(expected[r][c]).margin(1e-12));
    }
  }
}

}  // namespace

TEST_CASE("a sparse matrix times panels is what a plain loop gives") {
  std::mt19937 draw(3);
  for (std::int64_t const rows : {0, 1, 7, 100}) {
    for (std::int64_t const columns : {8, 24}) {
      std::int64_t const inner = 53;
      auto const x = random_matrix(draw, inner, columns);
      Matrix expected(static_cast<std::size_t>(rows), std::vector<double>(static_cast<std::size_t>(columns)));
      std::vector<std::int64_t> offset{0};
      std::vector<std::int32_t> column;
      std::vector<float> value;
      for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t k = r % 3 == 1 ? 0 : draw() % 40; k > 0; --k) {  // some rows are empty, some columns come twice
          column.push_back(static_cast<std::int32_t>(draw() % inner));
          value.push_back(std::uniform_real_distribution(-2.0f, 2.0f)(draw));
          for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c) {
            expected[static_cast<std::size_t>(r)][c] += static_cast<double>(value.back()) * x[static_cast<std::size_t>(column.back())][c];
          }
        }
        offset.push_back(static_cast<std::int64_t>(column.size()));
      }
      linalg::Panels const y("test::product", static_cast<std::size_t>(columns) / linalg::lanes, static_cast<std::size_t>(rows));

      linalg::sparse_times_panels(Execution(), {on_device(offset), on_device(column), on_device(value)}, on_device(x, columns), y);

      Execution().fence();
      check(y, expected);
    }
  }
}

TEST_CASE("inner products of columns, and panels times a small matrix") {
  std::mt19937 draw(4);
  for (std::int64_t const rows : {0, 1, 8, 13, 2500}) {  // the last has several pieces
    for (std::int64_t const columns : {8, 32}) {
      auto const x = random_matrix(draw, rows, columns), factor = random_matrix(draw, columns, 16);
      auto const n = static_cast<std::size_t>(columns);
      Matrix products(x.size(), std::vector<double>(16));
      std::vector<double> gram(n * n);
      for (std::size_t r = 0; r < x.size(); ++r) {
        for (std::size_t i = 0; i < n; ++i) {
          for (std::size_t j = 0; j < n; ++j) gram[i * n + j] += x[r][i] * x[r][j];
          for (std::size_t j = 0; j < 16; ++j) products[r][j] += x[r][i] * factor[i][j];
        }
      }
      linalg::Panels const y("test::product", 2, x.size());
      linalg::GramMatrix const inner_products(columns / linalg::lanes, rows);

      linalg::times_small(Execution(), on_device(x, columns), on_device(factor, 16), y);
      auto const found = inner_products(Execution(), on_device(x, columns));

      Execution().fence();
      check(y, products);
      for (std::size_t k = 0; k < gram.size(); ++k) REQUIRE(found[k] == Approx(gram[k]).margin(1e-10));
    }
  }
}
