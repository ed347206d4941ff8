#pragma once
#include <algorithm>
#include <functional>
#include <vector>

#include "jobs/prune_allocation/magnitude.hpp"
#include "src/allocation/solve.hpp"
#include "src/drive/step.hpp"
#include "src/network/forward.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::prune_allocation {

enum class Distortion { mean, worst };

/// How far outputs are from those of the whole network: the mean square over an image's outputs, of all images the mean or the greatest.
/// Added in the order of the images, so the same bits on any ranks. logits, whole [own image, class]. Collective.
double distortion(MPI_Comm comm, std::vector<float> const& logits, std::vector<float> const& whole, std::int64_t classes, Distortion kind);

/// How curves are measured.
struct Pruning {
  std::int64_t amounts = 101;  ///< from nothing to all in equal steps
  Distortion distortion = Distortion::mean;
};

/// A network pruned in steps: the weights that each step leaves at most, falling, and what allocates them. None: one step, of which only the curves are wanted.
struct Schedule {
  std::vector<std::int64_t> budgets;
  std::function<allocation::Answer(allocation::Table const&, std::int64_t budget)> allocate;  ///< collective
};

/// Measures what each layer loses where it alone is pruned further: one layer a sweep. Behind the last layer of a step of a schedule the budget is allocated, and
/// the next step begins at the network that is left: amounts only grow.
class MeasureCurves : public Step {
 public:
  MeasureCurves(Context& context, network::Network const& network, network::Images const& images, Magnitudes const& magnitudes, Pruning const& pruning, Schedule schedule);

  void advance(std::int64_t sweep) override;
  double residual() const override { return static_cast<double>(sweeps() - done_[0]); }
  bool finished() const override { return done_[0] == sweeps(); }
  double share_done() const override;
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;
  void restored() override;

  Distortion kind() const { return pruning_.distortion; }
  /// Of a step (0: the whole network). Costs are the weights that are left; amounts below those of the step before are forbidden, their losses not numbers.
  allocation::Table table(std::size_t step = 0) const;
  std::vector<allocation::Answer> const& answers() const { return answers_; }  ///< [step] of one budget each
  /// [step] what the network loses by all that the step prunes at once; that losses add up is true as far as this is the allocation's loss.
  std::vector<double> const& joint() const { return joint_; }
  std::vector<std::int64_t> const& budgets() const { return schedule_.budgets; }  ///< [step]

  /// Weights that are left at amount k: floor(weights (1 - k / (amounts - 1))).
  static std::int64_t kept(std::int64_t weights, std::int64_t k, std::int64_t amounts) { return weights * (amounts - 1 - k) / (amounts - 1); }
  /// The layers with their costs; losses rise by 1, where none is measured.
  static allocation::Table unmeasured(network::Network const& network, Magnitudes const& magnitudes, std::int64_t amounts);

 private:
  std::int64_t layers() const { return static_cast<std::int64_t>(magnitudes_.layers()); }
  std::int64_t sweeps() const { return layers() * std::max<std::int64_t>(1, static_cast<std::int64_t>(schedule_.budgets.size())); }
  std::size_t index(std::size_t step, std::size_t layer) const { return (step * magnitudes_.layers() + layer) * static_cast<std::size_t>(pruning_.amounts); }
  std::vector<float> pruned(std::size_t layer, std::int64_t amount) const { return magnitudes_.pruned(layer, kept(magnitudes_.weights(layer), amount, pruning_.amounts)); }
  double loss_of(std::vector<float> const& logits) const { return distortion(context_.comm(), logits, reference_, network_.classes(), pruning_.distortion); }
  void take_step(std::size_t step);

  Context& context_;
  network::Network const& network_;
  Magnitudes const& magnitudes_;
  Pruning pruning_;
  Schedule schedule_;
  network::Forward forward_;
  network::Mask all_;
  std::vector<float> reference_;        ///< outputs of the network at the beginning of the step [own image, class]
  std::vector<std::int64_t> pruned_;    ///< [layer] amount at the beginning of the step
  std::vector<std::int64_t> done_{0};   ///< layers of all steps
  std::vector<double> loss_;            ///< [step, layer, amount]
  std::vector<allocation::Answer> answers_;
  std::vector<double> joint_;
  SweepWork work_;
};

}  // namespace bellshard::prune_allocation
