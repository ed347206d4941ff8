#include "jobs/prune_allocation/config.hpp"

#include <fmt/format.h>

namespace bellshard::prune_allocation {

void Config::declare(Keys& keys) {
  keys.table("model", "the layers and what their choices cost and lose");
  keys.file("model.table", table, "measured losses: JSONL, a layer a line, {\"layer\": \"conv1\", \"cost\": [432, 0], \"loss\": [0.0, 0.3]}, or HDF5 (.h5)")
      .required()
      .example("\"losses.jsonl\"");
  keys.table("solver", "what is asked for, and how it is found");
  keys.integers("solver.budget", budget, "most that the choices of all layers may cost together; one result for each").range(0, 1e18).required().example("[600, 400]");
  keys.choice("solver.objective", objective, {{"min", dp::Objective::min}, {"max", dp::Objective::max}}, "least or greatest sum of losses");
  keys.choice("solver.method", method, {{"auto", Method::automatic}, {"table", Method::table}, {"greedy", Method::greedy}},
              "table: exact, every budget up to the largest one; greedy: at once, with the gap to the Lagrangian bound; auto: exact, "
              "where output.frontier is false and the budgets are few (64) by a search that the bound prunes, else by the table");
  keys.choice("solver.precision", precision, {{"float64", allocation::Precision::float64}, {"float32", allocation::Precision::float32}},
              "how the table's sums are stored; float32 takes half the memory, but two choices whose losses are that close may be confused");
  keys.real("solver.memory_limit", memory_limit,
            "memory of a rank; where rows and tables of choices need more, the tables lie in files beside the result until it is written")
      .unit("GiB")
      .range(0, 1e6, Border::open);
  keys.table("output", "where it goes");
  keys.text("output.file", file, "the result, below the output folder (-o)");
  keys.flag("output.frontier", frontier, "write the optimum at every budget up to the largest one, too, where the table is swept");
}

void Config::check(Keys const& keys) const {
  if (budget.empty()) keys.reject("solver.budget", "solver.budget is empty; name at least one budget, for example [600]");
  if (file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"allocation.h5\"");
}

}  // namespace bellshard::prune_allocation
