#include "src/mdp/models/forest.hpp"

#include <fmt/format.h>

#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class ForestKind : public GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.integer("model.states", model_.ages, "age classes of the forest").range(2, 1e15);
    keys.real("model.r1", model_.r1, "reward of waiting in the oldest class").range(-1e15, 1e15);
    keys.real("model.r2", model_.r2, "reward of cutting in the oldest class").range(-1e15, 1e15);
    keys.real("model.p", model_.fire, "probability of a fire while waiting").range(0, 1);
    declare_storage(keys);
  }
  std::unique_ptr<Source> make(Context&) override {
    auto const oldest = model_.ages - 1;
    return source(model_, {fmt::format("forest of {} age classes", model_.ages),
                           {{"init", [](std::int64_t age) { return age == 0; }}, {"oldest", [oldest](std::int64_t age) { return age == oldest; }}},
                           {{"age", [](std::int64_t age) { return static_cast<double>(age); }}},
                           {"wait", "cut"}});
  }

 private:
  Forest model_{3, 4, 2, 0.1};
};

}  // namespace

std::unique_ptr<ModelKind> make_forest_kind() { return std::make_unique<ForestKind>(); }

}  // namespace bellshard::mdp
