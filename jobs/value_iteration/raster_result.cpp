#include "jobs/value_iteration/raster_result.hpp"

#include <algorithm>
#include <limits>

#include "io/hdf5/input_file.hpp"
#include "io/hdf5/result_file.hpp"
#include "jobs/value_iteration/raster_field.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::value_iteration {
namespace {

std::vector<io::Axis> write_axes(io::ResultFile& out, RasterGeometry const& geometry) {
  if (!geometry.geographic()) {
    return {out.axis("row", geometry.rows, "row of the map, from the top"), out.axis("column", geometry.columns, "column of the map")};
  }
  return {out.axis("lat", geometry.latitude, io::Unit{"degrees_north"}, "latitude"),
          out.axis("lon", geometry.longitude, io::Unit{"degrees_east"}, "longitude")};
}

/// Greedy moves, computed piece by piece while the file asks for them.
io::ShardedArray greedy_field(RasterProblem const& problem, Array<double> const& values) {
  io::ShardedArray array;
  array.name = "action";
  array.type = io::ElementType::int32;
  array.shape = {problem.geometry().rows, problem.geometry().columns};
  array.own = problem.own();
  array.long_name = "move that the upper bound proves; -1 where none is taken";
  array.fetch = [&problem, values](Block rows, void* host) {
    auto const size = static_cast<std::size_t>(rows.size() * problem.geometry().columns);
    Array<std::int32_t> moves(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::moves"), size);
    dp::greedy_moves(Execution(), problem.model(), values, rows.begin - problem.own().begin, rows.size(), moves);
    Kokkos::deep_copy(Kokkos::View<std::int32_t*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>(static_cast<std::int32_t*>(host), size), moves);
  };
  return array;
}

void read_field(RasterProblem& problem, io::InputFile const& file, std::string const& name, Array<double> const& field) {
  file.restore("/results/" + name, sharded_field(problem, field, name, "", ""));
  problem.refresh(field);
}

}  // namespace

Proof write_result(Context& context, RasterProblem& problem, RasterIteration& iteration, Config const& config,
                   io::RunRecord const& record, DriveResult const& driven) {
  problem.refresh(iteration.values());
  auto const enclosure = enclose(context, problem, iteration.values());
  Proof proof{enclosure.width, 0, 0};
  std::string const unit = problem.geometry().cost_unit();
  int const deflate = static_cast<int>(config.output.compression);

  auto described = record;
  described.provenance.emplace_back("restart_count", driven.restart_count);
  io::ResultFile out(context.comm(), context.options().output_dir / config.output.file, described);
  auto const axes = write_axes(out, problem.geometry());
  out.write(sharded_field(problem, iteration.values(), "value", unit, "least expected cost to a target"), axes, {}, deflate);
  out.write(sharded_field(problem, problem.cell(), "cell", "1", "kind of cell"), axes,
            {{0, 1, 2, 3}, {"blocked", "free", "target", "unreachable"}}, deflate);

  auto const bound = iteration.scratch();
  scale(iteration.values(), enclosure.upper_factor, bound);
  proof.upper_violations = violations(context, problem, dp::Bound::upper, bound);
  out.write(sharded_field(problem, bound, "upper", unit, "proven upper bound of the value"), axes, {}, deflate);
  out.write(greedy_field(problem, bound), axes,
            {{-1, 0, 1, 2, 3, 4, 5, 6, 7}, {"none", "N", "NE", "E", "SE", "S", "SW", "W", "NW"}}, deflate);
  scale(iteration.values(), enclosure.lower_factor, bound);
  proof.lower_violations = violations(context, problem, dp::Bound::lower, bound);
  out.write(sharded_field(problem, bound, "lower", unit, "proven lower bound of the value"), axes, {}, deflate);

  out.write("proven_width", proof.width, io::Unit{"1"}, "max (upper - lower) / max(1, |upper|)");
  out.write("violations", proof.lower_violations + proof.upper_violations, io::Unit{"count"}, "states where a bound failed its verifying sweep");
  out.write("states", problem.free_cells(), io::Unit{"count"}, "free cells");
  out.write("unreachable_states", problem.unreachable_cells(), io::Unit{"count"}, "free cells that cannot reach a target");
  out.write("sweeps", driven.sweeps, io::Unit{"count"}, "sweeps of all lives of the run");
  out.attribute("status", iteration.finished() ? "converged" : "not_converged");
  out.attribute("method", config.solver.method == Method::value_iteration ? "jacobi" : "gauss_seidel");
  out.attribute("tolerance", config.solver.tolerance);
  out.attribute("discount", config.criterion.discount);
  out.write(driven.trace);
  out.commit();
  return proof;
}

Proof verify_result(Context& context, RasterProblem& problem, std::filesystem::path const& file) {
  io::InputFile const in(context.comm(), file);
  auto const size = static_cast<std::size_t>(problem.model().layout.size());
  Array<double> value("bellshard::verified_value", size), bound("bellshard::verified_bound", size);
  read_field(problem, in, "value", value);
  Proof proof;
  auto const check = [&](std::string const& name, dp::Bound kind) {
    read_field(problem, in, name, bound);
    std::int64_t const crossed = dp::count_crossings(Execution(), problem.model(), kind, value, bound);
    return violations(context, problem, kind, bound) + sum_over_ranks(context.comm(), crossed);
  };
  proof.upper_violations = check("upper", dp::Bound::upper);
  auto const upper = Array<double>("bellshard::verified_upper", size);
  Kokkos::deep_copy(upper, bound);
  proof.lower_violations = check("lower", dp::Bound::lower);
  proof.width = max_over_ranks(context.comm(), dp::largest_width(Execution(), problem.model(), bound, upper));
  return proof;
}

}  // namespace bellshard::value_iteration
