// Writes a result with every kind of axis and variable, and a checkpoint beside it, for open_result.py. Argument: the folder.
#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/result_file.hpp"
#include "src/runtime/session.hpp"
#include "tests/mpi/hdf5_fixture.hpp"

using namespace bellshard;
using namespace bellshard::test;

int main(int argc, char** argv) {
  Session session(argc, argv);
  std::filesystem::path const folder = argv[1];
  constexpr std::int64_t rows = 50, columns = 7;
  auto const own = uneven(rows);
  auto const items = static_cast<std::size_t>(own.size());
  auto record = some_record();
  record.job_file = std::string(100'000, 'x');  // more than fits into an old-style attribute
  io::Trace const trace{{"residual", "h", "largest change", {4.0, 2.0, 1.0}}, {"seconds", "s", "time of the sweep", {0.1, 0.1, 0.1}}};
  {
    io::ResultFile out(MPI_COMM_WORLD, folder / "result.h5", record);
    std::vector<double> latitude;
    for (std::int64_t r = 0; r < rows; ++r) latitude.push_back(static_cast<double>(r) / 2 - 12.5);
    auto const lat = out.axis("lat", latitude, {"degrees_north"}, "latitude");
    auto const column = out.axis("column", columns, "column of the grid");
    auto const compass = out.axis("compass", std::vector<std::string>{"east", "north-east", "süd"}, "direction");
    out.write(HostArray<double>("value", {rows, columns}, own).fill().array, {lat, column});
    out.write(HostArray<float>("packed", {rows, columns}, own).fill().array, {lat, column}, {}, 4);
    out.write("action", {lat}, own, std::vector<std::int32_t>(items, 1), {"1"}, "greedy action", {{0, 1}, {"stay", "go"}});
    out.write("reachable", {lat}, own, std::vector<std::uint8_t>(items, 1), {"1"}, "reachable", {{0, 1}, {"no", "yes"}});
    auto const per_direction = HostArray<std::int64_t>("taken", {3}, {0, 3}, true).fill();
    out.write(per_direction.array, {compass});
    out.write("mean_value", 2.5, {"h"}, "mean value");
    out.write("sweeps", std::int64_t{3}, {"count"}, "sweeps");
    out.attribute("status", "converged");
    out.attribute("tolerance", 1e-6);
    out.write(trace);
    out.commit();
  }
  {
    io::ResultFile empty(MPI_COMM_WORLD, folder / "no_sweeps.h5", record);
    empty.write({{"residual", "h", "largest change", {}}});
    empty.commit();
  }
  io::CheckpointStore(MPI_COMM_WORLD, folder / "result")
      .write(record, {"demo", "kind", 3, 0, 1.0}, trace,
             {HostArray<double>("value", {rows, columns}, own).fill().array, HostArray<double>("square", {4, 4}, {0, 4}, true).fill().array});
  return 0;
}
