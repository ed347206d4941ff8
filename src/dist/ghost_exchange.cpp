#include "src/dist/ghost_exchange.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <utility>

#include "src/base/error.hpp"

namespace bellshard {
namespace {

using DeviceBytes = Kokkos::View<char*, Memory, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
using HostBytes = Kokkos::View<char*, kokkos::PinnedSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// Staging memory is made at the first exchange that needs it, and again only for wider elements.
template <class Box>
void make_room(Box& box, std::int64_t bytes, std::string const& label) {
  if (static_cast<std::int64_t>(box.extent(0)) >= bytes) return;
  box = Box(Kokkos::view_alloc(label, Kokkos::WithoutInitializing), bytes);
}

/// box[k] = local[item[k]], for elements of any type as wide as Word.
template <class Word>
void gather(Execution const& space, Array<std::int64_t const> const& item, char const* local, char* box) {
  auto const* const from = reinterpret_cast<Word const*>(local);
  auto* const into = reinterpret_cast<Word*>(box);
  Kokkos::parallel_for(
      "bellshard::dist::gather", Kokkos::RangePolicy<Execution>(space, 0, item.extent(0)),
      KOKKOS_LAMBDA(std::int64_t k) { into[k] = from[item(k)]; });
}

/// The same for rows of 8-byte words.
void gather_rows(Execution const& space, Array<std::int64_t const> const& item, char const* local, char* box, std::int64_t words) {
  auto const* const from = reinterpret_cast<std::uint64_t const*>(local);
  auto* const into = reinterpret_cast<std::uint64_t*>(box);
  Kokkos::parallel_for(
      "bellshard::dist::gather_rows", Kokkos::RangePolicy<Execution>(space, 0, static_cast<std::int64_t>(item.extent(0)) * words),
      KOKKOS_LAMBDA(std::int64_t w) { into[w] = from[item(w / words) * words + w % words]; });
}

void gather(Execution const& space, Array<std::int64_t const> const& item, char const* local, char* box, std::int64_t item_bytes) {
  BELLSHARD_EXPECT(item_bytes == 1 || item_bytes == 4 || item_bytes % 8 == 0);
  if (item_bytes > 8) return gather_rows(space, item, local, box, item_bytes / 8);
  if (item_bytes == 1) gather<std::uint8_t>(space, item, local, box);
  if (item_bytes == 4) gather<std::uint32_t>(space, item, local, box);
  if (item_bytes == 8) gather<std::uint64_t>(space, item, local, box);
}

void wait_for(std::vector<MPI_Request>& requests) {
  BELLSHARD_MPI(MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE));
  requests.clear();
}

}  // namespace

GhostExchange::GhostExchange(MPI_Comm comm, Partition const& axis, std::vector<std::int64_t> foreign, TransferOptions options,
                             ForeignPlace place)
    : comm_(comm), options_(options), foreign_(std::move(foreign)) {
  int rank = 0;
  BELLSHARD_MPI(MPI_Comm_rank(comm_.get(), &rank));
  own_ = axis.block(rank);
  BELLSHARD_EXPECT(options.piece_bytes >= 1);
  BELLSHARD_EXPECT(std::adjacent_find(foreign_.begin(), foreign_.end(), std::greater_equal<>()) == foreign_.end());
  BELLSHARD_EXPECT(std::none_of(foreign_.begin(), foreign_.end(), [&](auto item) { return own_.contains(item); }));
  if (place == ForeignPlace::around) own_first_ = std::lower_bound(foreign_.begin(), foreign_.end(), own_.begin) - foreign_.begin();
  plan(axis);
}

/// Each rank knows what it needs and from whom; the owners learn it by their counts first, then by the items themselves.
void GhostExchange::plan(Partition const& axis) {
  std::vector<std::int64_t> wanted(static_cast<std::size_t>(axis.parts()), 0), asked(wanted.size(), 0);
  for (std::int64_t first = 0; first < items_received();) {
    int const owner = axis.owner(foreign_[first]);
    auto const last = std::lower_bound(foreign_.begin() + first, foreign_.end(), axis.block(owner).end) - foreign_.begin();
    receives_.push_back({owner, first, last - first});
    wanted[owner] = last - first;
    first = last;
  }
  BELLSHARD_MPI(MPI_Alltoall(wanted.data(), 1, MPI_INT64_T, asked.data(), 1, MPI_INT64_T, comm_.get()));
  std::int64_t sent = 0;
  for (int other = 0; other < axis.parts(); ++other) {
    if (asked[other] > 0) sends_.push_back({other, sent, asked[other]});
    sent += asked[other];
  }

  sent_ = Array<std::int64_t>("bellshard::dist::sent", sent);
  sent_on_host_ = Kokkos::create_mirror_view(sent_);
  std::int64_t const item_bytes = sizeof(std::int64_t);
  // The plan goes the other way round: askers send.
  for (auto const& strip : sends_) {
    post(strip, reinterpret_cast<char*>(sent_on_host_.data() + strip.first), item_bytes, Direction::receive, requests_);
  }
  for (auto const& strip : receives_) {
    post(strip, reinterpret_cast<char*>(foreign_.data() + strip.first), item_bytes, Direction::send, requests_);
  }
  wait_for(requests_);
  for (std::int64_t k = 0; k < sent; ++k) {
    BELLSHARD_EXPECT(own_.contains(sent_on_host_(k)));
    sent_on_host_(k) += own_first_ - own_.begin;
  }
  Kokkos::deep_copy(sent_, sent_on_host_);
}

