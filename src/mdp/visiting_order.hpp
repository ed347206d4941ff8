#pragma once
#include <cstdint>
#include <vector>

#include "src/dist/ghost_exchange.hpp"
#include "src/mdp/rows.hpp"

namespace bellshard::mdp {

/// The order in which sweeps in place visit the own states where that by number is poor: what a state leads to comes before it,
/// strongly connected components one after the other (Dai, Mausam, Weld and Goldsmith 2011: topological value iteration), their states
/// by number. Empty where numbers do as well: nearly all transitions lead up, or nearly all down, or most stay within components.
/// Of localised rows; transitions to other ranks do not count. With `blocks` > 1, block b holds the states that it holds by number.
std::vector<std::int32_t> visiting_order(Rows const& localised, GhostExchange const& exchange, std::int64_t blocks);

}  // namespace bellshard::mdp
