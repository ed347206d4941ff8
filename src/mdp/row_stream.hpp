#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "src/mdp/rows.hpp"

namespace bellshard::mdp {

/// How many states, pairs and transitions some rows hold.
struct RowCounts {
  std::int64_t states = 0;
  std::int64_t pairs = 0;
  std::int64_t transitions = 0;

  RowCounts operator-(RowCounts const& other) const {
    return {states - other.states, pairs - other.pairs, transitions - other.transitions};
  }
};

/// Bytes of packed rows, 12 a transition (20 with intervals), and the most that rows take while they are read and packed.
inline double packed_bytes(RowCounts const& rows, bool interval) {
  return (interval ? 20.0 : 12.0) * static_cast<double>(rows.transitions) + 12.0 * static_cast<double>(rows.pairs) +
         20.0 * static_cast<double>(rows.states);
}
inline double loading_bytes(RowCounts const& rows, bool interval) {
  return (interval ? 36.0 : 20.0) * static_cast<double>(rows.transitions) + 28.0 * static_cast<double>(rows.pairs) +
         28.0 * static_cast<double>(rows.states);
}

/// The rows of one rank's block, read part by part as often as wanted, by this rank alone: no call is collective.
struct RowStream {
  struct Part {
    Block states;      ///< global
    RowCounts counts;
  };
  Block own;
  std::int64_t states = 0;           ///< of all ranks
  bool interval = false;
  std::vector<Part> parts;           ///< of `own`, in order

  /// At the first look all is checked as Source::rows does; later only that offsets stay within the file.
  enum class Look { first, again };
  /// Reads a part into `rows`, whose memory serves again.
  std::function<void(Block, Look, Rows&)> read;
};

}  // namespace bellshard::mdp