std::int64_t GhostExchange::local_index(std::int64_t item) const {
  if (own_.contains(item)) return own_first_ + item - own_.begin;
  auto const found = std::lower_bound(foreign_.begin(), foreign_.end(), item);
  BELLSHARD_EXPECT(found != foreign_.end() && *found == item);
  return foreign_place(found - foreign_.begin());
}

void GhostExchange::post(Strip const& strip, char* data, std::int64_t item_bytes, Direction direction,
                         std::vector<MPI_Request>& requests) const {
  auto const bytes = strip.items * item_bytes;
  // Pieces between two ranks arrive in the order of their posting, so one tag serves all.
  for (std::int64_t done = 0; done < bytes; done += options_.piece_bytes) {
    auto const piece = static_cast<int>(std::min(options_.piece_bytes, bytes - done));
    requests.emplace_back();
    if (direction == Direction::send) {
      BELLSHARD_MPI(MPI_Isend(data + done, piece, MPI_BYTE, strip.rank, 0, comm_.get(), &requests.back()));
    } else {
      BELLSHARD_MPI(MPI_Irecv(data + done, piece, MPI_BYTE, strip.rank, 0, comm_.get(), &requests.back()));
    }
  }
}

void GhostExchange::start_bytes(char* local, [[maybe_unused]] std::size_t elements, std::int64_t item_bytes) {
  BELLSHARD_EXPECT(requests_.empty());
  BELLSHARD_EXPECT(static_cast<std::int64_t>(elements) == local_items());
  bool const staged = options_.way == DeviceTransfer::staged;
  if (staged) {
    make_room(outbox_, items_sent() * item_bytes, "bellshard::dist::outbox");
    make_room(inbox_, items_received() * item_bytes, "bellshard::dist::inbox");
  } else {
    make_room(packed_, items_sent() * item_bytes, "bellshard::dist::packed");
  }
  // A device writes pinned host memory itself.
  char* const from = staged ? outbox_.data() : packed_.data();
  Execution const space;
  if (items_sent() > 0) gather(space, sent_, local, from, item_bytes);
  for (auto const& strip : receives_) {
    char* const into = staged ? inbox_.data() + strip.first * item_bytes : local + foreign_place(strip.first) * item_bytes;
    post(strip, into, item_bytes, Direction::receive, requests_);
  }
  space.fence();  // MPI reads what the kernel wrote
  for (auto const& strip : sends_) post(strip, from + strip.first * item_bytes, item_bytes, Direction::send, requests_);
}

void GhostExchange::finish_bytes(char* local, [[maybe_unused]] std::size_t elements, std::int64_t item_bytes) {
  BELLSHARD_EXPECT(static_cast<std::int64_t>(elements) == local_items());
  wait_for(requests_);
  if (options_.way == DeviceTransfer::direct) return;
  Execution const space;
  for (auto const& strip : receives_) {
    auto const bytes = static_cast<std::size_t>(strip.items * item_bytes);
    Kokkos::deep_copy(space, DeviceBytes(local + foreign_place(strip.first) * item_bytes, bytes),
                      HostBytes(inbox_.data() + strip.first * item_bytes, bytes));
  }
}

void GhostExchange::refresh_bytes(char* local, [[maybe_unused]] std::size_t elements, std::int64_t item_bytes) const {
  BELLSHARD_EXPECT(static_cast<std::int64_t>(elements) == local_items());
  std::vector<char> outbox(static_cast<std::size_t>(items_sent() * item_bytes));
  for (std::int64_t k = 0; k < items_sent(); ++k) {
    std::memcpy(outbox.data() + k * item_bytes, local + sent_on_host_(k) * item_bytes, item_bytes);
  }
  std::vector<MPI_Request> requests;
  for (auto const& strip : receives_) {
    post(strip, local + foreign_place(strip.first) * item_bytes, item_bytes, Direction::receive, requests);
  }
  for (auto const& strip : sends_) post(strip, outbox.data() + strip.first * item_bytes, item_bytes, Direction::send, requests);
  wait_for(requests);
}

}  // namespace bellshard
