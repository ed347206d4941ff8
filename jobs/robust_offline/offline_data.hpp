#pragma once
#include <vector>

#include "jobs/robust_offline/world.hpp"
#include "src/dist/partition.hpp"

namespace bellshard::robust_offline {

/// Who holds what of R data sets of N trajectories: whole data sets of one block, or a block of the rows of every one. Rows are cut at
/// multiples of RegressionRows::block_rows, so that sums of blocks do not depend on the ranks.
struct Shares {
  Sharing sharing = Sharing::replications;  ///< never automatic
  std::int64_t replications = 1, trajectories = 1;
  Block sets;                ///< own data sets
  Block rows;                ///< own rows of each of them
  std::int64_t blocks = 1, first_block = 0;  ///< of rows: all, and the first own one

  std::int64_t own_sets() const { return sets.size(); }
  std::int64_t own_rows() const { return rows.size(); }
  std::int64_t own_blocks() const;
};
Shares share_out(Context const& context, Config const& config, std::int64_t replications, std::int64_t trajectories);

/// The own steps of one stage, set after set and block after block; equal steps of a block are merged (dp::RegressionRows).
struct StageRows {
  Array<std::int64_t> begin;    ///< [own set * own blocks + block], one more at the end
  Array<double> state, next;    ///< [row] before and after the step
  Array<std::int32_t> action;   ///< [row]
  Array<double> count;          ///< [row] steps of the data that it stands for
};

/// The own data.
struct OfflineData {
  Shares shares;
  std::vector<StageRows> stage;
};

/// Trajectories [first, end) of all data sets laid one after the other, drawn from the nominal world: state [row, step + 1], action and
/// reward [row, step]. The same numbers whoever asks.
struct Trajectories {
  std::vector<double> state;
  std::vector<std::int32_t> action;
  std::vector<double> reward;
};
Trajectories draw(World const& world, Config const& config, Block rows);

/// Draws or reads. Exit 4 with the dataset and the first index that is wrong. Collective.
OfflineData load_data(Context& context, Config const& config, World const& world);
/// Replications and trajectories of each, before anything is loaded. Collective.
std::pair<std::int64_t, std::int64_t> data_size(Context& context, Config const& config, World const& world);

}  // namespace bellshard::robust_offline
