#include "src/allocation/choice_tables.hpp"

#include <algorithm>
#include <fstream>

#include "io/hdf5/pending_path.hpp"
#include "kernels/dp/knapsack.hpp"
#include "kernels/host_copy.hpp"
#include "src/allocation/device_copy.hpp"
#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::allocation {
namespace {

constexpr std::int64_t piece = std::int64_t{64} << 20;  // of a table between the device and its file [B]

std::uint64_t sum_over(MPI_Comm comm, std::uint64_t sum) {
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_UINT64_T, MPI_SUM, comm));  // wraps around, the same for any cut
  return sum;
}

}  // namespace

ChoiceTables::ChoiceTables(Context& context, Partition const& axis, std::vector<TableShape> shapes, TablePlace place, std::filesystem::path const& result)
    : context_(context),
      own_(axis.block(context.rank())),
      shapes_(std::move(shapes)),
      place_(place),
      stem_(result.parent_path() / result.stem()),
      sums_(shapes_.size(), 0) {
  auto const allocate = [&](std::int64_t bytes) {
    tables_.emplace_back(Kokkos::view_alloc("bellshard::allocation::choice_table", Kokkos::WithoutInitializing), static_cast<std::size_t>(bytes));
  };
  together(context.comm(), [&] {
    std::int64_t most = 0;
    for (std::size_t s = 0; s < shapes_.size(); ++s) {
      auto const bytes = own(s).size() * shapes_[s].bytes;
      most = std::max(most, bytes);
      if (place_ == TablePlace::memory) allocate(bytes);
    }
    if (place_ == TablePlace::files) allocate(most);
  });
}

double ChoiceTables::memory(std::vector<TableShape> const& shapes, std::int64_t own_cells, TablePlace place) {
  double all = 0, most = 0;
  for (auto const& shape : shapes) {
    auto const bytes = static_cast<double>(std::min(own_cells, shape.cells) * shape.bytes);
    all += bytes;
    most = std::max(most, bytes);
  }
  return place == TablePlace::memory ? all : most + std::min(most, static_cast<double>(piece));
}

std::filesystem::path ChoiceTables::path_of(std::size_t stage) const { return fmt::format("{}.choice-{:06}", stem_.string(), stage); }

/// Each byte by its place in the file, so that the sum of all ranks does not depend on how many they are; odd weights, so that no single change goes unseen.
std::uint64_t ChoiceTables::sum_of(std::int64_t first_byte, std::vector<std::uint8_t> const& bytes) {
  auto const first = static_cast<std::uint64_t>(first_byte);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += (2 * (first + i) + 1) * 0x9E3779B97F4A7C15u * (bytes[i] + 1u);
  return sum;
}

void ChoiceTables::keep(std::size_t stage) {
  if (place_ == TablePlace::memory) return;
  auto const block = own(stage);
  auto const width = shapes_[stage].bytes;
  io::PendingPath const place(path_of(stage));
  together(context_.comm(), [&] {
    if (context_.root()) place.create();
  });
  std::uint64_t sum = 0;
  together(context_.comm(), [&] {
    if (block.empty()) return;
    std::fstream out(place.growing(), std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(block.begin * width);
    for (std::int64_t done = 0; done < block.size() * width; done += piece) {
      auto const bytes = to_host(room(stage), done, std::min(piece, block.size() * width - done));
      out.write(reinterpret_cast<char const*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
      sum += sum_of(block.begin * width + done, bytes);
    }
    out.flush();
    if (!out.good()) fail(ExitCode::cannot_write, "{}", place.message(place.obstacle("writing failed")));
  });
  together(context_.comm(), [&] {
    if (!context_.root()) return;
    place.sync();
    place.publish();
  });
  sums_[stage] = sum_over(context_.comm(), sum);
}

std::vector<std::uint8_t> ChoiceTables::read(std::size_t stage, Block cells) const {
  auto const width = shapes_[stage].bytes;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(cells.size() * width));
  if (cells.empty()) return bytes;
  std::ifstream in(path_of(stage), std::ios::binary);
  in.seekg(cells.begin * width);
  in.read(reinterpret_cast<char*>(bytes.data()), cells.size() * width);
  BELLSHARD_INPUT(in.good(), "{}: this table of choices is gone or cut short; start anew with --restart never", path_of(stage).string());
  return bytes;
}

std::vector<std::int32_t> ChoiceTables::look_up(std::size_t stage, std::vector<std::int64_t> const& cells) const {
  std::vector<std::int32_t> found;
  auto const block = own(stage);
  bool const narrow = shapes_[stage].bytes == 1;
  if (place_ == TablePlace::files) {
    for (auto const cell : cells) {
      auto const bytes = read(stage, {cell, cell + 1});
      found.push_back(bytes[0] + (narrow ? 0 : 256 * bytes[1]));
    }
    return found;
  }
  std::vector<std::int64_t> places;
  for (auto const cell : cells) places.push_back(cell - block.begin);
  Array<double> picked("bellshard::allocation::picked", places.size());
  auto const* const table = tables_[stage].data();
  auto const device_places = to_device(places, "bellshard::allocation::place");
  if (narrow) {
    dp::pick_places(Execution(), table, device_places, picked);
  } else {
    dp::pick_places(Execution(), reinterpret_cast<std::uint16_t const*>(table), device_places, picked);
  }
  for (auto const number : to_host(picked)) found.push_back(static_cast<std::int32_t>(number));
  return found;
}

std::vector<io::ShardedArray> ChoiceTables::arrays() {
  if (place_ == TablePlace::files) {
    auto const stages = static_cast<std::int64_t>(shapes_.size());
    io::ShardedArray sums{"choice_sum", io::ElementType::uint64, {stages}, {0, stages}, true, "1", "sums of the files that hold the tables of choices"};
    link_host(sums, sums_);
    return {sums};
  }
  std::vector<io::ShardedArray> all;
  for (std::size_t s = 0; s < shapes_.size(); ++s) {
    auto const width = shapes_[s].bytes;
    io::ShardedArray array{fmt::format("choice_{:06}", s), width == 1 ? io::ElementType::uint8 : io::ElementType::uint16, {shapes_[s].cells}, own(s), false, "1",
                           "candidate that a cell took in this stage"};
    link_device(array, Array<char>(reinterpret_cast<char*>(tables_[s].data()), tables_[s].size()), width);
    all.push_back(std::move(array));
  }
  return all;
}

void ChoiceTables::check(std::size_t swept) const {
  if (place_ == TablePlace::memory) return;
  for (std::size_t s = 0; s < swept; ++s) {
    std::uint64_t sum = 0;
    together(context_.comm(), [&] {
      auto const block = own(s);
      for (auto c = block.begin; c < block.end; c += piece) sum += sum_of(c * shapes_[s].bytes, read(s, {c, std::min(block.end, c + piece)}));
    });
    BELLSHARD_INPUT(sum_over(context_.comm(), sum) == sums_[s],
                    "{}: this table of choices is not the one that the checkpoint knows; start anew with --restart never", path_of(s).string());
  }
}

void ChoiceTables::remove() const {
  if (place_ == TablePlace::memory || !context_.root()) return;
  std::error_code ignored;
  for (std::size_t s = 0; s < shapes_.size(); ++s) std::filesystem::remove(path_of(s), ignored);
}

}  // namespace bellshard::allocation
