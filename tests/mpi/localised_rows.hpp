#pragma once
// The own rows of a dense model with places in local storage, as packing sees them.
#include "src/mdp/sparse_pack.hpp"
#include "src/mdp/visiting_order.hpp"
#include "tests/mpi/sparse_fixture.hpp"

namespace sparse_fixture {

struct LocalisedRows {
  Partition partition;
  mdp::Rows rows;
  GhostExchange exchange;

  LocalisedRows(Partition axis, reference::DenseMdp const& model)
      : partition(std::move(axis)),
        rows(rows_of(model, partition.block(rank_of_this()))),
        exchange((mdp::drop_impossible(rows), GhostExchange(MPI_COMM_WORLD, partition, mdp::foreign_states(rows), {}, ForeignPlace::around))) {
    mdp::localise(rows, exchange);
  }

  /// Empty: by number.
  std::vector<std::int32_t> order(std::int64_t blocks = 1) const { return mdp::visiting_order(rows, exchange, blocks); }
};

}  // namespace sparse_fixture
