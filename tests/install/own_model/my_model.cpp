// A queue that a shop keeper serves fast or slowly: a model of one's own, solved by `my_bellshard run value_iteration` with
// model.kind = "my_model".
#include "src/mdp/generated_kind.hpp"

namespace {

using namespace bellshard;

/// Up to `places` people wait. Each step one more arrives with probability `arrival` (and is lost where all places are taken);
/// action 0 serves one with probability 0.3, action 1 with 0.6 at a cost of 4. Each one who waits costs 1. A cost, to be least.
struct Queue {
  std::int64_t places;
  double arrival;

  KOKKOS_FUNCTION std::int64_t states() const { return places + 1; }
  KOKKOS_FUNCTION int actions(std::int64_t) const { return 2; }
  KOKKOS_FUNCTION double reward(std::int64_t waiting, int action) const { return static_cast<double>(waiting) + (action == 1 ? 4 : 0); }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t waiting, int action, Visit&& visit) const {
    double const served = waiting == 0 ? 0 : action == 0 ? 0.3 : 0.6;
    double const up = waiting == places ? 0 : arrival * (1 - served), down = served * (1 - arrival);
    if (up > 0) visit(waiting + 1, up);
    if (down > 0) visit(waiting - 1, down);
    visit(waiting, 1 - up - down);
  }
};

class QueueKind : public mdp::GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.integer("model.places", model_.places, "people who can wait").range(1, 1e12);
    keys.real("model.arrival", model_.arrival, "probability that one more arrives in a step").range(0, 1);
    declare_storage(keys);
  }
  std::unique_ptr<mdp::Source> make(Context&) override {
    return source(model_, {"queue",
                           {{"init", [](std::int64_t waiting) { return waiting == 0; }}},
                           {{"waiting", [](std::int64_t waiting) { return static_cast<double>(waiting); }}}});
  }

 private:
  Queue model_{100, 0.4};
};

BELLSHARD_MODEL(my_model, QueueKind, "queue with a fast and a slow server");

}  // namespace
