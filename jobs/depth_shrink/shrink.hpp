#pragma once
#include <vector>

#include "jobs/depth_shrink/evaluator.hpp"
#include "src/drive/step.hpp"

namespace bellshard::depth_shrink {

/// What one way to choose comes to, for each number of removed blocks.
struct Choice {
  std::vector<double> metric;      ///< [removed]; not a number where it chose nothing
  std::vector<std::uint8_t> mask;  ///< [removed, block]
};

/// The table of the dynamic program, one row a sweep, and then the other ways to choose that are asked for.
///
/// Row n, cell m: the best masks, at most `beam` of them, with m of the last n free blocks off. Those of cell m - 1 of the row above with the
/// n-th last free block off as well are evaluated; one that is strictly better than what cell m of the row above has takes its place.
/// All before this block is in force in each mask of the row, so it is computed once.
class Shrink : public Step {
 public:
  Shrink(Config const& config, Blocks const& blocks, Evaluator& evaluator);

  void advance(std::int64_t sweep) override;
  double residual() const override { return static_cast<double>(planned_) - static_cast<double>(evaluated()); }
  bool finished() const override { return sweeps_ == all_sweeps(); }
  double share_done() const override { return static_cast<double>(evaluated()) / static_cast<double>(planned_); }
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;

  Choice best() const;  ///< the last row
  Choice const& contiguous() const { return contiguous_; }    ///< best run of neighbouring free blocks
  Choice const& ranking() const { return ranking_; }          ///< blocks of least influence
  Choice const& brute_force() const { return brute_force_; }  ///< best of all masks
  bool has_brute_force() const { return !all_masks_.empty(); }
  std::vector<double> const& influence() const { return influence_; }           ///< [block], where ranking was asked for
  std::vector<double> const& table() const { return table_; }                   ///< [row, removed]; not a number where there is no such mask
  std::vector<std::uint8_t> const& table_mask() const { return table_mask_; }   ///< [row, removed, block]
  std::vector<double> const& beam_metric() const { return beam_metric_; }       ///< [removed, beam] of the last row; not a number behind the last mask
  std::vector<std::uint8_t> const& beam_mask() const { return beam_mask_; }     ///< [removed, beam, block]
  /// Evaluations of masks with blocks off: the table, runs, ranking, all masks.
  std::vector<std::int64_t> const& evaluations() const { return counts_; }

  /// Evaluations that the table takes: the sum over rows n and cells m <= n of the masks in cell m - 1 of the row above.
  static std::int64_t table_evaluations(Blocks const& blocks, std::int64_t beam);

 private:
  struct Candidate {
    double metric;
    Mask mask;
  };
  std::int64_t cells() const { return blocks_.most + 1; }
  std::int64_t contiguous_sweeps() const { return config_.wants_contiguous() ? blocks_.most : 0; }
  std::int64_t all_sweeps() const;
  std::int64_t evaluated() const { return counts_[0] + counts_[1] + counts_[2] + counts_[3]; }
  bool better(double a, double b) const { return config_.goal() == Goal::max ? a > b : a < b; }
  Mask without(Mask mask, std::size_t free_index) const;
  std::vector<Candidate> cell(std::int64_t removed) const;
  void set_cell(std::int64_t removed, std::vector<Candidate> const& candidates);
  void take(Choice& choice, std::int64_t removed, Mask const& mask, double metric) const;

  void add_row(std::int64_t n);
  void try_runs(std::int64_t removed);
  void try_ranking();
  void try_masks(std::int64_t first);

  Config const& config_;
  Blocks const& blocks_;
  Evaluator& evaluator_;
  std::vector<Mask> all_masks_;  ///< of the brute force, those with one beginning beside each other; empty where it is not asked for
  std::int64_t planned_ = 0;
  std::int64_t sweeps_ = 0;
  std::vector<std::int64_t> counts_;  ///< evaluations: table, runs, ranking, all masks
  std::vector<double> beam_metric_, table_, influence_;
  std::vector<std::uint8_t> beam_mask_, table_mask_;
  Choice contiguous_, ranking_, brute_force_;
  SweepWork work_;
};

}  // namespace bellshard::depth_shrink
