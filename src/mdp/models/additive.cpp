#include "src/mdp/models/additive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class AdditiveKind : public GeneratedKind {
 public:
  AdditiveKind() : GeneratedKind(Storage::matrix_free) {}

  void declare(Keys& keys) override {
    keys.integer("model.factors", factors_, "machines; states are levels^factors, actions 2^factors").range(1, 10);
    keys.integer("model.levels", model_.levels, "levels of wear of each machine").range(2, 1e9);
    keys.real("model.wear", model_.wear, "probability that the last machine wears; machine k of K: wear (k + 1) / K").range(0, 1);
    keys.real("model.mend", model_.mend, "probability that a service mends one level").range(0, 1);
    keys.real("model.effort", model_.effort, "cost of servicing the first machine; machine k: effort (k + 1)").range(0, 1e15);
    declare_storage(keys);
  }
  void check_keys(Keys const& keys) override {
    if (static_cast<double>(factors_) * std::log2(static_cast<double>(model_.levels)) < 60) return;
    keys.reject("model.levels", fmt::format("model.levels^model.factors = {}^{} states are too many to count; choose less", model_.levels, factors_));
  }
  std::unique_ptr<Source> make(Context&) override {
    auto model = model_;
    model.factors = static_cast<int>(factors_);
    StateFacts facts{fmt::format("additive product of {} machines with {} levels", factors_, model.levels)};
    facts.labels = {{"init", [](std::int64_t state) { return state == 0; }}};
    std::int64_t place = model.states();
    for (int k = 0; k < model.factors; ++k) {
      place /= model.levels;
      facts.coordinates.push_back({fmt::format("wear{}", k), [place, levels = model.levels](std::int64_t state) {
                                     return static_cast<double>(state / place % levels);
                                   }});
    }
    return source(model, facts);
  }

 private:
  Additive model_{0, 10, 0.6, 0.8, 2};
  std::int64_t factors_ = 3;
};

}  // namespace

std::vector<double> factor_values(Additive const& model, int k, double discount) {
  auto const size = static_cast<std::size_t>(model.levels);
  std::vector<double> value(size, 0.0), next(size);
  // Value iteration until nothing moves by more than rounding: each sweep brings the rest down by the discount.
  for (double largest = 1, scale = 1; largest > 1e-15 * scale;) {
    largest = 0;
    for (std::size_t s = 0; s < size; ++s) {
      auto const worn = static_cast<std::int64_t>(s);
      double const runs = model.chance_of(k, worn, false), mends = model.chance_of(k, worn, true);
      double const run = model.cost_of(k, worn, false) + discount * (runs * (runs > 0 ? value[s + 1] : 0) + (1 - runs) * value[s]);
      double const serviced = model.cost_of(k, worn, true) + discount * (mends * (mends > 0 ? value[s - 1] : 0) + (1 - mends) * value[s]);
      next[s] = std::min(run, serviced);
      largest = std::max(largest, std::abs(next[s] - value[s]));
      scale = std::max(scale, std::abs(next[s]));
    }
    value.swap(next);
  }
  return value;
}

std::unique_ptr<ModelKind> make_additive_kind() { return std::make_unique<AdditiveKind>(); }

}  // namespace bellshard::mdp
