#include "src/mdp/models/river_swim.hpp"

#include <fmt/format.h>

#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class RiverSwimKind : public GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.integer("model.states", model_.places, "places along the river").range(2, 1e15);
    keys.real("model.left", model_.left, "reward of swimming left at the left end").range(-1e15, 1e15);
    keys.real("model.right", model_.right, "reward of swimming right at the right end").range(-1e15, 1e15);
    declare_storage(keys);
  }
  std::unique_ptr<Source> make(Context&) override {
    return source(model_, {fmt::format("river of {} places", model_.places),
                           {{"init", [](std::int64_t place) { return place == 0; }}},
                           {{"place", [](std::int64_t place) { return static_cast<double>(place); }}},
                           {"left", "right"}});
  }

 private:
  RiverSwim model_;
};

}  // namespace

std::unique_ptr<ModelKind> make_river_swim_kind() { return std::make_unique<RiverSwimKind>(); }

}  // namespace bellshard::mdp
