#pragma once
#include <mpi.h>

#include <cstdint>
#include <span>
#include <vector>

#include "src/dist/partition.hpp"
#include "src/dist/reduce.hpp"
#include "src/dist/mail.hpp"
#include "src/mdp/rows.hpp"

namespace bellshard::mdp {

using Local = std::int32_t;               ///< a state or a pair of one rank
using Flags = std::vector<std::uint8_t>;  ///< one 0 or 1 a state or a pair

/// What became of one state.
template <class T>
struct Update {
  Local state;
  T value;
};

/// The graph of one rank's rows, to be walked in both directions. Local states are the own ones, then, in ascending order, the
/// next states that other ranks own ("ghosts"). Walks run inside a rank until nothing changes; then the states on the border
/// are exchanged, and only those that changed.
class ShardGraph {
 public:
  /// Collective; exit 4 where a block has more than 2^31 states or pairs. `states` and `rows` must outlive this object.
  ShardGraph(MPI_Comm comm, Partition const& states, Rows const& rows);

  Mail const& mail() const { return mail_; }
  Partition const& partition() const { return states_; }
  Rows const& rows() const { return rows_; }
  Local own_states() const { return own_states_; }
  Local local_states() const { return own_states_ + static_cast<Local>(ghosts_.size()); }
  Local pairs() const { return static_cast<Local>(state_of_.size()); }
  Local first_pair(Local own_state) const { return static_cast<Local>(rows_.action_offset[own_state]); }
  Local state_of(Local pair) const { return state_of_[pair]; }
  std::int64_t global(Local state) const {
    return state < own_states_ ? rows_.own.begin + state : ghosts_[state - own_states_];
  }

  /// Where the transitions of a pair lead, in their order; those of probability 0 to where another one leads.
  std::span<Local const> next(Local pair) const {
    return {next_.data() + rows_.transition_offset[pair], next_.data() + rows_.transition_offset[pair + 1]};
  }
  /// The own pairs that may lead into a local state.
  std::span<Local const> pairs_into(Local state) const {
    return {into_.data() + into_offset_[state], into_.data() + into_offset_[state + 1]};
  }

  bool anywhere(bool here) const { return mail_.ranks() == 1 ? here : any_over_ranks(mail_.comm(), here); }

  /// Tells other ranks of own states; returns what they tell of this rank's ghosts. Collective.
  template <class T>
  std::vector<Update<T>> publish(std::vector<Update<T>> const& own) const {
    std::vector<std::vector<Update<T>>> to(mail_.ranks());
    if (mail_.ranks() == 1) return {};
    for (auto const& update : own) {
      for (auto k = viewer_offset_[update.state]; k < viewer_offset_[update.state + 1]; ++k) {
        to[viewers_[k].rank].push_back({viewers_[k].ghost, update.value});
      }
    }
    return mail_.deliver(std::move(to)).items;
  }
  /// Tells the owners of this rank's ghosts; returns what other ranks tell of own states. Collective.
  template <class T>
  std::vector<Update<T>> report(std::vector<Update<T>> const& ghosts) const {
    std::vector<std::vector<Update<T>>> to(mail_.ranks());
    if (mail_.ranks() == 1) return {};
    for (auto const& update : ghosts) {
      auto const state = global(update.state);
      auto const owner = states_.owner(state);
      to[owner].push_back({static_cast<Local>(state - states_.block(owner).begin), update.value});
    }
    return mail_.deliver(std::move(to)).items;
  }
  /// Brings the ghosts of an array [local state] up to date. Collective.
  template <class T>
  void refresh(std::vector<T>& local) const {
    if (mail_.ranks() == 1) return;
    std::vector<Update<T>> own;
    for (Local s = 0; s < own_states_; ++s) {
      if (viewer_offset_[s] < viewer_offset_[s + 1]) own.push_back({s, local[s]});
    }
    for (auto const& update : publish(own)) local[update.state] = update.value;
  }

 private:
  /// A rank that has an own state among its ghosts.
  struct Viewer {
    int rank;
    Local ghost;
  };
  void find_ghosts();
  void index_predecessors();
  void drop_impossible();
  void find_viewers();

  Mail mail_;
  Partition const& states_;
  Rows const& rows_;
  Local own_states_ = 0;
  std::vector<std::int64_t> ghosts_;
  std::vector<Local> next_;      ///< [transition]
  std::vector<Local> state_of_;  ///< [pair]
  std::vector<std::int64_t> into_offset_;
  std::vector<Local> into_;
  std::vector<std::int64_t> viewer_offset_;  ///< [own state + 1]
  std::vector<Viewer> viewers_;
};

}  // namespace bellshard::mdp
