#pragma once
#include <memory>
#include <vector>

#include "src/allocation/choice_tables.hpp"
#include "src/allocation/problem.hpp"
#include "src/drive/step.hpp"

namespace bellshard::allocation {

enum class Precision { float64, float32 };

/// The table of a problem, swept stage by stage and walked back for all cells asked for at once: twice as many sweeps as stages.
///
///     F_l[c] = min over k of F_{l-1}[c - cost_l(k)] + loss_l(k),   F_0[c] = 0, infinity below cell 0; ties to the lowest k.
///
/// Each cell's sum is added in the order of the stages, so no result depends on the ranks. Beyond the cell that the stages so far can fill nothing gets better:
/// cells up to there are swept, the next ones are filled.
class Knapsack : public Step {
 public:
  /// `result`: path beside which the tables lie where `place` is files.
  static std::unique_ptr<Knapsack> make(Context& context, Problem const& problem, std::vector<std::int64_t> const& asked, Precision precision, TablePlace place,
                                        std::filesystem::path const& result);

  /// Least losses at the cells asked for, once the last stage is swept, as stored. Collective.
  virtual std::vector<double> optimum() const = 0;
  /// Candidate of each stage and cell asked for [stage, asked], once finished.
  virtual Candidates const& chosen() const = 0;
  /// The last stage's losses [cell], as the user counts them.
  virtual io::ShardedArray frontier() const = 0;
  virtual void remove_files() const = 0;

  /// Cells and bytes of each stage's table.
  static std::vector<TableShape> shapes(Problem const& problem);
  /// Bytes of the two rows of values on the fullest of `ranks` ranks.
  static double row_bytes(Problem const& problem, Precision precision, int ranks);
};

}  // namespace bellshard::allocation
