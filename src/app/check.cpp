#include <unistd.h>

#include <algorithm>

#include "src/app/commands.hpp"
#include "src/app/job_setup.hpp"

namespace bellshard {
namespace {

/// "34.1 MiB"
std::string human_bytes(double bytes) {
  char const* const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t u = 0;
  for (; bytes >= 1024 && u + 1 < std::size(units); ++u) bytes /= 1024;
  return u == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, units[u]);
}

std::string counted(int ranks) { return fmt::format("{} rank{}", ranks, ranks == 1 ? "" : "s"); }

double sum(std::vector<MemoryItem> const& items) {
  double total = 0;
  for (auto const& item : items) total += item.bytes;
  return total;
}

Node measure_node(MPI_Comm comm) {
  MPI_Comm node_comm = MPI_COMM_NULL;
  Node node;
  BELLSHARD_MPI(MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node_comm));
  BELLSHARD_MPI(MPI_Comm_size(node_comm, &node.ranks));
  BELLSHARD_MPI(MPI_Comm_free(&node_comm));
  node.bytes = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &node.ranks, 1, MPI_INT, MPI_MAX, comm));
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &node.bytes, 1, MPI_DOUBLE, MPI_MIN, comm));
  return node;
}

}  // namespace

bool fits(Estimate const& estimate, Node const& node) { return sum(estimate.memory) * node.ranks <= node.bytes; }

std::string estimate_text(Estimate const& estimate, int ranks, Node const& node) {
  auto const total = sum(estimate.memory);
  auto rows = estimate.facts;
  rows.emplace_back("", "");
  for (auto const& item : estimate.memory) rows.emplace_back(item.what, human_bytes(item.bytes));
  rows.emplace_back("total of the fullest rank", human_bytes(total));

  std::size_t names = 0, values = 0;
  for (auto const& [name, value] : rows) {
    names = std::max(names, name.size());
    values = std::max(values, value.size());
  }
  std::string text;
  for (auto const& [name, value] : rows) {
    text += name.empty() ? fmt::format("\nmemory of each of {}\n", counted(ranks))
                         : fmt::format("  {:<{}}  {:>{}}\n", name, names, value, values);
  }
  text += fmt::format("\n{} on a node need{} {} of its {}: {}\n", counted(node.ranks), node.ranks == 1 ? "s" : "",
                            human_bytes(total * node.ranks), human_bytes(node.bytes),
                            fits(estimate, node) ? "fits" : "does not fit; use more nodes");
  if (!estimate.forecast.empty()) text += "\ntime of a sweep\n";
  for (auto const& line : estimate.forecast) text += "  " + line + "\n";
  return text;
}

ExitCode check_job(CommandLine const& line, MPI_Comm comm) {
  auto options = line.options;
  auto const [job, keys] = configure_job(line, comm, options);
  Context context(comm, options, line.verbosity);
  auto estimate = job->estimate(context);
  if (options.forecast_ranks > 0 && estimate.forecast.empty()) {
    estimate.forecast.push_back("no forecast: it takes a model that is made by formula in each sweep, not read or stored");
  }
  auto const node = measure_node(comm);
  auto const place = line.job_file.empty() ? std::string("the default job") : line.job_file.string();
  together(comm, [&] {
    if (!context.root()) return;
    print_data(fmt::format("{}: valid for {}\n{}", place, line.job, estimate_text(estimate, context.ranks(), node)));
  });
  return fits(estimate, node) ? ExitCode::done : ExitCode::out_of_resources;
}

}  // namespace bellshard
