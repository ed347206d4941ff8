#pragma once
#include <string>

#include "kernels/elementary/exp_log.hpp"
#include "kernels/sample/normal.hpp"
#include "src/base/block.hpp"

namespace bellshard::sample {

/// What random-walk Metropolis chains keep between two calls, for each chain: [pack of chains, slot, lane]. A chain proposes current + exp(log_scale) factor z,
/// z standard normal. Chains that learn adapt factor and log_scale while they burn in, and then leave them as they are.
struct ChainSlots {
  int parameters = 0;

  KOKKOS_FUNCTION int current(int p) const { return p; }
  KOKKOS_FUNCTION int log_density() const { return parameters; }
  KOKKOS_FUNCTION int accepted() const { return parameters + 1; }  ///< proposals after burning in [count]
  KOKKOS_FUNCTION int log_scale() const { return parameters + 2; }
  KOKKOS_FUNCTION int factor(int row, int column) const { return parameters + 3 + row * (row + 1) / 2 + column; }
  KOKKOS_FUNCTION int mean(int p) const { return factor(parameters, 0) + p; }  ///< of the window that is learned from
  KOKKOS_FUNCTION int squares(int row, int column) const { return mean(parameters) + row * (row + 1) / 2 + column; }
  KOKKOS_FUNCTION int count() const { return squares(parameters, 0); }
  KOKKOS_FUNCTION int size() const { return count() + 1; }
};

enum class Proposal { fixed, learned };

struct ChainPlan {
  std::uint32_t seed = 1, purpose = 0;
  Proposal proposal = Proposal::fixed;
  std::int64_t burn_in = 0;  ///< steps [count]
  std::int64_t thin = 1;     ///< steps from one kept draw to the next [count]
  std::int64_t kept(std::int64_t steps) const { return steps > burn_in ? (steps - burn_in - 1) / thin + 1 : 0; }
};

namespace detail {

inline constexpr std::int64_t first_window = 100;  // steps; each window is twice as long as the one before
inline constexpr double best_acceptance = 0.25;

/// The lanes of one pack of chains. Density: `static constexpr int parameters` and a device function (pack of chains, Pack const (&)[parameters]) -> Pack,
/// the log density; not a number or -infinity where a point is impossible.
template <class Density>
struct MetropolisPack {
  static constexpr int n = Density::parameters;
  Density density;
  ChainPlan plan;
  std::int64_t first_chain;  // of this rank
  Block steps;
  PackedTable state, kept;  // [pack, slot, lane], [pack, draw * (n + 1) + parameter or the log density, lane]

  KOKKOS_FUNCTION void operator()(std::int64_t pack) const {
    ChainSlots const slots{n};
    double* const mine = &state(static_cast<std::size_t>(pack), 0, 0);
    for (auto step = steps.begin; step < steps.end; ++step) {
      double proposed[n][pack_width], log_uniform[pack_width];
      for (int lane = 0; lane < pack_width; ++lane) propose(mine, pack, step, lane, proposed, log_uniform);
      Pack point[n];
      for (int p = 0; p < n; ++p) point[p] = load_pack(proposed[p]);
      Pack const packed = density(pack, point);
      double log_density[pack_width];
      store_pack(log_density, packed);
      for (int lane = 0; lane < pack_width; ++lane) {
        double& current = mine[slots.log_density() * pack_width + lane];
        bool const accept = log_uniform[lane] < log_density[lane] - current;
        if (accept) {
          current = log_density[lane];
          for (int p = 0; p < n; ++p) mine[p * pack_width + lane] = proposed[p][lane];
        }
        if (step >= plan.burn_in) mine[slots.accepted() * pack_width + lane] += accept ? 1 : 0;
        else if (plan.proposal == Proposal::learned) learn(mine, step, lane, accept);
      }
      if (step >= plan.burn_in && (step - plan.burn_in) % plan.thin == 0) {
        auto const draw = (step - plan.burn_in) / plan.thin;
        for (int p = 0; p <= n; ++p) store_pack(&kept(static_cast<std::size_t>(pack), static_cast<std::size_t>(draw * (n + 1) + p), 0), load_pack(mine + p * pack_width));
      }
    }
  }

