#pragma once
#include <type_traits>
#include <utility>

#include "kernels/dp/sparse_sweep.hpp"
#include "kernels/host_copy.hpp"
#include "src/mdp/row_stream.hpp"
#include "src/mdp/sparse_pack.hpp"

namespace bellshard::mdp {

/// Some own states with their packed rows, ready for a kernel.
template <class Model>
struct PackedPart {
  Model model;
  dp::ChunkList chunks;
  Block place;  ///< its states, counted from the first own one

  /// The part of an array [own state].
  template <class T>
  Array<T> of(Array<T> const& array) const {
    return Kokkos::subview(array, Kokkos::pair<std::int64_t, std::int64_t>(place.begin, place.end));
  }
};

/// All chunks of a block of states.
dp::ChunkList all_chunks(RowCounts const& rows);
/// Places of the next states in local storage. Exit 4 for one that was not there at the first look.
Array<std::int32_t const> local_columns(std::vector<std::int64_t> const& next_state, Block own, GhostExchange const& exchange);

/// The own rows, some in memory, the others read whenever they are visited.
template <class Model>
class StreamedParts {
 public:
  StreamedParts(RowStream stream, GhostExchange const& exchange, Model blank) : stream_(std::move(stream)), exchange_(exchange), blank_(std::move(blank)) {}

  /// Reads and keeps parts from the first one on while they fit; returns the bytes left. Not collective.
  double keep(double bytes) {
    for (auto const& part : stream_.parts) {
      double const size = packed_bytes(part.counts, stream_.interval);
      if (size > bytes) break;
      kept_.push_back(read(part));
      bytes -= size;
    }
    return bytes;
  }

  enum class Order { ascending, descending };
  /// Calls visit(part) for all parts. Not collective.
  template <class Visit>
  void visit(Order order, Visit const& visit) const {
    auto const n = stream_.parts.size();
    for (std::size_t i = 0; i < n; ++i) {
      auto const k = order == Order::ascending ? i : n - 1 - i;
      if (k < kept_.size()) {
        visit(kept_[k]);
      } else {
        visit(read(stream_.parts[k]));
        Execution().fence();  // before its rows go
      }
    }
  }

  std::size_t count() const { return stream_.parts.size(); }
  std::size_t kept() const { return kept_.size(); }

 private:
  PackedPart<Model> read(RowStream::Part const& part) const {
    stream_.read(part.states, RowStream::Look::again, rows_);
    drop_impossible(rows_);
    auto pairs = pack_pairs(rows_);
    PackedPart<Model> packed{blank_, all_chunks(part.counts), {part.states.begin - stream_.own.begin, part.states.end - stream_.own.begin}};
    auto& m = packed.model;
    m.states = part.states.size();
    m.own_first = exchange_.own_first() + packed.place.begin;
    m.pair_begin = std::move(pairs.pair_begin);
    m.transition_begin = std::move(pairs.transition_begin);
    m.pair_end = std::move(pairs.pair_end);
    m.reward = std::move(pairs.reward);
    m.columns.column = local_columns(rows_.next_state, stream_.own, exchange_);
    if constexpr (std::is_same_v<typename Model::Probabilities, dp::IntervalProbabilities>) {
      m.probabilities.lower = to_device(rows_.probability, "bellshard::mdp::probability");
      m.probabilities.upper = to_device(rows_.probability_upper, "bellshard::mdp::probability_upper");
      packed.chunks.long_rows = false;  // one thread sums over a pair
    } else {
      m.probabilities.probability = to_device(rows_.probability, "bellshard::mdp::probability");
    }
    return packed;
  }

  RowStream stream_;
  GhostExchange const& exchange_;
  Model blank_;  ///< objective, discount, nature
  std::vector<PackedPart<Model>> kept_;
  mutable Rows rows_;  ///< of the part at hand, as read
};

}  // namespace bellshard::mdp
