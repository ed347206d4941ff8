#include "src/mdp/models/perishable.hpp"

#include <fmt/format.h>

#include <cmath>

#include "kernels/host_copy.hpp"
#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/demand.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

enum class Demand { gamma, poisson };

class PerishableKind : public GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.integer("model.life", life_, "periods that a unit can be sold in").unit("period").range(1, 8);
    keys.integer("model.lead_time", lead_time_, "periods between an order and its first sales").unit("period").range(1, 8);
    keys.integer("model.max_order", max_order_, "most units of an order").unit("count").range(1, 1000);
    keys.choice("model.issue", model_.issue, {{"lifo", Issue::lifo}, {"fifo", Issue::fifo}}, "newest units are sold first, or oldest");
    keys.choice("model.demand", demand_, {{"gamma", Demand::gamma}, {"poisson", Demand::poisson}},
                "distribution of the demand; gamma is cut at half-integers");
    keys.real("model.demand_mean", mean_, "mean demand of a period").unit("count").range(0, 1e4, Border::open);
    keys.real("model.demand_variation", variation_, "coefficient of variation, gamma alone").range(0.01, 100);
    keys.integer("model.max_demand", max_demand_, "demands above count as this").unit("count").range(1, 1e5);
    keys.real("model.price", model_.price, "reward of a unit sold").range(0, 1e15);
    keys.real("model.order_cost", model_.order_cost, "cost of a unit ordered").range(0, 1e15);
    keys.real("model.shortage_cost", model_.shortage_cost, "cost of a unit that was asked for in vain").range(0, 1e15);
    keys.real("model.waste_cost", model_.waste_cost, "cost of a unit thrown away").range(0, 1e15);
    keys.real("model.holding_cost", model_.holding_cost, "cost of a unit kept for the next period").range(0, 1e15);
    declare_storage(keys);
  }
  void check_keys(Keys const& keys) override {
    auto const digits = static_cast<double>(life_ + lead_time_ - 1);
    if (digits * std::log2(static_cast<double>(max_order_ + 1)) > 62) {
      keys.reject("model.life", fmt::format("(max_order + 1)^(life + lead_time - 1) = {}^{} states are too many to count; choose less",
                                            max_order_ + 1, digits));
    }
    if (demand_ == Demand::poisson && keys.given("model.demand_variation")) {
      keys.reject("model.demand_variation", "model.demand_variation has no use with model.demand = \"poisson\"; drop it");
    }
  }
  std::unique_ptr<Source> make(Context&) override;

 private:
  Perishable model_{0, 0, 0, Issue::lifo, 0, 3, 5, 7, 1, {}, {}, {}, 0};
  std::int64_t life_ = 2;
  std::int64_t lead_time_ = 1;
  std::int64_t max_order_ = 10;
  std::int64_t max_demand_ = 100;
  Demand demand_ = Demand::gamma;
  double mean_ = 4;
  double variation_ = 0.5;
};

std::unique_ptr<Source> PerishableKind::make(Context&) {
  auto model = model_;
  model.life = static_cast<int>(life_);
  model.lead_time = static_cast<int>(lead_time_);
  model.max_order = static_cast<int>(max_order_);
  auto const most = static_cast<int>(max_demand_);
  set_demand(model, demand_ == Demand::gamma ? gamma_demand(mean_, variation_, most) : poisson_demand(mean_, most));

  StateFacts facts{fmt::format("perishable inventory, life {}, lead time {}, orders up to {}", life_, lead_time_, max_order_)};
  facts.labels = {{"init", [](std::int64_t state) { return state == 0; }}};
  auto const add = [&](std::string name, int digit) {
    auto step = std::int64_t{1};
    for (int k = model.digits() - 1; k > digit; --k) step *= max_order_ + 1;
    facts.coordinates.push_back({std::move(name), [step, base = max_order_ + 1](std::int64_t state) { return static_cast<double>(state / step % base); }});
  };
  for (int k = 0; k + 1 < model.lead_time; ++k) add(fmt::format("order{}", k + 1), k);
  for (int k = 0; k < model.life; ++k) add(fmt::format("age{}", k), model.lead_time - 1 + k);
  return source(model, facts);
}

}  // namespace

void set_demand(Perishable& model, std::vector<double> const& probability) {
  auto const most_stock = static_cast<std::size_t>(model.life) * static_cast<std::size_t>(model.max_order);
  auto const size = std::max(probability.size(), most_stock + 1);
  std::vector<double> padded(size, 0.0), at_least(size, 0.0), shortage(size, 0.0);
  std::copy(probability.begin(), probability.end(), padded.begin());
  double tail = 0, short_of = 0;
  model.mean_demand = 0;
  for (std::size_t d = size; d-- > 0;) {
    short_of += tail;  // E[(D - d)+] = P(D > d) + E[(D - d - 1)+]
    tail += padded[d];
    shortage[d] = short_of;
    at_least[d] = tail;
    model.mean_demand += static_cast<double>(d) * padded[d];
  }
  model.demand = to_device(padded, "bellshard::mdp::demand");
  model.at_least = to_device(at_least, "bellshard::mdp::demand_at_least");
  model.shortage = to_device(shortage, "bellshard::mdp::shortage");
}

std::unique_ptr<ModelKind> make_perishable_kind() { return std::make_unique<PerishableKind>(); }

}  // namespace bellshard::mdp
