#include <catch2/catch.hpp>
#include <vector>

#include "kernels/dp/sparse_model.hpp"
#include "kernels/dp/sparse_sum.hpp"

using namespace bellshard;

namespace {

/// One pair of any storage, as kernels see it.
template <class Columns, class Probabilities>
struct SomePair {
  std::uint32_t transitions;
  typename Columns::Row column;
  typename Probabilities::Row probability;
};

/// The order of additions by its definition: transition k goes to sum k % 8; then halves are added to halves.
template <class Value>
double by_definition(std::vector<double> const& p, std::vector<std::int64_t> const& column, Value const& value) {
  std::vector<double> part(8, 0.0);
  for (std::size_t k = 0; k < p.size(); ++k) part[k % 8] += p[k] * value[column[k]];
  for (std::size_t half = 4; half > 0; half /= 2) {
    for (std::size_t l = 0; l < half; ++l) part[l] += part[l + half];
  }
  return part[0];
}

struct Numbers {
  std::vector<double> value = std::vector<double>(400), older = std::vector<double>(400);
  std::vector<double> table = std::vector<double>(256);
  Numbers() {
    for (std::size_t i = 0; i < 400; ++i) value[i] = (static_cast<double>(i * 37 % 101) - 50) / 3, older[i] = -value[i] / 7 + 1;
    for (std::size_t i = 0; i < 256; ++i) table[i] = 1.0 / (1.0 + static_cast<double>(i));
  }
};

template <class Columns, class Probabilities>
void check_all_values(SomePair<Columns, Probabilities> const& pair, Numbers const& n) {
  std::vector<double> p;
  std::vector<std::int64_t> column;
  for (std::uint32_t k = 0; k < pair.transitions; ++k) p.push_back(pair.probability[k]), column.push_back(pair.column[k]);
  dp::Magnitude const magnitude{n.value.data()};
  dp::BlockValues const block{n.value.data(), n.older.data(), 150, 60};
  INFO(pair.transitions << " transitions");
  CHECK(dp::SerialSum()(pair, n.value.data()) == by_definition(p, column, n.value));
  CHECK(dp::SerialSum()(pair, magnitude) == by_definition(p, column, magnitude));
  CHECK(dp::SerialSum()(pair, block) == by_definition(p, column, block));
  CHECK(dp::SerialSum::plain(pair, n.value.data()) == by_definition(p, column, n.value));
}

}  // namespace

TEST_CASE("sums of all lengths, storages and kinds of values have the bits of their definition") {
  Numbers const n;
  for (std::uint32_t length = 0; length <= 70; ++length) {
    std::vector<std::int32_t> place(length);
    std::vector<std::int16_t> distance(length);
    std::vector<double> p(length);
    std::vector<float> single_p(length);
    std::vector<std::uint8_t> code(length);
    for (std::uint32_t k = 0; k < length; ++k) {
      place[k] = static_cast<std::int32_t>(k * 53 % 397);
      distance[k] = static_cast<std::int16_t>(place[k] - 200);
      code[k] = static_cast<std::uint8_t>(k * 11 + 3);
      p[k] = n.table[code[k]];
      single_p[k] = static_cast<float>(p[k]);
    }
    dp::IndexedColumns::Row const indexed{place.data()};
    dp::NearColumns::Row const near{distance.data(), 200};
    dp::RunColumns::Row const run{170};
    dp::PlainProbabilities::Row const plain{p.data()};
    dp::SingleProbabilities::Row const single{single_p.data()};
    dp::TabledProbabilities::Row const tabled{code.data(), n.table.data()};

    check_all_values(SomePair<dp::IndexedColumns, dp::PlainProbabilities>{length, indexed, plain}, n);
    check_all_values(SomePair<dp::NearColumns, dp::PlainProbabilities>{length, near, plain}, n);
    check_all_values(SomePair<dp::RunColumns, dp::PlainProbabilities>{length, run, plain}, n);
    check_all_values(SomePair<dp::IndexedColumns, dp::SingleProbabilities>{length, indexed, single}, n);
    check_all_values(SomePair<dp::NearColumns, dp::SingleProbabilities>{length, near, single}, n);
    check_all_values(SomePair<dp::RunColumns, dp::SingleProbabilities>{length, run, single}, n);
    check_all_values(SomePair<dp::IndexedColumns, dp::TabledProbabilities>{length, indexed, tabled}, n);
    check_all_values(SomePair<dp::NearColumns, dp::TabledProbabilities>{length, near, tabled}, n);
    check_all_values(SomePair<dp::RunColumns, dp::TabledProbabilities>{length, run, tabled}, n);
  }
}

TEST_CASE("infinite values: no transition that is not there counts") {
  std::vector<double> const value(64, std::numeric_limits<double>::infinity()), p(64, 0.25);
  std::vector<std::int32_t> const place(64, 3);
  SomePair<dp::IndexedColumns, dp::PlainProbabilities> const pair{3, {place.data()}, {p.data()}};

  CHECK(dp::SerialSum()(pair, value.data()) == std::numeric_limits<double>::infinity());
  CHECK(dp::SerialSum::plain(pair, value.data()) == std::numeric_limits<double>::infinity());
}
