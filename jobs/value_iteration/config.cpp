#include "jobs/value_iteration/config.hpp"

#include <fmt/format.h>

namespace bellshard::value_iteration {

void declare(Keys& keys, Config& config) {
  keys.table("model", "what is decided about");
  keys.choice("model.kind", config.model.kind, {{"raster", ModelKind::raster}}, "kind of model; raster: moves on a 2-D mask");
  keys.file("model.file", config.model.file, "the mask: a netCDF-4 grid (lat, lon, z; 0 free) or an octile map ('.' free)");
  keys.text("model.map", config.model.map, "the mask drawn here instead, one line per row, '.' free")
      .example("'''\n..........\n.@@@@@@@@.\n.@......@.\n.@.@@@@.@.\n....@@....\n'''");
  keys.real("model.drift", config.model.drift, "probability of sliding to each 45-degree neighbour").range(0, 0.5);
  keys.real("model.speed", config.model.speed, "speed over ground, grids with coordinates only")
      .unit("km/h")
      .range(0, 1e9, Border::open);
  keys.pairs("model.target", config.model.target, "targets as [[row, column], ...], from 0").range(0, 1e12).example("[[0, 0]]");
  keys.pairs("model.target_lat_lon", config.model.target_lat_lon, "targets as [[lat, lon], ...]; the nearest free cell is taken")
      .unit("degrees")
      .range(-360, 360);
  keys.real("model.target_within", config.model.target_within, "how far the nearest free cell may lie from a target")
      .unit("km")
      .range(0, 20100);

  keys.table("criterion", "what is least");
  keys.choice("criterion.kind", config.criterion.kind,
              {{"total_cost", CriterionKind::total_cost}, {"discounted", CriterionKind::discounted}},
              "expected total cost to a target, or the same discounted per step");
  keys.real("criterion.discount", config.criterion.discount, "factor per step; below 1 for \"discounted\", 1 for \"total_cost\"")
      .range(0, 1, Border::open, Border::closed, "a cost of the next step counts at most as much as one of this step");

  keys.table("solver", "how it is found");
  keys.choice("solver.method", config.solver.method, {{"gauss_seidel", Method::gauss_seidel}, {"jacobi", Method::jacobi}},
              "ordered sweeps (fast), or synchronous ones (the same bits for any ranks and threads)");
  keys.real("solver.tolerance", config.solver.tolerance, "proven width: max (upper - lower) / max(1, |upper|)")
      .range(0, 1, Border::open, Border::open, "a proof needs some width; 1e-6 is usual");
  keys.integer("solver.max_sweeps", config.solver.max_sweeps, "ends there with exit code 5, what was proven is written").range(1, 1e15);
  keys.integer("solver.tile", config.solver.tile, "side of the tiles of ordered sweeps; jacobi uses them for its start alone").unit("cells").range(4, 4096);

  keys.table("output", "where it goes");
  keys.text("output.file", config.output.file, "result file, below the output folder (-o)");
  keys.integer("output.compression", config.output.compression, "deflate level of the result's arrays; 0: none").range(0, 9);
}

void check(Keys const& keys, Config const& config) {
  auto const& model = config.model;
  if (model.file.empty() == model.map.empty()) {
    keys.reject(model.file.empty() ? "model.file" : "model.map", model.file.empty()
                    ? "model.file is missing: name a mask (netCDF-4 grid or octile map), or draw one as model.map"
                    : "model.file and model.map are both given; keep one");
  }
  if (model.target.empty() && model.target_lat_lon.empty()) {
    keys.reject("model.target", "no target: give model.target = [[row, column]] or, for a grid with coordinates, model.target_lat_lon = [[lat, lon]]");
  }
  double const discount = config.criterion.discount;
  if (config.criterion.kind == CriterionKind::total_cost && discount != 1) {
    keys.reject("criterion.discount", fmt::format("criterion.discount = {} (must be 1 for criterion.kind = \"total_cost\"); set kind = \"discounted\" or drop it", discount));
  }
  if (config.criterion.kind == CriterionKind::discounted && discount == 1) {
    keys.reject("criterion.discount", "criterion.discount is 1 (must lie in (0, 1) for criterion.kind = \"discounted\"); give one, or set kind = \"total_cost\"");
  }
  if (keys.given("model.target_within") && model.target_lat_lon.empty()) {
    keys.reject("model.target_within", "model.target_within has no use without model.target_lat_lon; drop it");
  }
  if (config.output.file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"result.h5\"");
}

void check_against(Keys const& keys, Config const& config, io::RasterSource const& source) {
  if (keys.given("model.speed") && !source.geographic()) {
    keys.reject("model.speed", fmt::format("model.speed has no use on {}, a map without coordinates, where steps cost 1 and sqrt(2); drop it",
                                           config.model.file.empty() ? "a drawn map" : config.model.file.string()));
  }
}

}  // namespace bellshard::value_iteration
