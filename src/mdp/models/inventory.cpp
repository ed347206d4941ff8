#include "src/mdp/models/inventory.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "kernels/host_copy.hpp"
#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/demand.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class InventoryKind : public GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.integer("model.capacity", model_.capacity, "most units in stock").unit("count").range(1, 1e6);
    keys.real("model.fixed_cost", model_.fixed_cost, "cost of an order, whatever its size").range(0, 1e15);
    keys.real("model.unit_cost", model_.unit_cost, "cost of a unit ordered").range(0, 1e15);
    keys.real("model.holding_cost", model_.holding_cost, "cost of a unit in stock for a period, before sales").range(0, 1e15);
    keys.real("model.price", model_.price, "reward of a unit sold").range(0, 1e15);
    keys.reals("model.demand", demand_, "probabilities of a demand of 0, 1, 2, ... units").range(0, 1);
    keys.real("model.demand_mean", mean_, "mean of a Poisson demand, instead of model.demand").range(0, 1e6);
    declare_storage(keys);
  }
  void check_keys(Keys const& keys) override {
    if (keys.given("model.demand") && keys.given("model.demand_mean")) {
      keys.reject("model.demand_mean", "model.demand and model.demand_mean are both given; keep one");
    }
    double const sum = std::accumulate(demand_.begin(), demand_.end(), 0.0);
    if (std::abs(sum - 1) > 1e-9) {
      keys.reject("model.demand", fmt::format("model.demand sums to {:.12g} (must be 1); give every demand its probability", sum));
    }
  }
  std::unique_ptr<Source> make(Context&) override {
    auto model = model_;
    model.demand = to_device(std::isnan(mean_) ? demand_ : poisson_demand(mean_, static_cast<int>(model_.capacity)), "bellshard::mdp::demand");
    return source(model, {fmt::format("inventory of up to {} units, lost sales", model_.capacity),
                          {{"init", [](std::int64_t stock) { return stock == 0; }}},
                          {{"stock", [](std::int64_t stock) { return static_cast<double>(stock); }}}});
  }

 private:
  Inventory model_{3, 4, 2, 1, 8, {}};
  std::vector<double> demand_{0.25, 0.5, 0.25};
  double mean_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace

std::unique_ptr<ModelKind> make_inventory_kind() { return std::make_unique<InventoryKind>(); }

}  // namespace bellshard::mdp
