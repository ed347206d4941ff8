// Reads a model file as the solver does, each rank its block, and prints what it holds: read_model MODEL.h5
#include <fmt/format.h>

#include <cstdio>
#include <numeric>

#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/models/file_source.hpp"
#include "src/runtime/session.hpp"

using namespace bellshard;

int main(int argc, char** argv) {
  Session session(argc, argv);
  if (argc != 2) return 2;
  try {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    mdp::FileSource const source(MPI_COMM_WORLD, argv[1]);
    auto const own = source.partition(MPI_COMM_WORLD).block(rank);
    auto const rows = source.rows(MPI_COMM_WORLD, own, "");
    auto const goal = source.where(MPI_COMM_WORLD, own, "goal & x < 0.5");
    auto const initial = source.initial(MPI_COMM_WORLD, own);
    auto const total = [](auto const& column) {
      return sum_over_ranks(MPI_COMM_WORLD, std::accumulate(column.begin(), column.end(), 0.0));
    };
    auto const all = [](std::int64_t n) { return sum_over_ranks(MPI_COMM_WORLD, n); };
    auto const text = fmt::format("states {} pairs {} transitions {} probability {} reward {} goal {} init {}\n", source.states(), all(rows.pairs()),
                                  all(rows.transitions()), total(rows.probability), total(rows.reward), total(goal), total(initial));
    if (rank == 0) std::fputs(text.c_str(), stdout);
  } catch (Error const& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.code());
  }
  return 0;
}
