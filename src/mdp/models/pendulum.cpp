#include "src/mdp/models/pendulum.hpp"

#include <fmt/format.h>

#include <numbers>

#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class PendulumKind : public GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.integer("model.angles", model_.angle.points, "grid points of the angle, 0 to 2 pi").range(2, 1e7);
    keys.integer("model.speeds", model_.speed.points, "grid points of the speed").range(2, 1e7);
    keys.integer("model.actions", model_.torque.points, "torques").range(2, 1e6);
    keys.real("model.max_speed", model_.speed.high, "speeds lie between this and its negative").unit("rad/s").range(0, 1e6, Border::open);
    keys.real("model.max_torque", model_.torque.high, "torques lie between this and its negative").unit("N m").range(0, 1e6, Border::open);
    keys.real("model.time_step", model_.time_step, "length of a step").unit("s").range(0, 10, Border::open);
    declare_storage(keys);
  }
  std::unique_ptr<Source> make(Context&) override {
    model_.speed.low = -model_.speed.high;
    model_.torque.low = -model_.torque.high;
    auto const angle = model_.angle, speed = model_.speed;
    return source(model_, {fmt::format("pendulum on {} angles x {} speeds", angle.points, speed.points),
                           {{"init", [](std::int64_t state) { return state == 0; }}},
                           {{"angle", [=](std::int64_t state) { return angle.at(state / speed.points); }},
                            {"speed", [=](std::int64_t state) { return speed.at(state % speed.points); }}}});
  }

 private:
  Pendulum model_{{0, 2 * std::numbers::pi, 201}, {-10, 10, 201}, {-3, 3, 9}, 0.01};
};

}  // namespace

std::unique_ptr<ModelKind> make_pendulum_kind() { return std::make_unique<PendulumKind>(); }

}  // namespace bellshard::mdp
