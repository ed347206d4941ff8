#include <array>
#include <catch2/catch.hpp>
#include <fstream>

#include "hdf5_fixture.hpp"
#include "io/hdf5/handle.hpp"
#include "io/hdf5/input_file.hpp"
#include "io/hdf5/result_file.hpp"
#include "scratch_folder.hpp"

using namespace bellshard;
using namespace bellshard::test;
using Catch::Contains;

namespace {

void write_small(std::filesystem::path const& path) {
  io::ResultFile out(MPI_COMM_WORLD, path, some_record());
  auto const row = out.axis("row", 20, "row");
  out.write(HostArray<float>("x", {20}, uneven(20)).fill().array, {row});
  out.attribute("status", "converged");
  out.attribute("tolerance", 0.25);
  out.write({{"residual", "h", "largest change", {2.0, 1.0}}});
  out.commit();
}

/// What a foreign program may write: chunks, filters, big-endian numbers, NaN, texts of both kinds, a type that is none of ours.
void write_foreign(std::filesystem::path const& path) {
  if (rank() == 0) {
    io::FileHandle const file(BELLSHARD_H5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)));
    hsize_t const extents[2] = {30, 40}, chunk[2] = {7, 11};
    io::SpaceHandle const space(BELLSHARD_H5(H5Screate_simple(2, extents, nullptr)));
    io::PropertyHandle const creation(BELLSHARD_H5(H5Pcreate(H5P_DATASET_CREATE)));
    BELLSHARD_H5(H5Pset_chunk(creation, 2, chunk));
    BELLSHARD_H5(H5Pset_shuffle(creation));
    BELLSHARD_H5(H5Pset_deflate(creation, 3));
    io::DatasetHandle const z(BELLSHARD_H5(H5Dcreate2(file, "z", H5T_IEEE_F32BE, space, H5P_DEFAULT, creation, H5P_DEFAULT)));
    std::vector<float> values(1200);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 13 == 5 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(i);
    BELLSHARD_H5(H5Dwrite(z, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));

