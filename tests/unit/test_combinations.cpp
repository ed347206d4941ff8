#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "src/mdp/methods/least_squares.hpp"

using namespace bellshard;

namespace {

/// Item i of vector k.
double item(int k, std::int64_t i) { return std::cos(1.7 * k + 0.3 * static_cast<double>(i)) + 0.01 * static_cast<double>(i * (k + 1) % 13); }

Array<double> vector_of(int k, std::int64_t size) {
  Array<double> array("test::vector", static_cast<std::size_t>(size));
  auto const host = Kokkos::create_mirror_view(array);
  for (std::int64_t i = 0; i < size; ++i) host(i) = item(k, i);
  Kokkos::deep_copy(array, host);
  return array;
}

}  // namespace

TEST_CASE("products of all pairs over a part, to the last piece and lane") {
  std::int64_t const size = GENERATE(0, 1, 7, 8, 512, 515, 2001);
  linalg::Part const part{3, size};
  std::vector<Array<double>> vectors;
  linalg::VectorList list;
  for (int k = 0; k < 4; ++k) list.add(vectors.emplace_back(vector_of(k, size + 5)));

  auto const found = linalg::products(Execution(), part, list);

  for (int row = 0; row < 4; ++row) {
    for (int column = 0; column < 4; ++column) {
      long double sum = 0, largest = 0;
      for (std::int64_t i = 3; i < 3 + size; ++i) {
        sum += static_cast<long double>(item(row, i)) * item(column, i);
        largest += std::fabs(static_cast<long double>(item(row, i)) * item(column, i));
      }
      INFO(row << ", " << column);
      CHECK(std::fabs(found(row, column) - static_cast<double>(sum)) <= 1e-15 * static_cast<double>(largest));
    }
  }
}

TEST_CASE("a combination is added to the part alone") {
  auto const x = vector_of(0, 20), y = vector_of(1, 20), z = vector_of(2, 20);
  linalg::VectorList list;
  list.add(x), list.add(y);
  linalg::Factors factors;
  factors.factor[0] = 2, factors.factor[1] = -0.5;

  linalg::add_combination(Execution(), {4, 10}, list, factors, z);

  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), z);
  for (std::int64_t i = 0; i < 20; ++i) {
    double const added = i >= 4 && i < 14 ? 2 * item(0, i) - 0.5 * item(1, i) : 0;
    CHECK(host(i) == Approx(item(2, i) + added).epsilon(1e-14));
  }
}

TEST_CASE("least squares find what a vector is made of, whatever the lengths of the columns") {
  // Columns (1, 0, 0), (1e-8, 1e-8, 0); f = (3, 2, 5), of which the last item is out of reach.
  double const columns[3][3] = {{1, 0, 0}, {1e-8, 1e-8, 0}, {3, 2, 5}};
  linalg::ProductTable table;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column <= row; ++column) {
      double sum = 0;
      for (int i = 0; i < 3; ++i) sum += columns[row][i] * columns[column][i];
      table.entry[row * linalg::VectorList::most + column] = sum;
    }
  }

  auto const found = mdp::least_squares(table, 2);

  CHECK(found.factor[0] == Approx(1).epsilon(1e-9));
  CHECK(found.factor[1] == Approx(2e8).epsilon(1e-9));
  CHECK(found.factor[2] == 0);
}

TEST_CASE("columns that say the same share it, empty ones get nothing") {
  // d0 = d1 = (1, 1), d2 = 0, f = (2, 2).
  linalg::ProductTable table;
  auto const entry = [&](int row, int column) -> double& { return table.entry[row * linalg::VectorList::most + column]; };
  entry(0, 0) = entry(1, 0) = entry(1, 1) = 2;
  entry(3, 0) = entry(3, 1) = 4;
  entry(3, 3) = 8;

  auto const found = mdp::least_squares(table, 3);

  CHECK(found.factor[0] + found.factor[1] == Approx(2).epsilon(1e-9));
  CHECK(std::fabs(found.factor[0] - found.factor[1]) < 1e-3);
  CHECK(found.factor[2] == 0);
}
