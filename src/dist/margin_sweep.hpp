#pragma once
#include <algorithm>

#include "src/dist/window_exchange.hpp"

namespace bellshard {

/// One stage of a backward induction on an axis of which each rank owns a block: sweep(part) computes the items `part` of the own block, counted
/// from 0, each from items of the stage before that lie at most `reach` below it. Items within reach of the lower margin wait for it, the others
/// are swept while it travels. `window`: the stage before, as the exchange holds it. `unit` divides the parts' ends, as it must the own block's.
template <class T, class Sweep>
void sweep_with_margin(WindowExchange& exchange, Kokkos::View<T*> const& window, std::int64_t own, std::int64_t reach, std::int64_t unit, Sweep const& sweep) {
  auto const border = std::min((reach + unit - 1) / unit * unit, own);
  exchange.start(window);
  sweep(Block{border, own});
  exchange.finish(window);
  sweep(Block{0, border});
}

}  // namespace bellshard
