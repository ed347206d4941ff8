#pragma once
#include <memory>
#include <vector>

#include "jobs/three_species_fishery/grid.hpp"
#include "src/drive/step.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::three_species_fishery {

/// Decisions of a rank's planes at the stages that are kept: what to leave of the harvested species, as a node of their grids.
struct Decisions {
  Block own;                         ///< planes of Z
  std::vector<std::int64_t> stage;   ///< [slot] kept, rising
  Array<std::int32_t> choice;        ///< [own plane, slot, y, x] node_y nx + node_x

  std::int64_t slots() const { return static_cast<std::int64_t>(stage.size()); }
  std::int64_t slot_of(std::int64_t t) const;  ///< of stage t or the next one that is kept
};

/// All stages t that are kept of a horizon, rising: each every-th one and the last ones.
std::vector<std::int64_t> kept_stages(std::int64_t horizon, std::int64_t every, std::int64_t last);

/// Backward induction over post-decision states, a stage t = horizon - sweep a sweep:
///     W_t(x', y', z) = E V_(t+1)(next of (x', y', z)), - penalty where a species is lost,
///     V_t(x, y, z) = x + y + max over x' <= x, y' <= y of (W_t(x', y', z) - x' - y').
/// The maximum runs along X and Y alone, so the planes of Z are what is shared out over the ranks; each reads the planes that a step reaches from
/// its own, of neighbours through a window.
class Backward : public Step {
 public:
  /// Both outlive it.
  static std::unique_ptr<Backward> make(Context& context, Config const& config, Grid const& grid);

  virtual Decisions const& decisions() const = 0;
  /// V of the last stage swept, as it is stored [z, y, x].
  virtual io::ShardedArray value() const = 0;
  /// V of the last stage at a place, linear between nodes. Collective.
  virtual double value_at(double x, double y, double z) const = 0;
};

}  // namespace bellshard::three_species_fishery
