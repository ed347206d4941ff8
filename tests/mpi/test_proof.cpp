#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "src/dist/reduce.hpp"
#include "src/mdp/problem.hpp"
#include "src/mdp/proof.hpp"
#include "tests/mpi/sparse_fixture.hpp"
#include "tests/unit/generated_rows.hpp"

using namespace bellshard;
using reference::DenseMdp;
using sparse_fixture::Sharded;
using sparse_fixture::uneven;

namespace {

/// An operator that claims that a sweep changes nothing, whatever it does: bounds made from that are wrong.
class Boasting final : public mdp::Operator {
 public:
  explicit Boasting(mdp::Operator& honest) : honest_(honest) {}
  MPI_Comm comm() const override { return honest_.comm(); }
  Partition const& states() const override { return honest_.states(); }
  Block own() const override { return honest_.own(); }
  std::int64_t local_items() const override { return honest_.local_items(); }
  std::int64_t own_first() const override { return honest_.own_first(); }
  dp::Objective objective() const override { return honest_.objective(); }
  double discount() const override { return honest_.discount(); }
  mdp::SweepCost cost() const override { return honest_.cost(); }
  double rounding(double largest) const override { return honest_.rounding(largest); }
  void refresh(Array<double> const& values) override { honest_.refresh(values); }
  mdp::Change backup(Array<double> const& in, Array<double> const& out, Array<std::int32_t> const& action) override { return honest_.backup(in, out, action); }
  mdp::Change backup(Array<double> const& in, Array<double> const& out) override { return honest_.backup(in, out); }
  mdp::Change backup_accurately(Array<double> const& in, Array<double> const& out) override { return honest_.backup_accurately(in, out); }
  mdp::Change sweep_in_place(Array<double> const& values, Order order, double relaxation) override { return honest_.sweep_in_place(values, order, relaxation); }
  mdp::Change sweep_part(Array<double> const& values, Array<double> const& copy, Block part, Order order) override {
    return honest_.sweep_part(values, copy, part, order);
  }
  Array<std::int32_t> links(std::int64_t block_states) override { return honest_.links(block_states); }
  void rewards(Array<std::int32_t const> const& action, Array<double> const& out) override { honest_.rewards(action, out); }
  void expect(Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) override { honest_.expect(action, in, out); }
  mdp::Change evaluate(Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) override { return honest_.evaluate(action, in, out); }
  mdp::Change count_steps(Array<double> const& values, double margin, Array<double> const& in, Array<double> const& out, Array<std::int32_t> const& action) override {
    return honest_.count_steps(values, margin, in, out, action);
  }
  mdp::Change enclosing_change(Array<double> const&) override { return {0, 0}; }
  Violations verify(Array<double> const& values, Array<double> const& weight, double low, double high, double most) override { return honest_.verify(values, weight, low, high, most); }

 private:
  mdp::Operator& honest_;
};

/// Both stay: values 1 / (1 - discount) and 2 / (1 - discount).
DenseMdp two_that_stay(double discount) {
  DenseMdp model;
  model.actions = {{{1, {1, 0}}}, {{2, {0, 1}}}};
  model.discount = discount;
  return model;
}

/// lower and upper of the own states.
std::pair<std::vector<double>, std::vector<double>> bounds_of(mdp::Prover const& prover, mdp::Operator const& op) {
  Array<double> const side("test::side", static_cast<std::size_t>(op.own().size()));
  auto const read = [&](dp::ShiftedValues const& values) {
    dp::write_values(Execution(), {op.own_first(), op.own().size()}, values, side);
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), side);
    return std::vector<double>(host.data(), host.data() + host.size());
  };
  auto lower = read(prover.bounds().lower());
  return {lower, read(prover.bounds().upper())};
}

}  // namespace

TEST_CASE("bounds that their verifying sweep refutes are not proven") {
  Sharded const sharded(MPI_COMM_WORLD, uneven(2), two_that_stay(0.5), mdp::StorageChoice::indexed);
  Boasting boasting(*sharded.op);
  mdp::Prover prover(boasting, 1e-6);

  auto const proof = prover.prove(sharded.values({0, 0}), {0, 0});

  CHECK_FALSE(proof.holds);
  CHECK(std::isinf(proof.width));
  auto const [lower, upper] = bounds_of(prover, *sharded.op);
  for (double bound : lower) CHECK(bound == -INFINITY);
  for (double bound : upper) CHECK(bound == INFINITY);
}

