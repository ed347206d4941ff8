#pragma once
#include <mpi.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "io/run_record.hpp"
#include "io/sharded_array.hpp"

namespace bellshard::test {

inline int rank() {
  int r = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &r);
  return r;
}

inline int ranks() {
  int n = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &n);
  return n;
}

inline io::RunRecord some_record() {
  return {"demo", "A demonstration", "bellshard.demo", 3, "[solver]\ntolerance = 1e-6\n", "bellshard run demo",
          {{"land.nc", std::string(64, 'a')}}, {{"compiler", "GNU 12"}, {"ranks", std::int64_t{ranks()}}, {"host", "node" + std::to_string(rank())}}};
}

/// Uneven blocks: the last rank has nothing where there are several, the others hold 1 : 2 : 3 ...
inline Block uneven(std::int64_t n, int part, int parts) {
  if (parts == 1) return {0, n};
  auto const before = [&](std::int64_t p) { return p >= parts - 1 ? n : n * (p * (p + 1)) / (std::int64_t{parts} * (parts - 1)); };
  return {before(part), before(part + 1)};
}
inline Block uneven(std::int64_t n) { return uneven(n, rank(), ranks()); }

/// The same the other way round: the first rank has nothing.
inline Block uneven_reversed(std::int64_t n) {
  auto const mirror = uneven(n, ranks() - 1 - rank(), ranks());
  return {n - mirror.end, n - mirror.begin};
}

/// Elements of any type that differ from their neighbours, from rows near and far, and from zero mostly.
template <class T>
T pattern(std::int64_t index) {
  return static_cast<T>((index * 2654435761LL + 12345) % 100003);
}

/// A host array of the block, as files see it.
template <class T>
struct HostArray {
  HostArray(std::string name, std::vector<std::int64_t> shape, Block own, bool replicated = false) : data(std::make_shared<std::vector<T>>()) {
    array.name = std::move(name);
    array.type = io::element_type<T>();
    array.shape = std::move(shape);
    array.own = own;
    array.replicated = replicated;
    array.long_name = "test array";
    auto const width = io::item_elements(array);
    data->resize(static_cast<std::size_t>(own.size() * width));
    array.fetch = [data = data, own, width](Block items, void* host) {
      std::memcpy(host, data->data() + (items.begin - own.begin) * width, static_cast<std::size_t>(items.size() * width) * sizeof(T));
    };
    array.store = [data = data, own, width](Block items, void const* host) {
      std::memcpy(data->data() + (items.begin - own.begin) * width, host, static_cast<std::size_t>(items.size() * width) * sizeof(T));
    };
  }
  HostArray& fill() {
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(data->size()); ++i) (*data)[static_cast<std::size_t>(i)] = expected(i);
    return *this;
  }
  std::int64_t wrong() const {
    std::int64_t n = 0;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(data->size()); ++i) n += (*data)[static_cast<std::size_t>(i)] != expected(i);
    return n;
  }
  T expected(std::int64_t local) const { return pattern<T>(array.own.begin * io::item_elements(array) + local); }

  io::ShardedArray array;
  std::shared_ptr<std::vector<T>> data;
};

}  // namespace bellshard::test
