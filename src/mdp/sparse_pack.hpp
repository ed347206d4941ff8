#pragma once
#include <mpi.h>

#include <string>
#include <vector>

#include "kernels/dp/sparse_states.hpp"
#include "src/dist/ghost_exchange.hpp"
#include "src/mdp/rows.hpp"

namespace bellshard::mdp {

/// Items of other ranks that rows of the block `own` lead to, whose parts are added one after the other.
class ForeignStates {
 public:
  explicit ForeignStates(Block own) : own_(own) {}
  void add(Rows const& rows);
  std::vector<std::int64_t> take() &&;  ///< ascending, each once

 private:
  Block own_;
  std::vector<std::int64_t> items_;
  std::size_t sorted_ = 0;
};
/// The same of all rows of a block.
std::vector<std::int64_t> foreign_states(Rows const& rows);

/// What the device needs of the rows beside their transitions (see dp::SparseModel).
struct PackedPairs {
  Array<std::int64_t const> pair_begin;
  Array<std::int64_t const> transition_begin;
  Array<std::uint32_t const> pair_end;
  Array<double const> reward;
};

/// Transitions of probability 0 go, so that 0 times infinity never arises. Exit 4 where a state has 2^32 transitions or more.
void drop_impossible(Rows& rows);
PackedPairs pack_pairs(Rows const& rows);

/// What bounds the rounding of any pair, the same on every rank.
struct RowExtremes {
  double transitions = 0;  ///< most of a pair
  double reward = 0;       ///< greatest magnitude
  double off_one = 0;      ///< greatest |sum of a pair's probabilities - 1|, over all ranks with the rounding of the sum; infinity for intervals
};
void widen(RowExtremes& extremes, Rows const& rows);  ///< those of these rows too
RowExtremes extremes_over_ranks(MPI_Comm comm, RowExtremes const& own);

/// next_state becomes the place in local storage.
void localise(Rows& rows, GhostExchange const& exchange);

/// Chunks of states whose rows stay on this rank, and those that need items of others. Of localised rows.
struct Chunks {
  dp::ChunkList all;
  dp::ChunkList interior;
  dp::ChunkList border;
};
Chunks sort_chunks(Rows const& localised, GhostExchange const& exchange);

/// Which kinds of columns and probabilities hold the localised rows of this rank.
struct StorageFit {
  bool near = true;
  bool runs = true;
  bool single = true;  ///< every probability is a float32
  bool table = true;
};
StorageFit storage_fit(Rows const& localised, GhostExchange const& exchange);

/// "int32 places and float64 probabilities, 12 bytes a transition"
std::string storage_text(char const* columns, char const* probabilities, double bytes);

/// The transitions of localised rows in one of the storages, which must fit them.
template <class Columns>
Columns pack_columns(Rows const& localised, GhostExchange const& exchange);
template <class Probabilities>
Probabilities pack_probabilities(Rows const& localised);

}  // namespace bellshard::mdp