TEST_CASE("proven bounds hold the values and are as wide as they say") {
  double const discount = GENERATE(0.5, 0.99);
  Sharded const sharded(MPI_COMM_WORLD, uneven(2), two_that_stay(discount), mdp::StorageChoice::indexed);
  mdp::Prover prover(*sharded.op, 1e-6);
  auto const values = sharded.values({0.9 / (1 - discount), 2.1 / (1 - discount)});

  auto const proof = prover.prove(values, {-1, 1});

  REQUIRE(proof.holds);
  auto const [lower, upper] = bounds_of(prover, *sharded.op);
  double width = 0;
  auto const moved = sharded.own(values);
  for (std::size_t i = 0; i < lower.size(); ++i) {
    double const truth = (sharded.op->own().begin + static_cast<std::int64_t>(i) == 0 ? 1 : 2) / (1 - discount);
    CHECK(lower[i] <= truth);
    CHECK(upper[i] >= truth);
    width = std::max(width, (upper[i] - lower[i]) / std::max(std::abs(moved[i]), proof.floor));
  }
  CHECK(max_over_ranks(MPI_COMM_WORLD, width) == proof.width);
  CHECK(proof.width < 1);
}

TEST_CASE("discounted bounds of a model by formula take one sweep, hold the closed form, and stand a verifying sweep") {
  double const discount = GENERATE(0.9, 0.96);
  int const backups = GENERATE(3, 60);
  auto const source = make_source("forest", "states = 3\nstorage = \"matrix_free\"");
  auto const op = source->matrix_free(MPI_COMM_WORLD, uneven(3), dp::Objective::max, discount);
  REQUIRE(op->off_one() < 1e-15);
  auto const size = static_cast<std::size_t>(op->local_items());
  Array<double> values("test::values", size), next("test::next", size);
  for (int sweep = 0; sweep < backups; ++sweep) {
    op->backup(values, next);
    std::swap(values, next);
  }
  mdp::Prover prover(*op, 100);

  auto const proof = prover.prove(values, {-1, 1});

  REQUIRE(proof.holds);
  CHECK(prover.sweeps() == 1);
  auto const violations = op->verify(values, {}, prover.bounds().low, prover.bounds().high);
  CHECK(violations.lower == 0);
  CHECK(violations.upper == 0);
  std::vector<double> const truth = discount == 0.9 ? std::vector<double>{26.244, 29.484, 33.484} : std::vector<double>{74.6496, 78.1056, 82.1056};
  auto const [lower, upper] = bounds_of(prover, *op);
  for (std::size_t i = 0; i < lower.size(); ++i) {
    auto const s = static_cast<std::size_t>(op->own().begin) + i;
    CHECK(lower[i] <= truth[s] + 1e-14 * truth[s]);
    CHECK(upper[i] >= truth[s] - 1e-14 * truth[s]);
  }
}

TEST_CASE("where rounding makes bounds from one sweep too wide, verifying sweeps prove narrower ones") {
  auto const source = make_source("forest", "states = 3\nstorage = \"matrix_free\"");
  auto const op = source->matrix_free(MPI_COMM_WORLD, uneven(3), dp::Objective::max, 0.9);
  auto const size = static_cast<std::size_t>(op->local_items());
  Array<double> values("test::values", size), next("test::next", size);
  for (int sweep = 0; sweep < 400; ++sweep) {
    op->backup(values, next);
    std::swap(values, next);
  }
  mdp::Prover generous(*op, 1e-9), strict(*op, 1e-15);

  auto const wide = generous.prove(values, {0, 0}), narrow = strict.prove(values, {0, 0});

  REQUIRE(wide.holds);
  REQUIRE(narrow.holds);
  CHECK(generous.sweeps() == 1);
  CHECK(strict.sweeps() > 1);
  CHECK(narrow.width < wide.width);
}

TEST_CASE("bounds of any origin are refuted at the states where they are none") {
  auto const states = uneven(2);
  auto const own = states.block(sparse_fixture::rank_of_this());
  mdp::Question question;
  question.criterion.kind = mdp::CriterionKind::discounted;
  question.criterion.objective = dp::Objective::max;
  question.criterion.discount = 0.5;
  auto const problem = mdp::make_problem(MPI_COMM_WORLD, states, sparse_fixture::rows_of(two_that_stay(0.5), own), question, {});
  auto const part = [&](std::vector<double> const& all) { return std::vector<double>(all.begin() + own.begin, all.begin() + own.end); };
  auto const refuted = [&](std::vector<double> const& lower, std::vector<double> const& upper) {
    auto const found = problem->refute(part(lower), part(upper));
    return std::pair{found.lower, found.upper};
  };

  CHECK(refuted({1.9, 3.9}, {2.1, 4.1}) == std::pair<std::int64_t, std::int64_t>{0, 0});
  CHECK(refuted({2.1, 3.9}, {2.1, 3.9}) == std::pair<std::int64_t, std::int64_t>{1, 1});
  CHECK(refuted({2.1, 4.1}, {1.9, 4.1}) == std::pair<std::int64_t, std::int64_t>{2, 1});
}
