#pragma once
#include <catch2/catch.hpp>
#include <fstream>

#include "hdf5_fixture.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "scratch_folder.hpp"
#include "src/base/error.hpp"

namespace bellshard::test {

using io::CheckpointStore;

inline constexpr std::int64_t rows = 101, columns = 13, table_size = 29;
inline constexpr io::StreamLimits small_pieces{500, 300};  // several pieces and transfers a rank

struct State {
  explicit State(Block own)
      : value("value", {rows, columns}, own), action("action", {rows}, own), table("table", {table_size}, {0, table_size}, true) {}
  State& fill() {
    value.fill();
    action.fill();
    table.fill();
    return *this;
  }
  std::int64_t wrong() const { return value.wrong() + action.wrong() + table.wrong(); }
  std::vector<io::ShardedArray> arrays() const { return {value.array, action.array, table.array}; }

  HostArray<double> value;
  HostArray<std::int32_t> action;
  HostArray<std::uint8_t> table;
};

inline io::Trace some_trace(std::int64_t sweeps) {
  std::vector<double> residual;
  for (std::int64_t s = 0; s < sweeps; ++s) residual.push_back(1.0 / static_cast<double>(s + 1));
  return {{"residual", "h", "largest change", residual}};
}

inline std::filesystem::path write(CheckpointStore& store, std::int64_t sweep, std::string const& fingerprint = "kind = raster") {
  return store.write(some_record(), {"demo", fingerprint, sweep, 2, 1.5}, some_trace(sweep), State(uneven(rows)).fill().arrays());
}

/// Overwrites bytes of a file from rank 0.
inline void damage(std::filesystem::path const& path, std::uint64_t at, std::size_t bytes, char mask) {
  if (rank() == 0) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    std::string held(bytes, '\0');
    file.seekg(static_cast<std::streamoff>(at));
    file.read(held.data(), static_cast<std::streamsize>(bytes));
    for (auto& c : held) c = mask == 0 ? '\0' : static_cast<char>(c ^ mask);
    file.seekp(static_cast<std::streamoff>(at));
    file.write(held.data(), static_cast<std::streamsize>(bytes));
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

}  // namespace bellshard::test
