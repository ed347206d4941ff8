#include "io/hdf5/stream.hpp"

#include <algorithm>
#include <exception>

#include "io/hdf5/together.hpp"

namespace bellshard::io {
namespace {

/// One HDF5 call: a slab, and the piece of the array that it is a part of.
struct Call {
  Block items;
  Slab slab;
};

std::vector<Call> calls_for(std::vector<std::int64_t> shape, std::optional<Block> columns, std::vector<Block> const& pieces, std::int64_t max_elements) {
  std::vector<Call> calls;
  if (columns) shape[1] = columns->size();
  for (auto const& items : pieces) {
    for (auto& slab : cut(shape, items, max_elements)) {
      if (columns) slab.start[1] += static_cast<hsize_t>(columns->begin);
      calls.push_back({items, std::move(slab)});
    }
  }
  return calls;
}

/// Runs body(call) for the own calls and body(nullptr) until every rank is through. After a failure only empty calls follow.
void run_calls(MPI_Comm comm, std::vector<Call> const& calls, Transfer transfer, std::function<void(Call const*)> const& body) {
  auto rounds = static_cast<std::int64_t>(calls.size());
  if (transfer == Transfer::collective) rounds = largest(comm, rounds);
  std::exception_ptr failure;
  for (std::int64_t i = 0; i < rounds; ++i) {
    bool const own = failure == nullptr && i < static_cast<std::int64_t>(calls.size());
    try {
      body(own ? &calls[static_cast<std::size_t>(i)] : nullptr);
    } catch (...) {
      if (failure == nullptr) failure = std::current_exception();
    }
  }
  if (failure != nullptr) std::rethrow_exception(failure);
}

std::int64_t elements_per_transfer(ElementType type, StreamLimits limits) {
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(limits.transfer / bytes_of(type)));
}

/// Space for the largest piece. Where it cannot be had, the rank has to stay with the others: it is asked for in the body.
class Staging {
 public:
  Staging(ShardedArray const& array) : item_bytes_(static_cast<std::size_t>(item_elements(array)) * bytes_of(array.type)) {}
  /// Start of the piece; `fresh` tells whether it is another one than before.
  char* hold(Block items, bool& fresh) {
    fresh = !(items == items_);
    items_ = items;
    buffer_.resize(std::max(buffer_.size(), bytes()));
    return buffer_.data();
  }
  std::size_t bytes() const { return item_bytes_ * static_cast<std::size_t>(items_.size()); }

 private:
  std::size_t item_bytes_;
  Block items_{0, 0};
  std::vector<char> buffer_;
};

std::size_t offset_bytes(Slab const& slab, ElementType type) { return static_cast<std::size_t>(slab.offset) * bytes_of(type); }

}  // namespace

std::int64_t items_per_piece(ShardedArray const& array, StreamLimits limits) {
  auto const item_bytes = std::max<std::int64_t>(1, item_elements(array) * static_cast<std::int64_t>(bytes_of(array.type)));
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(limits.piece) / item_bytes);
}

void stream_out(MPI_Comm comm, hid_t dataset, ShardedArray const& array, StreamLimits limits, Transfer transfer,
                PieceSeen const& seen) {
  bool const silent = array.replicated && rank_of(comm) != 0;
  auto const pieces = pieces_of(silent ? Block{} : array.own, items_per_piece(array, limits));
  auto const calls = calls_for(array.shape, array.columns, pieces, elements_per_transfer(array.type, limits));
  Staging staging(array);
  run_calls(comm, calls, transfer, [&](Call const* call) {
    char const* data = nullptr;
    std::exception_ptr failure;
    if (call != nullptr) {
      try {
        bool fresh = false;
        char* const piece = staging.hold(call->items, fresh);
        if (fresh) {
          array.fetch(call->items, piece);
          if (seen) seen(call->items, piece, staging.bytes());
        }
        data = piece + offset_bytes(call->slab, array.type);
      } catch (...) {
        failure = std::current_exception();
      }
    }
    write_slab(dataset, data != nullptr ? &call->slab : nullptr, array.type, data, transfer);
    if (failure != nullptr) std::rethrow_exception(failure);
  });
}

void stream_in(MPI_Comm comm, hid_t dataset, ShardedArray const& array, StreamLimits limits, Transfer transfer) {
  auto const pieces = pieces_of(array.own, items_per_piece(array, limits));
  auto rounds = static_cast<std::int64_t>(pieces.size());
  if (transfer == Transfer::collective) rounds = largest(comm, rounds);
  Staging staging(array);
  std::exception_ptr failure;
  for (std::int64_t i = 0; i < rounds; ++i) {
    Block items{0, 0};
    char* piece = nullptr;
    try {
      if (failure == nullptr && i < static_cast<std::int64_t>(pieces.size())) {
        bool fresh = false;
        piece = staging.hold(pieces[static_cast<std::size_t>(i)], fresh);
        items = pieces[static_cast<std::size_t>(i)];
      }
    } catch (...) {
      failure = std::current_exception();
    }
    try {
      read_dense(comm, dataset, array.shape, items, array.type, piece, limits, transfer);
      if (!items.empty()) array.store(items, piece);
    } catch (...) {
      if (failure == nullptr) failure = std::current_exception();
    }
  }
  if (failure != nullptr) std::rethrow_exception(failure);
}

void read_dense(MPI_Comm comm, hid_t dataset, std::vector<std::int64_t> const& shape, Block own, ElementType type, void* data,
                StreamLimits limits, Transfer transfer) {
  auto const calls = calls_for(shape, std::nullopt, {own}, elements_per_transfer(type, limits));
  run_calls(comm, calls, transfer, [&](Call const* call) {
    char* const start = call != nullptr ? static_cast<char*>(data) + offset_bytes(call->slab, type) : nullptr;
    read_slab(dataset, call != nullptr ? &call->slab : nullptr, type, start, transfer);
  });
}

}  // namespace bellshard::io
