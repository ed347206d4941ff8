#pragma once
#include "jobs/distributional_vi/config.hpp"
#include "src/dist/ghost_exchange.hpp"
#include "src/mdp/outcomes.hpp"

namespace bellshard::distributional_vi {

/// The part of the model that this rank owns, and the plan of what it reads of others.
struct Shard {
  MPI_Comm comm;
  Partition states;
  Block own;
  mdp::Outcomes outcomes;   ///< next states in local storage; rewards in units, see Config::Law::unit
  GhostExchange exchange;   ///< own states first, others behind
};

/// Reads the own block. Exact laws: rewards are divided by the unit; exit 4 for one that is no multiple. Collective.
Shard load_shard(Context& context, Config const& config, mdp::Source const& source);

/// Ends of an interval, in units.
struct Span {
  double low = 0;
  double high = 0;
};

/// The least and the greatest reward of all outcomes. Collective.
Span reward_span(Shard const& shard);

/// Between which ends the returns of all policies and outcomes lie, from every state on, whatever number of steps is left; with 0, the
/// return of no steps. Of a discounted sum within its last digits, and outside them. Collective.
Span return_span(Shard const& shard, Config const& config);

}  // namespace bellshard::distributional_vi
