#include "src/dist/mail.hpp"

#include <cstring>

#include "src/base/error.hpp"

namespace bellshard {
namespace {

constexpr std::int64_t piece_bytes = std::int64_t{1} << 30;  // of one MPI call, whose counts overflow beyond 2^31

/// Cuts a message into pieces; two ends that cut the same length alike need not agree on anything.
template <class Bytes, class Post>
void in_pieces(Bytes bytes, Post const& post) {
  for (std::size_t done = 0; done < bytes.size(); done += piece_bytes) {
    post(bytes.subspan(done, std::min<std::size_t>(piece_bytes, bytes.size() - done)));
  }
}

}  // namespace

Mail::Mail(MPI_Comm comm) : comm_(comm) {
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank_));
  BELLSHARD_MPI(MPI_Comm_size(comm, &ranks_));
}

std::vector<std::int64_t> Mail::counts_from(std::vector<std::int64_t> const& counts_to) const {
  std::vector<std::int64_t> counts(counts_to.size());
  BELLSHARD_MPI(MPI_Alltoall(counts_to.data(), 1, MPI_INT64_T, counts.data(), 1, MPI_INT64_T, comm_.get()));
  return counts;
}

void Mail::move_bytes(std::vector<std::span<char const>> const& out, std::vector<std::span<char>> const& in) const {
  std::vector<MPI_Request> requests;
  for (int other = 0; other < ranks_; ++other) {
    if (other == rank_) continue;
    in_pieces(in[other], [&](std::span<char> piece) {
      requests.emplace_back();
      BELLSHARD_MPI(MPI_Irecv(piece.data(), static_cast<int>(piece.size()), MPI_BYTE, other, 0, comm_.get(), &requests.back()));
    });
  }
  for (int other = 0; other < ranks_; ++other) {
    if (other == rank_) continue;
    in_pieces(out[other], [&](std::span<char const> piece) {
      requests.emplace_back();
      BELLSHARD_MPI(MPI_Isend(piece.data(), static_cast<int>(piece.size()), MPI_BYTE, other, 0, comm_.get(), &requests.back()));
    });
  }
  if (!out[rank_].empty()) std::memcpy(in[rank_].data(), out[rank_].data(), out[rank_].size());
  BELLSHARD_MPI(MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE));
}

}  // namespace bellshard
