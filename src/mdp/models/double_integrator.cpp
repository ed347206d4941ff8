#include "src/mdp/models/double_integrator.hpp"

#include <fmt/format.h>

#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class DoubleIntegratorKind : public GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.integer("model.positions", model_.position.points, "grid points of the position").range(2, 1e7);
    keys.integer("model.speeds", model_.speed.points, "grid points of the speed").range(2, 1e7);
    keys.integer("model.actions", model_.push.points, "pushes").range(2, 1e6);
    keys.real("model.max_position", model_.position.high, "positions lie between this and its negative").unit("m").range(0, 1e6, Border::open);
    keys.real("model.max_speed", model_.speed.high, "speeds lie between this and its negative").unit("m/s").range(0, 1e6, Border::open);
    keys.real("model.max_push", model_.push.high, "pushes lie between this and its negative").unit("m/s^2").range(0, 1e6, Border::open);
    keys.real("model.time_step", model_.time_step, "length of a step").unit("s").range(0, 10, Border::open);
    declare_storage(keys);
  }
  std::unique_ptr<Source> make(Context&) override {
    model_.position.low = -model_.position.high;
    model_.speed.low = -model_.speed.high;
    model_.push.low = -model_.push.high;
    auto const position = model_.position, speed = model_.speed;
    return source(model_, {fmt::format("double integrator on {} positions x {} speeds", position.points, speed.points),
                           {{"init", [](std::int64_t state) { return state == 0; }}},
                           {{"position", [=](std::int64_t state) { return position.at(state / speed.points); }},
                            {"speed", [=](std::int64_t state) { return speed.at(state % speed.points); }}}});
  }

 private:
  DoubleIntegrator model_{{-3, 3, 41}, {-4, 4, 41}, {-1, 1, 11}, 0.1};
};

}  // namespace

std::unique_ptr<ModelKind> make_double_integrator_kind() { return std::make_unique<DoubleIntegratorKind>(); }

}  // namespace bellshard::mdp