  KOKKOS_FUNCTION void propose(double const* mine, std::int64_t pack, std::int64_t step, int lane, double (&proposed)[n][pack_width], double (&log_uniform)[pack_width]) const {
    ChainSlots const slots{n};
    constexpr std::uint64_t numbers = (n + 2) / 2 * 2;  // of a step: whole blocks
    auto const chain = first_chain + pack * pack_width + lane;
    Stream stream(plan.seed, plan.purpose, static_cast<std::uint64_t>(chain));
    stream.skip_to(static_cast<std::uint64_t>(step) * numbers);
    log_uniform[lane] = -exponential(stream.uniform());
    double z[n];
    for (int p = 0; p < n; ++p) z[p] = stream.normal();
    double const log_scale = mine[slots.log_scale() * pack_width + lane], scale = log_scale == 0 ? 1 : exponential_function(log_scale);
    for (int p = 0; p < n; ++p) {
      double sum = 0;
      for (int q = 0; q <= p; ++q) sum += mine[slots.factor(p, q) * pack_width + lane] * z[q];
      proposed[p][lane] = mine[p * pack_width + lane] + scale * sum;
    }
  }

  /// Steps towards the best acceptance; at the end of a window its covariance becomes that of the proposals (Haario et al. 2001).
  KOKKOS_FUNCTION void learn(double* mine, std::int64_t step, int lane, bool accepted) const {
    ChainSlots const slots{n};
    auto const at = [mine, lane](int slot) -> double& { return mine[slot * pack_width + lane]; };
    double const count = at(slots.count()) += 1;
    at(slots.log_scale()) += ((accepted ? 1.0 : 0.0) - best_acceptance) / ::sqrt(count);
    double before[n];
    for (int p = 0; p < n; ++p) {
      before[p] = at(p) - at(slots.mean(p));
      at(slots.mean(p)) += before[p] / count;
    }
    for (int p = 0; p < n; ++p) {
      for (int q = 0; q <= p; ++q) at(slots.squares(p, q)) += before[p] * (at(q) - at(slots.mean(q)));
    }
    std::int64_t end = first_window;
    while (end < step + 1) end *= 2;
    if (end != step + 1) return;
    double factor[n][n] = {};
    bool spread = true;
    for (int p = 0; p < n; ++p) {
      for (int q = 0; q <= p; ++q) {
        double sum = at(slots.squares(p, q)) / (count - 1);
        if (p == q) sum *= 1 + 1e-6;
        for (int k = 0; k < q; ++k) sum -= factor[p][k] * factor[q][k];
        if (p == q) spread = spread && sum > 0;
        factor[p][q] = p == q ? ::sqrt(sum) : sum / factor[q][q];
      }
    }
    if (spread) {
      for (int p = 0; p < n; ++p) {
        for (int q = 0; q <= p; ++q) at(slots.factor(p, q)) = factor[p][q];
      }
      at(slots.log_scale()) = -0.5 * logarithm(n / 5.6644);  // 2.38 / sqrt(n), Gelman et al. 1996
    }
    for (int p = 0; p < n; ++p) at(slots.mean(p)) = 0;
    for (int p = 0; p < n; ++p) {
      for (int q = 0; q <= p; ++q) at(slots.squares(p, q)) = 0;
    }
    at(slots.count()) = 0;
  }
};

/// The log density at the points where the chains stand.
template <class Density>
struct MetropolisStart {
  Density density;
  PackedTable state;

  KOKKOS_FUNCTION void operator()(std::int64_t pack) const {
    constexpr int n = Density::parameters;
    auto const p0 = static_cast<std::size_t>(pack);
    Pack point[n];
    for (int p = 0; p < n; ++p) point[p] = load_pack(&state(p0, static_cast<std::size_t>(p), 0));
    store_pack(&state(p0, n, 0), density(pack, point));
  }
};

}  // namespace detail

/// Fills the slot log_density of chains whose slots `current` are set.
template <class Density>
void start_chains(Execution const& execution, Density const& density, PackedTable const& state) {
  Kokkos::parallel_for("bellshard::sample::start_chains", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, static_cast<std::int64_t>(state.extent(0))),
                       detail::MetropolisStart<Density>{density, state});
}

/// Steps [steps.begin, steps.end) of the chains first_chain ..., each with the random numbers of its global number: no result depends on how chains lie in packs or on ranks.
/// kept [pack, draw * (parameters + 1) + parameter, lane]; the last of a draw is its log density.
template <class Density>
void metropolis(Execution const& execution, Density const& density, ChainPlan const& plan, std::int64_t first_chain, Block steps, PackedTable const& state, PackedTable const& kept) {
  Kokkos::parallel_for("bellshard::sample::metropolis", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, static_cast<std::int64_t>(state.extent(0))),
                       detail::MetropolisPack<Density>{density, plan, first_chain, steps, state, kept});
}

}  // namespace bellshard::sample
