#include "src/mdp/streamed_parts.hpp"

#include <algorithm>
#include <limits>

#include "src/base/error.hpp"

namespace bellshard::mdp {

dp::ChunkList all_chunks(RowCounts const& rows) {
  auto const chunks = (rows.states + dp::chunk_states - 1) / dp::chunk_states;
  Array<std::int32_t> const list(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::mdp::chunks"), static_cast<std::size_t>(chunks));
  auto const host = Kokkos::create_mirror_view(list);
  for (std::int64_t k = 0; k < chunks; ++k) host(k) = static_cast<std::int32_t>(k);
  Kokkos::deep_copy(list, host);
  return {list, rows.states, rows.transitions >= dp::long_row * std::max<std::int64_t>(1, rows.pairs)};
}

Array<std::int32_t const> local_columns(std::vector<std::int64_t> const& next_state, Block own, GhostExchange const& exchange) {
  Array<std::int32_t> const column(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::mdp::column"), next_state.size());
  auto const host = Kokkos::create_mirror_view(column);
  auto const& foreign = exchange.foreign();
  std::int64_t const shift = exchange.own_first() - own.begin;
  for (std::size_t t = 0; t < next_state.size(); ++t) {
    auto const next = next_state[t];
    if (own.contains(next)) {
      host(t) = static_cast<std::int32_t>(next + shift);
      continue;
    }
    BELLSHARD_INPUT(std::binary_search(foreign.begin(), foreign.end(), next),
                    "the model file changed while it was read: states {} to {} lead to state {}, as they did not before; run again on a file that stays",
                    own.begin, own.end - 1, next);
    host(t) = static_cast<std::int32_t>(exchange.local_index(next));
  }
  Kokkos::deep_copy(column, host);
  return column;
}

}  // namespace bellshard::mdp
