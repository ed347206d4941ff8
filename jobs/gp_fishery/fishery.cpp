#include "jobs/gp_fishery/fishery.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "jobs/gp_fishery/maximum_likelihood.hpp"
#include "src/dist/gather.hpp"

namespace bellshard::gp_fishery {

Fishery::Fishery(Context& context, Config const& config, Series const& series)
    : context_(context), config_(config), series_(series), models_(config.models()), sweeps_(models_.size(), 0), change_(models_.size(), std::numeric_limits<double>::infinity()) {
  auto const points = static_cast<std::size_t>(config.points);
  decisions_.assign(models_.size(), {std::vector<double>(points, 0), std::vector<std::int32_t>(points, 0)});
  for (auto const model : models_) {
    if (is_sampled(model)) chains_.push_back(std::make_unique<Chains>(context, config, model, series));
    if (model == Model::maximum_likelihood) most_likely_ = most_likely_allen(series.alive(), config.data.string());
  }
}

std::size_t Fishery::model() const {
  std::size_t model = 0;
  while (model < models_.size() && model_done(model)) ++model;
  return model;
}

bool Fishery::all_settled() const {
  if (config_.criterion == Criterion::published) return true;  // values grow without end, so the limit of sweeps is part of the rule
  for (std::size_t m = 0; m < models_.size(); ++m) {
    if (!settled(m)) return false;
  }
  return true;
}

std::size_t Fishery::passed() const {
  std::size_t sweeps = 0;
  for (std::size_t m = 0; m < models_.size(); ++m) sweeps += model_done(m) ? sweeps_at_most() : static_cast<std::size_t>(sweeps_[m]);
  return sweeps;
}

double Fishery::share_done() const {
  double const sampling = sampling_sweeps() > 0 ? static_cast<double>(sampled_) / static_cast<double>(sampling_sweeps()) : 1;
  return 0.5 * sampling + 0.5 * static_cast<double>(passed()) / static_cast<double>(models_.size() * sweeps_at_most());
}

void Fishery::advance(std::int64_t) {
  auto const points = static_cast<double>(config_.points);
  if (sampled_ < sampling_sweeps()) {
    Block const steps{sampled_ * steps_a_sweep, std::min((sampled_ + 1) * steps_a_sweep, config_.steps)};
    for (auto const& chains : chains_) chains->advance(steps);
    Kokkos::fence();
    ++sampled_;
    work_ = {static_cast<double>(steps.size() * config_.chains) * static_cast<double>(chains_.size()), 0};
    return;
  }
  auto const now = model();
  if (!transitions_ || transitions_model_ != now) {
    transitions_.reset();  // before the next ones take memory
    transitions_.emplace(transitions_of(models_[now]));
    transitions_model_ = now;
  }
  auto& decision = decisions_[now];
  auto const before = decision.value;
  transitions_->sweep(decision.value, decision.harvest);
  double change = 0;
  for (std::size_t i = 0; i < before.size(); ++i) change = std::max(change, std::abs(decision.value[i] - before[i]));
  change_[now] = change;
  ++sweeps_[now];
  work_ = {points * points, transitions_->bytes() * context_.ranks()};
  if (model_done(now)) transitions_.reset();
}

Transitions Fishery::transitions_of(Model model) {
  switch (model) {
    case Model::true_model: {
      auto parameters = config_.truth;
      parameters.push_back(config_.noise);
      return Transitions::of_growth(context_, config_, Growth::allen, parameters);
    }
    case Model::maximum_likelihood: return Transitions::of_growth(context_, config_, Growth::allen, most_likely_);
    case Model::gaussian_process: return Transitions::of_process(context_, config_, predictions());
    default: {
      auto const growth = model == Model::allen ? Growth::allen : model == Model::ricker ? Growth::ricker : Growth::myers;
      return Transitions::of_growth(context_, config_, growth, draws().at(model).thinned(config_.candidate_draws).value);
    }
  }
}

std::map<Model, Draws> const& Fishery::draws() {
  if (draws_.empty()) {
    std::size_t k = 0;
    for (auto const model : models_) {
      if (is_sampled(model)) draws_.emplace(model, chains_[k++]->gather());
    }
  }
  return draws_;
}

Predictions const& Fishery::predictions() {
  if (!predictions_) predictions_ = predict(context_, config_, series_, draws().at(Model::gaussian_process));
  return *predictions_;
}

std::vector<io::ShardedArray> Fishery::arrays() {
  std::vector<io::ShardedArray> arrays;
  for (auto const& chains : chains_) {
    for (auto& array : chains->arrays()) arrays.push_back(std::move(array));
  }
  arrays.push_back(io::replicated_array("sweeps", sweeps_));
  arrays.push_back(io::replicated_array("change", change_));
  io::ShardedArray sampled{"sampled", io::ElementType::int64, {1}, {0, 1}, true};
  sampled.fetch = [this](Block, void* host) { *static_cast<std::int64_t*>(host) = sampled_; };
  sampled.store = [this](Block, void const* host) { sampled_ = *static_cast<std::int64_t const*>(host); };
  arrays.push_back(sampled);

  // Stock after stock: the value and the harvest of each model.
  auto const models = static_cast<std::int64_t>(models_.size());
  auto const own = Partition::equal(config_.points, context_.ranks()).block(context_.rank());
  io::ShardedArray decisions{"decisions", io::ElementType::float64, {config_.points, 2 * models}, own};
  decisions.fetch = [this](Block stocks, void* host) {
    auto* to = static_cast<double*>(host);
    for (auto i = static_cast<std::size_t>(stocks.begin); i < static_cast<std::size_t>(stocks.end); ++i) {
      for (auto const& decision : decisions_) {
        *to++ = decision.value[i];
        *to++ = static_cast<double>(decision.harvest[i]);
      }
    }
  };
  decisions.store = [this](Block stocks, void const* host) {
    auto const* from = static_cast<double const*>(host);
    for (auto i = static_cast<std::size_t>(stocks.begin); i < static_cast<std::size_t>(stocks.end); ++i) {
      for (auto& decision : decisions_) {
        decision.value[i] = *from++;
        decision.harvest[i] = static_cast<std::int32_t>(*from++);
      }
    }
  };
  arrays.push_back(decisions);
  return arrays;
}

void Fishery::restored() {
  auto const own = Partition::equal(config_.points, context_.ranks()).block(context_.rank());
  std::vector<double> numbers;
  for (auto i = static_cast<std::size_t>(own.begin); i < static_cast<std::size_t>(own.end); ++i) {
    for (auto const& decision : decisions_) {
      numbers.push_back(decision.value[i]);
      numbers.push_back(static_cast<double>(decision.harvest[i]));
    }
  }
  auto const all = gather_from_ranks(context_.comm(), numbers);
  auto from = all.begin();
  for (std::size_t i = 0; i < static_cast<std::size_t>(config_.points); ++i) {
    for (auto& decision : decisions_) {
      decision.value[i] = *from++;
      decision.harvest[i] = static_cast<std::int32_t>(*from++);
    }
  }
}

}  // namespace bellshard::gp_fishery
