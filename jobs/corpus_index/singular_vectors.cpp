#include "jobs/corpus_index/singular_vectors.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/sample/philox.hpp"
#include "src/dense/dense.hpp"
#include "src/dist/gather.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::corpus_index {
namespace {

constexpr std::uint32_t purpose_start = 0x15;
constexpr double negligible = 1e-14;  // of the largest eigenvalue of a Gram matrix: rounding, no direction

linalg::Panels block(std::string const& label, std::int64_t panels, std::int64_t rows) {
  return linalg::Panels(label, static_cast<std::size_t>(panels), static_cast<std::size_t>(rows));
}

/// Independent standard normal numbers, two from a draw (Box & Muller 1958); entry (row, column) is the same on every rank.
void fill_normal(linalg::Panels const& x, std::uint32_t seed) {
  auto const rows = static_cast<std::int64_t>(x.extent(1));
  Kokkos::parallel_for(
      "bellshard::corpus_index::fill_normal", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(0, static_cast<std::int64_t>(x.extent(0)) * rows),
      KOKKOS_LAMBDA(std::int64_t item) {
        std::int64_t const p = item / rows, r = item % rows;
        for (int l = 0; l < linalg::lanes; l += 2) {
          auto const draw = sample::draw_block(seed, purpose_start, static_cast<std::uint64_t>(r), static_cast<std::uint64_t>(p * linalg::lanes + l));
          double const radius = ::sqrt(-2 * ::log(sample::uniform(draw.word[0], draw.word[1])));
          double const angle = 6.283185307179586 * sample::uniform(draw.word[2], draw.word[3]);
          x(p, r, l) = radius * ::cos(angle);
          x(p, r, l + 1) = radius * ::sin(angle);
        }
      });
}

/// A tall thin block whose rows are sharded, and what is done with it as a whole.
class ShardedBlock {
 public:
  ShardedBlock(Context& context, Partition const& axis, std::int64_t panels)
      : context_(context),
        panels_(panels),
        own_(block("bellshard::corpus_index::own_rows", panels, axis.block(context.rank()).size())),
        space_(block("bellshard::corpus_index::own_space", panels, axis.block(context.rank()).size())),
        factor_(block("bellshard::corpus_index::factor", panels, panels * linalg::lanes)),
        gram_(panels, axis.block(context.rank()).size()) {}

  linalg::Panels const& own() const { return own_; }
  std::int64_t columns() const { return panels_ * linalg::lanes; }

  /// Eigenvalues and eigenvectors of the inner products of all columns; the same bits on every rank.
  dense::SymmetricEigen inner_products() const {
    auto gram = gram_(Execution(), own_);
    sum_over_ranks(context_.comm(), gram);
    dense::SymmetricEigen eigen;
    together(context_.comm(), [&] {
      if (context_.root()) eigen = dense::symmetric_eigen(gram, columns());
    });
    eigen.value.resize(static_cast<std::size_t>(columns()));
    eigen.vector.resize(gram.size());
    broadcast_from_root(context_.comm(), eigen.value);
    broadcast_from_root(context_.comm(), eigen.vector);
    return eigen;
  }

  /// Columns V weight(k): the principal axes, each times its weight.
  template <class Weight>
  void turn(dense::SymmetricEigen const& eigen, Weight const& weight) {
    auto const n = static_cast<std::size_t>(columns());
    auto const host = Kokkos::create_mirror_view(factor_);
    for (std::size_t k = 0; k < n; ++k) {
      auto const times = eigen.value[k] > negligible * eigen.value[0] ? weight(k) : 0.0;
      for (std::size_t i = 0; i < n; ++i) host(k / linalg::lanes, i, k % linalg::lanes) = times * eigen.vector[i * n + k];
    }
    Kokkos::deep_copy(factor_, host);
    linalg::times_small(Execution(), own_, factor_, space_);
    std::swap(own_, space_);
  }

  /// Columns of length 1 at right angles that span the same; returns the singular values of what was there. Twice, as once leaves an error of the condition squared.
  std::vector<double> orthonormalise() {
    std::vector<double> singular;
    for (int time = 0; time < 2; ++time) {
      auto const eigen = inner_products();
      if (time == 0) {
        for (auto const value : eigen.value) singular.push_back(std::sqrt(std::max(0.0, value)));
      }
      turn(eigen, [&](std::size_t k) { return 1 / std::sqrt(eigen.value[k]); });
    }
    return singular;
  }

