#include "src/mdp/models/cliff.hpp"

#include <fmt/format.h>

#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class CliffKind : public GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.integer("model.rows", model_.rows, "rows of the grid").range(2, 1e9);
    keys.integer("model.columns", model_.columns, "columns of the grid").range(2, 1e9);
    keys.real("model.slip", model_.slip, "probability that a step goes anywhere").range(0, 1);
    keys.real("model.step", model_.step, "reward of a step").range(-1e9, 1e9);
    keys.real("model.fall", model_.fall, "reward of the step that goes over the edge").range(-1e9, 1e9);
    declare_storage(keys);
  }
  std::unique_ptr<Source> make(Context&) override {
    auto const columns = model_.columns, start = (model_.rows - 1) * columns, goal = model_.states() - 1;
    return source(model_, {fmt::format("cliff of {} x {} cells", model_.rows, columns),
                           {{"init", [start](std::int64_t cell) { return cell == start; }},
                            {"goal", [goal](std::int64_t cell) { return cell == goal; }},
                            {"cliff", [model = model_](std::int64_t cell) { return model.falls(cell); }}},
                           {{"row", [columns](std::int64_t cell) { return static_cast<double>(cell / columns); }},
                            {"column", [columns](std::int64_t cell) { return static_cast<double>(cell % columns); }}},
                           {"up", "right", "down", "left"}});
  }

 private:
  Cliff model_;
};

}  // namespace

std::unique_ptr<ModelKind> make_cliff_kind() { return std::make_unique<CliffKind>(); }

}  // namespace bellshard::mdp
