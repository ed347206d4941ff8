#include "src/mdp/sampled_partition.hpp"

#include <algorithm>
#include <vector>

#include "src/base/error.hpp"

namespace bellshard::mdp {

Partition sampled_partition(MPI_Comm comm, std::int64_t states, int parts,
                            std::function<std::int64_t(std::int64_t, std::int64_t, std::int64_t)> const& transitions) {
  int rank = 0, ranks = 1;
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank));
  BELLSHARD_MPI(MPI_Comm_size(comm, &ranks));
  auto const pieces = Partition::equal(states, static_cast<int>(std::clamp<std::int64_t>(states, 1, std::max<std::int64_t>(2048, 8 * std::int64_t{parts}))));
  auto const own = Partition::equal(pieces.parts(), ranks).block(rank);

  std::vector<std::int64_t> weight(static_cast<std::size_t>(pieces.parts()), 0);
  for (auto piece = own.begin; piece < own.end; ++piece) {
    auto const block = pieces.block(static_cast<int>(piece));
    auto const stride = std::max<std::int64_t>(1, block.size() / 64);
    auto const count = (block.size() + stride - 1) / stride;
    if (count == 0) continue;
    auto const each = static_cast<double>(transitions(block.begin, stride, count)) / static_cast<double>(count);
    // A state costs something without its transitions too.
    weight[static_cast<std::size_t>(piece)] = static_cast<std::int64_t>((each + 1) * static_cast<double>(block.size()));
  }
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, weight.data(), static_cast<int>(weight.size()), MPI_INT64_T, MPI_SUM, comm));

  auto const cuts = Partition::weighted(weight, parts);
  std::vector<std::int64_t> sizes;
  for (int part = 0; part < parts; ++part) {
    auto const block = cuts.block(part);
    std::int64_t size = 0;
    for (auto piece = block.begin; piece < block.end; ++piece) size += pieces.block(static_cast<int>(piece)).size();
    sizes.push_back(size);
  }
  return Partition::of_sizes(sizes);
}

}  // namespace bellshard::mdp
