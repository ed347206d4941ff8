#include "src/mdp/models/grid.hpp"

#include <fmt/format.h>

#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class GridKind : public GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.integer("model.rows", model_.rows, "rows of the grid").range(1, 1e9);
    keys.integer("model.columns", model_.columns, "columns of the grid").range(1, 1e9);
    keys.real("model.move", model_.move, "probability that a step works; else it stays").range(0, 1, Border::open, Border::closed);
    declare_storage(keys);
  }
  std::unique_ptr<Source> make(Context&) override {
    auto const columns = model_.columns, last = model_.states() - 1;
    return source(model_, {fmt::format("grid of {} x {} cells", model_.rows, columns),
                           {{"goal", [](std::int64_t cell) { return cell == 0; }}, {"init", [last](std::int64_t cell) { return cell == last; }}},
                           {{"row", [columns](std::int64_t cell) { return static_cast<double>(cell / columns); }},
                            {"column", [columns](std::int64_t cell) { return static_cast<double>(cell % columns); }}},
                           {"up", "right", "down", "left"}});
  }

 private:
  Grid model_{100, 100, 0.8};
};

}  // namespace

std::unique_ptr<ModelKind> make_grid_kind() { return std::make_unique<GridKind>(); }

}  // namespace bellshard::mdp
