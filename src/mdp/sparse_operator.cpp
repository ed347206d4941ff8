#include "src/mdp/sparse_operator.hpp"

#include "src/base/error.hpp"
#include "src/mdp/sparse_operator_impl.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::mdp {

// Each is compiled in its own file.
template <>
std::unique_ptr<Operator> make_operator<dp::IndexedColumns, dp::PlainProbabilities>(SparseParts, Rows const&);

std::unique_ptr<Operator> make_sparse_operator(MPI_Comm comm, Partition const& states, Rows&& given, Objective objective, double discount,
                                               StorageChoice) {
  Rows rows = std::move(given);
  BELLSHARD_EXPECT(!rows.interval());
  drop_impossible(rows);
  GhostExchange exchange(comm, states, foreign_states(rows), {}, ForeignPlace::around);
  std::unique_ptr<Operator> made;
  PackedPairs pairs;
  Chunks chunks;
  together(comm, [&] {
    localise(rows, exchange);
    pairs = pack_pairs(rows);
    chunks = sort_chunks(rows, exchange);
  });
  auto const transitions = rows.transitions();
  auto const extremes = extremes_over_ranks(comm, rows);
  return make_operator<dp::IndexedColumns, dp::PlainProbabilities>(
      SparseParts{comm, states, std::move(exchange), std::move(chunks), std::move(pairs), objective, discount, transitions, extremes}, rows);
}

}  // namespace bellshard::mdp
