#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "src/mdp/graph/shard_graph.hpp"

namespace bellshard::mdp {

/// Strongly connected components of the graph that these states and usable pairs [own pair] span: root [local state] becomes
/// the same global state of the component for all its members. `among`: own states, each once, whose usable pairs lead to
/// states of `among` alone (of all ranks); other entries of `root` are left as they are. Collective.
void strong_components(ShardGraph const& graph, std::span<Local const> among, Flags const& usable,
                       std::vector<std::int64_t>& root);

/// The two ways to do it, which the tests hold against each other.
/// Tarjan 1972: one walk in depth; one rank alone.
void strong_components_in_depth(ShardGraph const& graph, std::span<Local const> among, Flags const& usable,
                                std::vector<std::int64_t>& root);
/// Orzan 2004: colours spread backwards, the greatest one wins; from the state that gave a colour its name, a walk
/// forwards within the colour finds its component; the rest goes on. Names are scattered, so chains of n components fall apart in
/// about log n turns.
void strong_components_by_colour(ShardGraph const& graph, std::span<Local const> among, Flags const& usable,
                                 std::vector<std::int64_t>& root);

}  // namespace bellshard::mdp
