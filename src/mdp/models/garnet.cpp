#include "src/mdp/models/garnet.hpp"

#include <fmt/format.h>

#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class GarnetKind : public GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.integer("model.states", states_, "number of states").range(1, 1e15);
    keys.integer("model.actions", actions_, "actions of each state").range(1, 1e6);
    keys.integer("model.branching", branching_, "distinct next states of each action").range(1, 1e9);
    keys.integer("model.seed", seed_, "seed of the random numbers").range(0, 4294967295.0);
    declare_storage(keys);
  }
  void check_keys(Keys const& keys) override {
    if (branching_ <= states_) return;
    keys.reject("model.branching", fmt::format("model.branching = {} (must be at most model.states = {})", branching_, states_));
  }
  std::unique_ptr<Source> make(Context&) override {
    return source(Garnet{states_, actions_, branching_, static_cast<std::uint32_t>(seed_)},
                  {fmt::format("garnet of {} states, {} actions, {} next states, seed {}", states_, actions_, branching_, seed_),
                   {{"init", [](std::int64_t state) { return state == 0; }}}});
  }

 private:
  std::int64_t states_ = 10000;
  std::int64_t actions_ = 4;
  std::int64_t branching_ = 5;
  std::int64_t seed_ = 1;
};

}  // namespace

std::unique_ptr<ModelKind> make_garnet_kind() { return std::make_unique<GarnetKind>(); }

}  // namespace bellshard::mdp
