#include "src/mdp/models/infectious_disease.hpp"

#include <fmt/format.h>

#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class InfectiousDiseaseKind : public GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.integer("model.population", model_.population, "people; states are 0 .. population susceptible ones").unit("count").range(1, 1e9);
    keys.integer("model.outcomes", model_.outcomes, "numbers of newly infected people that are kept of each binomial").range(2, 1e6);
    keys.real("model.financial_weight", model_.financial_weight, "weight of the financial cost of measures").range(0, 1e15);
    keys.real("model.quality_weight", model_.quality_weight, "weight of the quality of life").range(0, 1e15);
    keys.real("model.health_weight", model_.health_weight, "weight of infected^1.1").range(0, 1e15);
    declare_storage(keys);
  }
  std::unique_ptr<Source> make(Context&) override {
    auto const population = model_.population;
    return source(model_, {fmt::format("infectious disease among {} people", population),
                           {{"healthy", [population](std::int64_t s) { return s == population; }},
                            {"init", [population](std::int64_t s) { return s == population - 1; }}},
                           {{"susceptible", [](std::int64_t s) { return static_cast<double>(s); }}}});
  }

 private:
  InfectiousDisease model_{1000, 100, 5, 20, 0.05};
};

}  // namespace

std::unique_ptr<ModelKind> make_infectious_disease_kind() { return std::make_unique<InfectiousDiseaseKind>(); }

}  // namespace bellshard::mdp
