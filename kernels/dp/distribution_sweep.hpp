#pragma once
#include <type_traits>

#include "kernels/dp/outcome_model.hpp"

namespace bellshard::dp {

/// Does a sweep choose actions, or follow those that stand there?
enum class Choice { greedy, held };

/// What a sweep comes to: the most of any state and stock.
struct SweepChange {
  double objective_change = 0;
  double law_change = 0;        ///< Wasserstein-1; 0 where the choice was greedy
  double actions_changed = 0;   ///< 1 where any was
};

/// One Bellman update of the laws of some states, at every stock: of the actions, the one whose law, together with the stock, the utility
/// prefers, and that law. Ties, and what rounding alone sets apart, go to the lowest action.
template <class Backup, class Utility>
struct DistributionSweep {
  OutcomeModel model;
  Backup backup;
  Utility utility;
  double scale = 1;                     ///< of a total at this stage, in units of the start
  Choice choice = Choice::greedy;
  double margin = -1;                   ///< not below 0: the action that stands there stays unless another is better by more
  Array<std::int32_t const> list;       ///< own states to be updated
  Laws in, out;
  Array<double> objective;              ///< [own state, stock]
  Array<std::int32_t> action;           ///< [own state, stock] index within the state
  int tile = 1;                         ///< stocks of one team
  std::size_t scratch = 0;              ///< bytes of a thread

  template <class Team>
  KOKKOS_INLINE_FUNCTION void operator()(Team const& team, double& objective_change, double& law_change, double& changed) const {
    int const tiles = (in.stocks + tile - 1) / tile;
    std::int64_t const s = list(team.league_rank() / tiles);
    int const first = (team.league_rank() % tiles) * tile;
    int const count = in.stocks - first < tile ? in.stocks - first : tile;
    auto* const memory = static_cast<char*>(team.thread_scratch(0).get_shmem(scratch));
    double most_objective = 0, most_law = 0, most_changed = 0;
    Kokkos::parallel_reduce(
        Kokkos::TeamThreadRange(team, count),
        [&](int k, double& most) {
          double const change = update(team, s, first + k, memory, most_law, most_changed);
          most = change > most ? change : most;
        },
        Kokkos::Max<double>(most_objective));
    team.team_reduce(Kokkos::Max<double>(most_law));
    team.team_reduce(Kokkos::Max<double>(most_changed));
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      objective_change = most_objective > objective_change ? most_objective : objective_change;
      law_change = most_law > law_change ? most_law : law_change;
      changed = most_changed > changed ? most_changed : changed;
    });
  }

  KOKKOS_INLINE_FUNCTION double worth_of_pair(std::int64_t pair, double const* worth_of) const {
    double sum = 0;
    for (std::int64_t o = model.outcome_begin(pair); o < model.outcome_begin(pair + 1); ++o) sum += model.probability(o) * worth_of[model.follower(o)];
    return sum;
  }

  /// -> how far the objective moved
  template <class Thread>
  KOKKOS_INLINE_FUNCTION double update(Thread const& thread, std::int64_t s, int k, char* memory, double& law_change, double& changed) const {
    double const stock = model.stock.at(k);
    std::int64_t const begin = model.pair_begin(s), pairs = model.pair_begin(s + 1) - begin, place = s * in.stocks + k;
    std::int32_t const before = action(place);
    std::int32_t best = choice == Choice::held || margin >= 0 ? before : 0;
    if (choice == Choice::greedy && pairs > 1) {
      // What followers are worth is shared by the actions, which differ in their odds.
      auto* const worth_of = reinterpret_cast<double*>(memory);
      std::int64_t const first = model.follower_begin(s), followers = model.follower_begin(s + 1) - first;
      for (std::int64_t f = 0; f < followers; ++f) {
        worth_of[f] = backup.worth_of_next(thread, model, utility, scale, model.follower_state(first + f), model.follower_reward(first + f), stock, in);
      }
      std::int32_t const standing = best;
      double most = worth_of_pair(begin + best, worth_of);
      for (std::int32_t a = 0; a < pairs; ++a) {
        if (a == standing) continue;
        double const worth = worth_of_pair(begin + a, worth_of);
        double const rounding = 1e-14 * ((worth < 0 ? -worth : worth) + (most < 0 ? -most : most));
        if (worth > most + (margin > rounding ? margin : rounding)) most = worth, best = a;
      }
    }
    double* const row = out.row(model.own_first + s, k);
    backup.write_law(thread, model, begin + best, stock, in, row, memory);
    double const worth = backup.worth_of_law(thread, utility, scale, stock, row), moved = worth - objective(place);
    if (choice == Choice::held) {
      double const distance = backup.distance(row, in.row(model.own_first + s, k));
      law_change = distance > law_change ? distance : law_change;
    }
    if (best != before) changed = 1;
    Kokkos::single(Kokkos::PerThread(thread), [&] {
      objective(place) = worth;
      action(place) = best;
    });
    return moved < 0 ? -moved : moved;
  }
};

/// The most of a pair's outcomes and of a state's followers.
struct MostOutcomes {
  std::int64_t of_a_pair = 1;
  std::int64_t followers = 1;
};

/// Runs a sweep over its list of states.
template <class Backup, class Utility>
SweepChange sweep_distributions(Execution const& space, DistributionSweep<Backup, Utility> sweep, MostOutcomes most) {
  SweepChange result;
  if (sweep.list.extent(0) == 0) return result;
  sweep.tile = sweep.in.stocks < 32 ? sweep.in.stocks : 32;
  auto const choosing = sizeof(double) * static_cast<std::size_t>(most.followers), laying = Backup::scratch_bytes(sweep.in.atoms, most.of_a_pair);
  sweep.scratch = choosing > laying ? choosing : laying;
  auto const tiles = (sweep.in.stocks + sweep.tile - 1) / sweep.tile;
  auto const league = static_cast<int>(sweep.list.extent(0)) * tiles;
  Kokkos::TeamPolicy<Execution> policy(space, league, runs_on_host ? 1 : 4, runs_on_host ? 1 : 32);
  policy.set_scratch_size(0, Kokkos::PerThread(static_cast<int>(sweep.scratch + 8)));
  Kokkos::parallel_reduce("bellshard::dp::sweep_distributions", policy, sweep, Kokkos::Max<double>(result.objective_change),
                          Kokkos::Max<double>(result.law_change), Kokkos::Max<double>(result.actions_changed));
  return result;
}

}  // namespace bellshard::dp