  /// All rows, on every rank.
  void gather(linalg::Panels const& all) const {
    auto const own = on_host();
    auto const host = Kokkos::create_mirror_view(all);
    auto const panel = own.extent(1) * linalg::lanes;
    for (std::size_t p = 0; p < own.extent(0); ++p) {
      auto const rows = gather_from_ranks(context_.comm(), {own.data() + p * panel, own.data() + (p + 1) * panel});
      std::copy(rows.begin(), rows.end(), host.data() + p * rows.size());
    }
    Kokkos::deep_copy(all, host);
  }

  linalg::Panels::HostMirror on_host() const {
    Execution().fence();
    return Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), own_);
  }

 private:
  Context& context_;
  std::int64_t panels_;
  linalg::Panels own_, space_, factor_;
  linalg::GramMatrix gram_;
};

/// For each component, 1 or -1: the sign of its entry of greatest magnitude, the first one where several are as great.
std::vector<double> signs(Context& context, Block own, linalg::Panels::HostMirror const& x, std::int64_t components) {
  std::vector<double> most;  // magnitude, sign, row of each component
  for (std::int64_t c = 0; c < components; ++c) {
    double magnitude = 0, sign = 1;
    for (std::int64_t r = 0; r < own.size(); ++r) {
      double const entry = x(c / linalg::lanes, r, c % linalg::lanes);
      if (std::abs(entry) > magnitude) magnitude = std::abs(entry), sign = entry < 0 ? -1 : 1;
    }
    most.insert(most.end(), {magnitude, sign});
  }
  auto const all = gather_from_ranks(context.comm(), most);
  std::vector<double> sign(static_cast<std::size_t>(components), 1.0);
  for (std::size_t c = 0; c < sign.size(); ++c) {
    double magnitude = 0;
    for (auto k = 2 * c; k < all.size(); k += most.size()) {  // ranks own ascending rows
      if (all[k] > magnitude) magnitude = all[k], sign[c] = all[k + 1];
    }
  }
  return sign;
}

}  // namespace

WeightedLeftVectors weighted_left_vectors(Context& context, MutualInformation const& information, VectorConfig const& config) {
  auto const own = information.axis.block(context.rank());
  auto const panels = config.columns() / linalg::lanes;
  auto const all = block("bellshard::corpus_index::all_rows", panels, information.axis.size());
  ShardedBlock left(context, information.axis, panels), right(context, information.axis, panels);
  WeightedLeftVectors found;
  fill_normal(all, static_cast<std::uint32_t>(config.seed));
  for (std::int64_t pass = 0; pass < config.iterations; ++pass) {
    linalg::sparse_times_panels(Execution(), information.matrix, all, left.own());
    auto const singular = left.orthonormalise();
    left.gather(all);
    linalg::sparse_times_panels(Execution(), information.transposed, all, right.own());
    right.orthonormalise();
    right.gather(all);
    if (pass > 0) found.singular_value = singular;  // before, the columns were random
  }
  linalg::sparse_times_panels(Execution(), information.matrix, all, left.own());
  auto const eigen = left.inner_products();
  std::vector<double> singular;
  for (std::int64_t c = 0; c < config.components; ++c) singular.push_back(std::sqrt(std::max(0.0, eigen.value[static_cast<std::size_t>(c)])));
  for (std::size_t c = 0; c < singular.size(); ++c) {
    auto const before = found.singular_value.empty() ? 0 : found.singular_value[c];
    if (singular[c] > 0) found.last_change = std::max(found.last_change, std::abs(singular[c] - before) / singular[c]);
  }
  found.singular_value = singular;
  left.turn(eigen, [&](std::size_t k) { return std::pow(eigen.value[k], (config.exponent - 1) / 2); });

  auto const host = left.on_host();
  auto const sign = signs(context, own, host, config.components);
  found.value.reserve(static_cast<std::size_t>(own.size() * config.components));
  for (std::int64_t r = 0; r < own.size(); ++r) {
    for (std::int64_t c = 0; c < config.components; ++c) found.value.push_back(sign[static_cast<std::size_t>(c)] * host(c / linalg::lanes, r, c % linalg::lanes));
  }
  return found;
}

double block_bytes(std::int64_t rows, std::int64_t own, std::int64_t columns) { return 8.0 * static_cast<double>(columns) * static_cast<double>(rows + 5 * own); }

}  // namespace bellshard::corpus_index
