#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "src/base/block.hpp"
#include "src/mdp/outcomes.hpp"
#include "src/mdp/rows.hpp"

namespace bellshard::mdp {

// The checks of one block of a model file. Each throws (exit 4) with the dataset and the first index that is wrong; blocks lie
// in the order of the ranks, so the first rank that throws names the lowest index of all.

/// A column of offsets: item i holds parts offset[i] .. offset[i+1]-1, at least one.
struct OffsetColumn {
  std::string name;          ///< "x.h5:/action_offset"
  char const* item;          ///< "state"
  char const* part;          ///< "action"
  std::int64_t items = 0;    ///< of all ranks
  std::int64_t parts = 0;    ///< what the last offset must be
};
/// offset [own.size() + 1], global.
void check_offsets(OffsetColumn const& column, Block own, std::span<std::int64_t const> offset);

/// Every index in 0 .. end-1. `first` is the place of index[0] in the dataset.
void check_indices(std::string const& name, std::int64_t first, std::span<std::int64_t const> index, std::int64_t end);
/// Every number finite.
void check_finite(std::string const& name, std::int64_t first, std::span<double const> number);
/// Every number in 0 .. 1, within the tolerance.
void check_probabilities(std::string const& name, std::int64_t first, std::span<double const> probability, double tolerance);
/// No upper end below its lower one.
void check_intervals(std::string const& name, std::int64_t first, std::span<double const> lower, std::span<double const> upper);

/// Where the first pair and transition of a block stand in the file.
struct RowsPlace {
  std::string name;  ///< "x.h5:/probability"
  std::int64_t first_pair = 0;
};
/// Every pair sums to 1 within the tolerance; intervals: to at most 1 and at least 1.
void check_sums(RowsPlace const& place, Rows const& rows, double tolerance);

/// Every pair's reward is the expectation of those of its transitions, within 1e-9 of the larger of 1 and their mean size.
void check_expected(RowsPlace const& place, Outcomes const& outcomes);

/// Sorts the transitions of each pair by next state, adds up those to the same one and drops those of probability 0, which are
/// no edges of the graph. Pairs that are in order already stay as they are.
void tidy(Rows& rows);

}  // namespace bellshard::mdp