    io::SpaceHandle const one(BELLSHARD_H5(H5Screate(H5S_SCALAR))), three(BELLSHARD_H5(H5Screate_simple(1, std::array<hsize_t, 1>{3}.data(), nullptr)));
    io::TypeHandle const fixed(BELLSHARD_H5(H5Tcopy(H5T_C_S1))), variable(BELLSHARD_H5(H5Tcopy(H5T_C_S1)));
    BELLSHARD_H5(H5Tset_size(fixed, 8));
    BELLSHARD_H5(H5Tset_size(variable, H5T_VARIABLE));
    io::DatasetHandle const a(BELLSHARD_H5(H5Dcreate2(file, "fixed", fixed, three, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
    BELLSHARD_H5(H5Dwrite(a, fixed, H5S_ALL, H5S_ALL, H5P_DEFAULT, "words\0\0\0\0\0\0\0\0\0\0\0of eight"));
    io::DatasetHandle const b(BELLSHARD_H5(H5Dcreate2(file, "variable", variable, three, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
    std::array<char const*, 3> const texts{"more words", "", "than one"};
    BELLSHARD_H5(H5Dwrite(b, variable, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()));
    io::TypeHandle const pair(BELLSHARD_H5(H5Tcreate(H5T_COMPOUND, 16)));
    BELLSHARD_H5(H5Tinsert(pair, "r", 0, H5T_NATIVE_DOUBLE));
    BELLSHARD_H5(H5Tinsert(pair, "i", 8, H5T_NATIVE_DOUBLE));
    io::DatasetHandle(BELLSHARD_H5(H5Dcreate2(file, "complex", pair, one, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

Error failure_of(std::function<void()> const& part) {
  try {
    part();
  } catch (Error const& error) {
    return error;
  }
  return {ExitCode::done, "no failure"};
}

void check_refused(std::function<void()> const& part, std::string const& words) {
  auto const error = failure_of(part);
  CHECK(error.code() == ExitCode::bad_input);
  CHECK_THAT(error.what(), Contains(words));
}

}  // namespace

TEST_CASE("an input file tells what it holds") {
  ScratchFolder folder;
  write_small(folder / "x.h5");
  io::InputFile const file(MPI_COMM_WORLD, folder / "x.h5");

  CHECK(file.has("/results/x"));
  CHECK(file.has("results/x"));
  CHECK_FALSE(file.has("/results/y"));
  CHECK_FALSE(file.has("/nothing/at/all"));
  CHECK(file.children("/results") == std::vector<std::string>{"row", "x"});
  CHECK(file.children("/") == std::vector<std::string>{"input", "provenance", "results", "trace"});
  CHECK(file.shape("/results/x") == std::vector<std::int64_t>{20});
  CHECK(file.type("/results/x") == io::ElementType::float32);
  CHECK(file.type("/results/row") == io::ElementType::int64);
  CHECK(file.axes("/results/x") == std::vector<std::string>{"row"});
  CHECK(file.axes("/results/row") == std::vector<std::string>{""});
  CHECK(file.text_attribute("/", "job") == "demo");
  CHECK(file.text_attribute("/results/x", "units") == "1");
  CHECK(file.text_attribute("/results", "status") == "converged");
  CHECK(file.number_attribute("/results", "tolerance") == 0.25);
  CHECK(file.number_attribute("/results", "status") == std::nullopt);
  CHECK(file.text_attribute("/results", "absent") == std::nullopt);
  CHECK(file.read_all<double>("/trace/residual") == std::vector<double>{2.0, 1.0});
  CHECK(file.read_all<std::int64_t>("/trace/sweep") == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("a file of another program is read, with filters, byte order, NaN and texts") {
  ScratchFolder folder;
  write_foreign(folder / "x.nc");
  io::InputFile const file(MPI_COMM_WORLD, folder / "x.nc");
  auto const own = uneven(30);
  std::vector<double> z(static_cast<std::size_t>(own.size() * 40), -1.0);

  file.read("z", own, std::span(z));

  std::int64_t wrong = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    auto const at = static_cast<std::size_t>(own.begin * 40) + i;
    wrong += at % 13 == 5 ? !std::isnan(z[i]) : z[i] != static_cast<double>(at);
  }
  CHECK(wrong == 0);
  CHECK(file.read_text("fixed") == "words\n\nof eight");
  CHECK(file.read_text("variable") == "more words\n\nthan one");
  check_refused([&] { file.type("complex"); }, "element type");
  check_refused([&] { file.read_text("z"); }, "no text");
  check_refused([&] { file.read_all<char>("z"); }, "no table of letters");
  check_refused([&] { file.read_all<char>("fixed"); }, "no table of letters");
  CHECK(file.axes("z") == std::vector<std::string>{"", ""});
}

TEST_CASE("what cannot be read is refused on every rank with exit 4") {
  ScratchFolder folder;
  auto const path = folder / "x.h5";
  write_small(path);
  std::vector<double> data(5);
  auto const open = [&](std::string const& name) { return [&, name] { io::InputFile(MPI_COMM_WORLD, folder / name); }; };

  check_refused(open("absent.h5"), "no such file");
  check_refused([&] { io::InputFile(MPI_COMM_WORLD, folder.path()); }, "is a folder");
  if (rank() == 0) {
    std::ofstream(folder / "text.h5") << "some words";
    std::ofstream(folder / "classic.nc") << "CDF\x01 and so on";
    std::filesystem::copy(path, folder / "short.h5");
    std::filesystem::resize_file(folder / "short.h5", std::filesystem::file_size(path) / 2);
  }
  MPI_Barrier(MPI_COMM_WORLD);
  check_refused(open("text.h5"), "no HDF5 file");
  check_refused(open("classic.nc"), "nccopy");
  check_refused(open("short.h5"), "truncated");

  io::InputFile const file(MPI_COMM_WORLD, path);
  check_refused([&] { file.shape("/results/y"); }, "/results/y: there is no such dataset");
  check_refused([&] { file.shape("/results"); }, "is a group");
  check_refused([&] { file.children("/nothing"); }, "no such group");
  check_refused([&] { file.read("/results/x", {18, 23}, std::span(data)); }, "its shape is [20]");
  // Only the last rank asks for too much: all hear of it.
  auto const mine = rank() == ranks() - 1 ? Block{18, 23} : Block{0, 5};
  check_refused([&] { file.read("/results/x", mine, std::span(data)); }, "18 to 22");
}
