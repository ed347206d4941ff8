#pragma once
#include <map>
#include <string>
#include <string_view>

#include "io/import/text_file.hpp"
#include "io/mdp/explicit_mdp.hpp"

namespace bellshard::io {

/// Puts an ExplicitMdp together in the order of states, pairs and transitions.
class ModelBuilder {
 public:
  /// Opens the next state; it has no action yet.
  void begin_state();
  /// Opens the next pair of the open state; an empty name is none.
  void begin_pair(std::string_view action_name = {});
  /// A transition of the open pair.
  void transition(std::int64_t next_state, TextFile::Range probability);

  std::int64_t states() const { return states_; }
  std::int64_t pairs() const { return pairs_; }
  bool state_has_pair() const { return pairs_ > mdp_.action_offset.back(); }  ///< the open one
  void label(std::string_view name, std::int64_t state);  ///< marks a state; a new label where the name is new

  /// Closes the last state and hands the model over. Action names that only count ("0", "1", ... in every state) are dropped.
  /// Probabilities that were printed with few digits, whose sum is off by 1e-9 to 1e-5, are scaled to sum to 1.
  ExplicitMdp finish();

 private:
  void close_state();
  void normalise();
  ExplicitMdp mdp_;
  std::int64_t states_ = 0;
  std::int64_t pairs_ = 0;
  bool interval_ = false;
  bool names_count_ = true;
  std::map<std::string, std::int32_t, std::less<>> action_place_;
  std::map<std::string, std::size_t, std::less<>> label_place_;
};

}  // namespace bellshard::io
