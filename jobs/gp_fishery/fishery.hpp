#pragma once
#include <map>
#include <memory>
#include <optional>

#include "jobs/gp_fishery/transitions.hpp"
#include "src/drive/step.hpp"

namespace bellshard::gp_fishery {

/// What came of one model.
struct Decision {
  std::vector<double> value;          ///< [stock]
  std::vector<std::int32_t> harvest;  ///< [stock], index
};

/// All chains, some steps a sweep; then value iteration, one sweep a sweep, model after model. The transitions of one model are in memory at a time.
class Fishery : public Step {
 public:
  Fishery(Context& context, Config const& config, Series const& series);

  void advance(std::int64_t sweep) override;
  double residual() const override { return static_cast<double>(sampling_sweeps() - sampled_) + static_cast<double>(models_.size() * sweeps_at_most() - passed()); }
  bool finished() const override { return done() && all_settled(); }
  bool exhausted() const override { return done() && !all_settled(); }
  double share_done() const override;
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;
  void restored() override;

  std::vector<Model> const& models() const { return models_; }
  Decision const& decision(std::size_t model) const { return decisions_[model]; }
  std::int64_t sweeps(std::size_t model) const { return sweeps_[model]; }
  double change(std::size_t model) const { return change_[model]; }  ///< largest one of the last sweep

  std::map<Model, Draws> const& draws();        ///< of the sampled models; collective
  Predictions const& predictions();             ///< of the Gaussian process; collective
  std::vector<double> const& most_likely() const { return most_likely_; }

 private:
  static constexpr std::int64_t steps_a_sweep = 500;
  std::int64_t sampling_sweeps() const { return chains_.empty() ? 0 : (config_.steps + steps_a_sweep - 1) / steps_a_sweep; }
  std::size_t sweeps_at_most() const { return static_cast<std::size_t>(config_.max_sweeps); }
  std::size_t passed() const;  ///< sweeps of value iteration that are made or not needed
  bool done() const { return sampled_ == sampling_sweeps() && model() == models_.size(); }
  bool all_settled() const;
  bool settled(std::size_t model) const { return change_[model] < config_.discount * config_.tolerance / (2 - 2 * config_.discount); }
  bool model_done(std::size_t model) const { return sweeps_[model] > 0 && (settled(model) || sweeps_[model] >= config_.max_sweeps); }
  std::size_t model() const;  ///< the first one that is not done
  Transitions transitions_of(Model model);

  Context& context_;
  Config const& config_;
  Series series_;
  std::vector<Model> models_;
  std::vector<std::unique_ptr<Chains>> chains_;
  std::vector<double> most_likely_;
  std::int64_t sampled_ = 0;  ///< sweeps of sampling
  std::vector<std::int64_t> sweeps_;
  std::vector<double> change_;
  std::vector<Decision> decisions_;
  std::optional<Transitions> transitions_;  ///< of transitions_model_
  std::size_t transitions_model_ = 0;
  std::map<Model, Draws> draws_;
  std::optional<Predictions> predictions_;
  SweepWork work_;
};

}  // namespace bellshard::gp_fishery
