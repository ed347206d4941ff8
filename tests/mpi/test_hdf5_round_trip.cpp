// The permanent test against silent corruption on reading (open-mpi issue 10546): uneven and strided blocks, one rank empty,
// written and read back in a new open with another partition, every element compared.
#include <catch2/catch.hpp>
#include <algorithm>
#include <random>

#include "hdf5_fixture.hpp"
#include "io/hdf5/handle.hpp"
#include "io/hdf5/input_file.hpp"
#include "io/hdf5/result_file.hpp"
#include "scratch_folder.hpp"

using namespace bellshard;
using namespace bellshard::test;

namespace {

/// Writes [rows, columns] by one partition and reads it by another; the elements that came back wrong on this rank.
template <class T>
std::int64_t wrong_after_round_trip(std::filesystem::path const& path, std::int64_t rows, std::int64_t columns, io::StreamLimits limits,
                                    int deflate) {
  HostArray<T> written("x", {rows, columns}, uneven(rows));
  written.fill();
  {
    io::ResultFile out(MPI_COMM_WORLD, path, some_record(), limits);
    auto const row = out.axis("row", rows, "row");
    auto const column = out.axis("column", columns, "column");
    out.write(written.array, {row, column}, {}, deflate);
    out.commit();
  }
  HostArray<T> read("x", {rows, columns}, uneven_reversed(rows));
  io::InputFile(MPI_COMM_WORLD, path, limits).read("/results/x", read.array.own, std::span<T>(*read.data));
  return read.wrong();
}

}  // namespace

TEMPLATE_TEST_CASE("what one partition writes another reads back, element by element", "", double, std::int32_t, std::uint8_t) {
  ScratchFolder folder;
  auto const deflate = GENERATE(0, 4);
  auto const piece = GENERATE(std::size_t{64} << 20, std::size_t{1000});

  auto const wrong = wrong_after_round_trip<TestType>(folder / "x.h5", 1013, 37, {piece, std::size_t{1} << 30}, deflate);

  CHECK(wrong == 0);
}

TEST_CASE("names that ranks write for their own items another partition reads back") {
  ScratchFolder folder;
  auto const deflate = GENERATE(0, 4);
  constexpr std::int64_t items = 1013;
  auto const name_of = [](std::int64_t item) { return std::string(static_cast<std::size_t>(item % 7), 'a') + (item == 500 ? "größer" : ""); };
  auto const own = uneven(items), other = uneven_reversed(items);
  std::vector<std::string> names;
  for (auto item = own.begin; item < own.end; ++item) names.push_back(name_of(item));
  {
    io::ResultFile out(MPI_COMM_WORLD, folder / "x.h5", some_record(), {1000, std::size_t{1} << 30});
    out.names(out.axis("row", items, "row"), "row_name", own, names, "name of the row", deflate);
    out.commit();
  }

  io::InputFile const file(MPI_COMM_WORLD, folder / "x.h5");
  auto const width = static_cast<std::size_t>(file.shape("/results/row_name").at(1));
  std::vector<char> letters(static_cast<std::size_t>(other.size()) * width);
  file.read("/results/row_name", other, std::span(letters));

  CHECK(width == name_of(500).size());
  std::int64_t wrong = 0;
  for (auto item = other.begin; item < other.end; ++item) {
    std::string cell(letters.data() + static_cast<std::size_t>(item - other.begin) * width, width);
    wrong += cell.substr(0, cell.find('\0')) != name_of(item);
  }
  CHECK(wrong == 0);
}

TEST_CASE("an item that is larger than a transfer is cut along its inner axes") {
  ScratchFolder folder;

  auto const wrong = wrong_after_round_trip<double>(folder / "x.h5", 7, 1000, {4000, 800}, 0);

  CHECK(wrong == 0);
}

