#include "src/mdp/models/growth.hpp"

#include <fmt/format.h>

#include <vector>

#include "kernels/host_copy.hpp"
#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class GrowthKind : public GeneratedKind {
 public:
  GrowthKind() : GeneratedKind(Storage::matrix_free) {}

  void declare(Keys& keys) override {
    keys.integer("model.capital_points", points_, "grid points of the capital, actions of each state").range(2, 1e7);
    keys.real("model.share", share_, "output is productivity times capital to this power").range(0, 1, Border::open, Border::open);
    keys.real("model.discount", discount_, "discount that the steady state and the weight 1 - discount of a reward are for")
        .range(0, 1, Border::open, Border::open);
    declare_storage(keys);
  }
  std::unique_ptr<Source> make(Context&) override {
    auto const model = make_growth(points_, share_, discount_);
    auto const low = model.low, step = model.step;
    return source(model, {fmt::format("growth on {} capitals x {} productivities", points_, Growth::levels),
                          {{"init", [](std::int64_t state) { return state == 0; }}},
                          {{"capital", [=](std::int64_t state) { return low + step * static_cast<double>(state / Growth::levels); }},
                           {"productivity", [](std::int64_t state) { return static_cast<double>(state % Growth::levels); }}}});
  }

 private:
  std::int64_t points_ = 17820;
  double share_ = 1.0 / 3;
  double discount_ = 0.95;
};

}  // namespace

Growth make_growth(std::int64_t points, double share, double discount) {
  constexpr double productivity[Growth::levels] = {0.9792, 0.9896, 1.0000, 1.0106, 1.0212};
  double const steady = std::pow(share * discount, 1 / (1 - share));
  Growth model{points, 0.5 * steady, steady / static_cast<double>(points), 1 - discount, {}};
  if (points == 17820) model.step = 1e-5;  // as it was published
  std::vector<double> output;
  output.reserve(static_cast<std::size_t>(model.states()));
  for (std::int64_t i = 0; i < points; ++i) {
    for (double const z : productivity) output.push_back(z * std::pow(model.capital(i), share));
  }
  model.output = to_device(output, "bellshard::mdp::output");
  return model;
}

std::unique_ptr<ModelKind> make_growth_kind() { return std::make_unique<GrowthKind>(); }

}  // namespace bellshard::mdp
