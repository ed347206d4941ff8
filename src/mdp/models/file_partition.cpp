#include <algorithm>
#include <limits>
#include <span>

#include "src/base/error.hpp"
#include "src/mdp/models/file_source.hpp"

namespace bellshard::mdp {
namespace {

/// Offsets of one axis, cut into blocks over the ranks: offset[i] of this rank is that of item own.begin + i, and the last one
/// closes the block.
struct ShardedOffsets {
  Block own;
  std::vector<std::int64_t> offset;
};

std::vector<std::int64_t> reduced(MPI_Comm comm, std::vector<std::int64_t> values, MPI_Op op) {
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_INT64_T, op, comm));
  return values;
}

/// For each threshold, the first item whose offset is not below it. Offsets do not fall.
std::vector<std::int64_t> first_at_least(MPI_Comm comm, ShardedOffsets const& axis, std::vector<std::int64_t> const& threshold) {
  std::vector<std::int64_t> item;
  for (auto t : threshold) {
    auto const found = std::lower_bound(axis.offset.begin(), axis.offset.end(), t);
    item.push_back(found == axis.offset.end() ? std::numeric_limits<std::int64_t>::max() : axis.own.begin + (found - axis.offset.begin()));
  }
  return reduced(comm, item, MPI_MIN);
}

/// The offsets of some items, whoever owns them.
std::vector<std::int64_t> offsets_of(MPI_Comm comm, ShardedOffsets const& axis, std::vector<std::int64_t> const& items) {
  std::vector<std::int64_t> offset;
  for (auto item : items) {
    bool const here = !axis.own.empty() && item >= axis.own.begin && item <= axis.own.end;
    offset.push_back(here ? axis.offset[static_cast<std::size_t>(item - axis.own.begin)] : -1);
  }
  return reduced(comm, offset, MPI_MAX);
}

}  // namespace

// Where Partition::weighted would cut with the transitions of a state as its weight, found from equal blocks of both columns
// of offsets: no rank holds a whole one.
Partition FileSource::partition(MPI_Comm comm) const {
  int rank = 0;
  int ranks = 1;
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank));
  BELLSHARD_MPI(MPI_Comm_size(comm, &ranks));
  auto const own_states = Partition::equal(states_, ranks).block(rank);
  auto const own_pairs = Partition::equal(pairs_, ranks).block(rank);
  ShardedOffsets const pairs{own_states, action_offset(comm, own_states)};
  ShardedOffsets const transitions{own_pairs, transition_offset(comm, own_pairs)};

  std::vector<std::int64_t> target;
  for (int part = 1; part < ranks; ++part) target.push_back(transitions_ / ranks * part + transitions_ % ranks * part / ranks);
  auto const after = first_at_least(comm, pairs, first_at_least(comm, transitions, target));
  auto before = after;
  for (auto& state : before) state = std::max<std::int64_t>(state - 1, 0);
  auto const transitions_before = [&](std::vector<std::int64_t> const& state) {
    return offsets_of(comm, transitions, offsets_of(comm, pairs, state));
  };
  auto const weight_before = transitions_before(before);
  auto const weight_after = transitions_before(after);

  std::vector<std::int64_t> sizes;
  std::int64_t begin = 0;
  for (std::size_t k = 0; k < target.size(); ++k) {
    auto const cut = weight_after[k] - target[k] <= target[k] - weight_before[k] ? after[k] : before[k];
    sizes.push_back(cut - begin);
    begin = cut;
  }
  sizes.push_back(states_ - begin);
  return Partition::of_sizes(sizes);
}

}  // namespace bellshard::mdp
