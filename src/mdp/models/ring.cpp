#include "src/mdp/models/ring.hpp"

#include <fmt/format.h>

#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class RingKind : public GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.integer("model.states", model_.places, "places on the ring").range(3, 1e15);
    keys.integer("model.goal", model_.goal, "the place that pays 1 a step").range(0, 1e15);
    keys.real("model.stay", model_.stay, "probability that staying works; else a step to either side").range(0, 1);
    keys.real("model.move", model_.move, "probability that a step works; else it stays").range(0, 1, Border::open, Border::closed);
    declare_storage(keys);
  }
  void check_keys(Keys const& keys) override {
    if (model_.goal < model_.places) return;
    keys.reject("model.goal", fmt::format("model.goal = {} (must lie below model.states = {})", model_.goal, model_.places));
  }
  std::unique_ptr<Source> make(Context&) override {
    auto const goal = model_.goal;
    return source(model_, {fmt::format("ring of {} places", model_.places),
                           {{"goal", [goal](std::int64_t place) { return place == goal; }}},
                           {{"place", [](std::int64_t place) { return static_cast<double>(place); }}},
                           {"stay", "down", "up"}});
  }

 private:
  Ring model_{50, 42, 0.9, 0.9};
};

}  // namespace

std::unique_ptr<ModelKind> make_ring_kind() { return std::make_unique<RingKind>(); }

}  // namespace bellshard::mdp
