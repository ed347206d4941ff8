#include "src/dist/window_exchange.hpp"

#include <algorithm>
#include <string>

#include "src/base/error.hpp"

namespace bellshard {
namespace {

using Memory = Kokkos::DefaultExecutionSpace::memory_space;
using DeviceBytes = Kokkos::View<char*, Memory, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
using HostBytes = Kokkos::View<char*, kokkos::PinnedSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

template <class Strips>
std::int64_t total_items(Strips const& strips) {
  std::int64_t items = 0;
  for (auto const& strip : strips) items += strip.items;
  return items;
}

/// Staging memory is made at the first exchange that needs it, and again only for wider elements.
template <class Box>
void make_room(Box& box, std::int64_t bytes, std::string const& label) {
  if (static_cast<std::int64_t>(box.size()) < bytes) box = Box(Kokkos::view_alloc(label, Kokkos::WithoutInitializing), bytes);
}

}  // namespace

WindowExchange::WindowExchange(MPI_Comm comm, Partition const& axis, std::int64_t margin_low, std::int64_t margin_high,
                               std::int64_t width, TransferOptions options)
    : comm_(comm), options_(options), width_(width) {
  BELLSHARD_EXPECT(margin_low >= 0 && margin_high >= 0 && width >= 1 && options.piece_bytes >= 1);
  plan(axis, margin_low, margin_high);
}

/// Both ends of a strip derive it from the same partition, so nothing needs to be agreed on.
void WindowExchange::plan(Partition const& axis, std::int64_t margin_low, std::int64_t margin_high) {
  int rank = 0;
  BELLSHARD_MPI(MPI_Comm_rank(comm_.get(), &rank));
  auto const own = axis.block(rank);
  local_items_ = margin_low + own.size() + margin_high;
  auto const local_index = [&](std::int64_t item) { return item - own.begin + margin_low; };
  auto const window = [&](Block block) { return Block{block.begin - margin_low, block.end + margin_high}; };
  auto const add = [](std::vector<Strip>& strips, int other, std::int64_t first, std::int64_t items) {
    if (items > 0) strips.push_back({other, first, items, total_items(strips)});
  };

  for (int other = 0; other < axis.parts(); ++other) {
    auto const theirs = axis.block(other);
    if (other == rank || own.empty() || theirs.empty()) continue;
    auto const wanted = intersect(window(own), theirs);
    auto const asked = intersect(window(theirs), own);
    add(receives_, other, local_index(wanted.begin), wanted.size());
    add(sends_, other, local_index(asked.begin), asked.size());
  }
}

void WindowExchange::post(std::vector<Strip> const& strips, char* base, std::int64_t item_bytes, Direction direction) {
  for (auto const& strip : strips) {
    auto const offset = options_.way == DeviceTransfer::direct ? strip.first : strip.boxed;
    char* const data = base + offset * item_bytes;
    auto const bytes = strip.items * item_bytes;
    // Pieces between two ranks arrive in the order of their posting, so one tag serves all.
    for (std::int64_t done = 0; done < bytes; done += options_.piece_bytes) {
      auto const piece = static_cast<int>(std::min(options_.piece_bytes, bytes - done));
      requests_.emplace_back();
      if (direction == Direction::send) {
        BELLSHARD_MPI(MPI_Isend(data + done, piece, MPI_BYTE, strip.rank, 0, comm_.get(), &requests_.back()));
      } else {
        BELLSHARD_MPI(MPI_Irecv(data + done, piece, MPI_BYTE, strip.rank, 0, comm_.get(), &requests_.back()));
      }
    }
  }
}

void WindowExchange::start_bytes(char* local, [[maybe_unused]] std::size_t elements, std::int64_t element_bytes) {
  BELLSHARD_EXPECT(requests_.empty());
  BELLSHARD_EXPECT(static_cast<std::int64_t>(elements) == local_items_ * width_);
  auto const item_bytes = width_ * element_bytes;
  Kokkos::DefaultExecutionSpace const space;
  char* from = local;
  char* into = local;
  if (options_.way == DeviceTransfer::staged) {
    make_room(outbox_, total_items(sends_) * item_bytes, "bellshard::dist::outbox");
    make_room(inbox_, total_items(receives_) * item_bytes, "bellshard::dist::inbox");
    for (auto const& strip : sends_) {
      auto const bytes = static_cast<std::size_t>(strip.items * item_bytes);
      Kokkos::deep_copy(space, HostBytes(outbox_.data() + strip.boxed * item_bytes, bytes),
                        DeviceBytes(local + strip.first * item_bytes, bytes));
    }
    from = outbox_.data();
    into = inbox_.data();
  }
  space.fence();  // MPI reads what kernels wrote
  post(receives_, into, item_bytes, Direction::receive);
  post(sends_, from, item_bytes, Direction::send);
}

void WindowExchange::finish_bytes(char* local, [[maybe_unused]] std::size_t elements, std::int64_t element_bytes) {
  BELLSHARD_EXPECT(static_cast<std::int64_t>(elements) == local_items_ * width_);
  BELLSHARD_MPI(MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE));
  requests_.clear();
  if (options_.way == DeviceTransfer::direct) return;

  auto const item_bytes = width_ * element_bytes;
  Kokkos::DefaultExecutionSpace const space;
  for (auto const& strip : receives_) {
    auto const bytes = static_cast<std::size_t>(strip.items * item_bytes);
    Kokkos::deep_copy(space, DeviceBytes(local + strip.first * item_bytes, bytes),
                      HostBytes(inbox_.data() + strip.boxed * item_bytes, bytes));
  }
}

std::int64_t WindowExchange::items_received() const { return total_items(receives_); }

}  // namespace bellshard