TEST_CASE("strided collective reads give what was written") {
  ScratchFolder folder;
  constexpr hsize_t rows = 4099, columns = 24;
  HostArray<double> written("x", {rows, columns}, uneven(rows));
  written.fill();
  {
    io::ResultFile out(MPI_COMM_WORLD, folder / "x.h5", some_record());
    auto const row = out.axis("row", rows, "row");
    auto const column = out.axis("column", columns, "column");
    out.write(written.array, {row, column});
    out.commit();
  }
  io::PropertyHandle const access(BELLSHARD_H5(H5Pcreate(H5P_FILE_ACCESS)));
  BELLSHARD_H5(H5Pset_fapl_mpio(access, MPI_COMM_WORLD, MPI_INFO_NULL));
  io::FileHandle const file(BELLSHARD_H5(H5Fopen((folder / "x.h5").c_str(), H5F_ACC_RDONLY, access)));
  io::DatasetHandle const dataset(BELLSHARD_H5(H5Dopen2(file, "/results/x", H5P_DEFAULT)));
  io::PropertyHandle const transfer(BELLSHARD_H5(H5Pcreate(H5P_DATASET_XFER)));
  BELLSHARD_H5(H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE));

  // Every ranks()-th pair of columns of every third row from the own rank on.
  hsize_t const stride[2] = {3, static_cast<hsize_t>(2 * ranks())};
  hsize_t const start[2] = {static_cast<hsize_t>(rank() % 3), static_cast<hsize_t>(2 * rank())};
  hsize_t const count[2] = {(rows - start[0] + 2) / 3, columns / stride[1]};
  hsize_t const box[2] = {1, 2};
  io::SpaceHandle const from(BELLSHARD_H5(H5Dget_space(dataset)));
  BELLSHARD_H5(H5Sselect_hyperslab(from, H5S_SELECT_SET, start, stride, count, box));
  hsize_t const elements = count[0] * count[1] * 2;
  io::SpaceHandle const to(BELLSHARD_H5(H5Screate_simple(1, &elements, nullptr)));
  std::vector<double> read(elements, -1.0);
  BELLSHARD_H5(H5Dread(dataset, H5T_NATIVE_DOUBLE, to, from, transfer, read.data()));

  std::int64_t wrong = 0;
  std::size_t at = 0;
  for (hsize_t r = 0; r < count[0]; ++r) {
    for (hsize_t c = 0; c < count[1] * 2; ++c) {
      auto const row = start[0] + r * stride[0];
      auto const column = start[1] + c / 2 * stride[1] + c % 2;
      wrong += read[at++] != pattern<double>(static_cast<std::int64_t>(row * columns + column));
    }
  }
  CHECK(wrong == 0);
}

// What brings the corruption out where sieving is on: one rank reads uneven runs with uneven gaps, the others everything.
TEST_CASE("collective reads of uneven runs beside whole ones give what was written") {
  ScratchFolder folder;
  constexpr hsize_t n = 40'000;
  HostArray<std::int32_t> written("x", {n}, uneven(n));
  written.fill();
  {
    io::ResultFile out(MPI_COMM_WORLD, folder / "x.h5", some_record());
    out.write(written.array, {out.axis("item", n, "item")});
    out.commit();
  }
  io::PropertyHandle const access(BELLSHARD_H5(H5Pcreate(H5P_FILE_ACCESS)));
  BELLSHARD_H5(H5Pset_fapl_mpio(access, MPI_COMM_WORLD, MPI_INFO_NULL));
  io::FileHandle const file(BELLSHARD_H5(H5Fopen((folder / "x.h5").c_str(), H5F_ACC_RDONLY, access)));
  io::DatasetHandle const dataset(BELLSHARD_H5(H5Dopen2(file, "/results/x", H5P_DEFAULT)));
  io::PropertyHandle const transfer(BELLSHARD_H5(H5Pcreate(H5P_DATASET_XFER)));
  BELLSHARD_H5(H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE));
  auto const reader = GENERATE(0, 1, 2);  // the rank that reads runs
  auto const longest_gap = GENERATE(20, 200, 4000);

  io::SpaceHandle const from(BELLSHARD_H5(H5Dget_space(dataset)));
  std::vector<std::int32_t> expected;
  if (rank() == reader) BELLSHARD_H5(H5Sselect_none(from));
  std::minstd_rand random(1);
  for (hsize_t at = random() % 9; at < n;) {
    bool const runs = rank() == reader;
    hsize_t const first = runs ? at : 0;
    hsize_t const length = runs ? std::min<hsize_t>(1 + random() % 40, n - at) : n;
    BELLSHARD_H5(H5Sselect_hyperslab(from, runs ? H5S_SELECT_OR : H5S_SELECT_SET, &first, nullptr, &length, nullptr));
    for (hsize_t i = 0; i < length; ++i) expected.push_back(pattern<std::int32_t>(static_cast<std::int64_t>(first + i)));
    at += length + 1 + random() % static_cast<hsize_t>(longest_gap);
  }
  hsize_t const elements = expected.size();
  io::SpaceHandle const to(BELLSHARD_H5(H5Screate_simple(1, &elements, nullptr)));
  std::vector<std::int32_t> read(elements, -1);
  BELLSHARD_H5(H5Dread(dataset, H5T_NATIVE_INT32, to, from, transfer, read.data()));

  CHECK((read == expected));
}
