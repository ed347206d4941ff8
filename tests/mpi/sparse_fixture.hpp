#pragma once
// A dense model, sharded: the operator under test on all ranks, and the same on this rank alone for comparing bits.
#include <mpi.h>

#include <algorithm>
#include <vector>

#include "src/mdp/sparse_operator.hpp"
#include "tests/reference/dense_mdp.hpp"

namespace sparse_fixture {

using namespace bellshard;

inline int rank_of_this() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

inline int all_ranks() {
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  return ranks;
}

/// Uneven blocks: rank 0 half, rank 2 nothing, the others share the rest.
inline Partition uneven(std::int64_t states) {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(all_ranks()), 0);
  sizes[0] = all_ranks() == 1 ? states : states / 2;
  if (all_ranks() > 1) sizes[1] = all_ranks() == 4 ? std::min<std::int64_t>(3, states - sizes[0]) : states - sizes[0];
  if (all_ranks() == 4) sizes[3] = states - sizes[0] - sizes[1];
  return Partition::of_sizes(sizes);
}

inline mdp::Rows rows_of(reference::DenseMdp const& model, Block own) {
  mdp::Rows rows;
  rows.own = own;
  rows.states = static_cast<std::int64_t>(model.states());
  for (auto s = own.begin; s < own.end; ++s) {
    for (auto const& action : model.actions[static_cast<std::size_t>(s)]) {
      for (std::size_t t = 0; t < model.states(); ++t) {
        // Every fifth impossible transition is in the rows: packing drops it.
        if (action.probability[t] == 0 && (t + static_cast<std::size_t>(s)) % 5 != 0) continue;
        rows.next_state.push_back(static_cast<std::int64_t>(t));
        rows.probability.push_back(action.probability[t]);
      }
      rows.transition_offset.push_back(rows.transitions());
      rows.reward.push_back(action.reward);
    }
    rows.action_offset.push_back(rows.pairs());
  }
  return rows;
}

/// An operator and ways to speak to it with whole host vectors, of which each rank sees its own part.
struct Sharded {
  Partition partition;
  std::unique_ptr<mdp::Operator> op;

  Sharded(MPI_Comm comm, Partition axis, reference::DenseMdp const& model, mdp::StorageChoice storage) : partition(std::move(axis)) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    op = mdp::make_sparse_operator(comm, partition, rows_of(model, partition.block(rank)),
                                   model.maximise ? mdp::Objective::max : mdp::Objective::min, model.discount, storage);
  }

  /// Own values of a whole vector in local storage; items of other ranks hold nonsense until they are refreshed.
  Array<double> values(std::vector<double> const& whole) const {
    Array<double> array("test::values", op->local_items());
    auto const host = Kokkos::create_mirror_view(array);
    for (std::int64_t i = 0; i < op->local_items(); ++i) host(i) = -12345;
    for (auto s = op->own().begin; s < op->own().end; ++s) host(op->own_first() + s - op->own().begin) = whole[static_cast<std::size_t>(s)];
    Kokkos::deep_copy(array, host);
    return array;
  }
  Array<double> nothing() const { return values(std::vector<double>(static_cast<std::size_t>(partition.size()), 777.0)); }
  Array<std::int32_t> actions(std::vector<std::int32_t> const& whole) const {
    Array<std::int32_t> array("test::actions", op->own().size());
    auto const host = Kokkos::create_mirror_view(array);
    for (auto s = op->own().begin; s < op->own().end; ++s) host(s - op->own().begin) = whole[static_cast<std::size_t>(s)];
    Kokkos::deep_copy(array, host);
    return array;
  }
  /// Own part of an array, on the host.
  std::vector<double> own(Array<double> const& array) const {
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), array);
    return std::vector<double>(host.data() + op->own_first(), host.data() + op->own_first() + op->own().size());
  }
  std::vector<std::int32_t> own(Array<std::int32_t> const& array) const {
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), array);
    return std::vector<std::int32_t>(host.data(), host.data() + host.extent(0));
  }
  template <class T>
  std::vector<T> own_part(std::vector<T> const& whole) const {
    return std::vector<T>(whole.begin() + op->own().begin, whole.begin() + op->own().end);
  }
};

/// Values between -100 and 100 that differ from state to state.
inline std::vector<double> some_values(std::size_t states) {
  std::vector<double> v(states);
  for (std::size_t s = 0; s < states; ++s) v[s] = static_cast<double>(s * 7919 % 2003) / 10.0 - 100;
  return v;
}

inline std::vector<std::int32_t> some_policy(reference::DenseMdp const& model) {
  std::vector<std::int32_t> policy;
  for (std::size_t s = 0; s < model.states(); ++s) policy.push_back(static_cast<std::int32_t>(s * 31 % model.actions[s].size()));
  return policy;
}

}  // namespace sparse_fixture
