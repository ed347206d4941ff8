#include <catch2/catch.hpp>

#include "hdf5_fixture.hpp"
#include "io/hdf5/result_file.hpp"
#include "scratch_folder.hpp"
#include "src/corpus/index_file.hpp"

using namespace bellshard;
using namespace bellshard::test;
using Catch::Contains;

namespace {

/// The least that an index has: one part of three positions, ids 1 and 2; and vectors, each rank its share.
void write_index(std::filesystem::path const& path, std::vector<float> const& vectors, std::int64_t components) {
  auto record = some_record();
  record.schema = "bellshard.corpus_index";
  io::ResultFile out(MPI_COMM_WORLD, path, record);
  auto const position = out.bare_axis("position", 3);
  auto const border = out.axis("part_border", 2, "borders");
  auto const share = [](std::int64_t size) { return rank() == 0 ? Block{0, size} : Block{}; };
  auto const own = [&](auto const& all) { return rank() == 0 ? all : std::decay_t<decltype(all)>{}; };
  out.write("token", {position}, share(3), own(std::vector<std::uint16_t>{1, 2, 0}), {"1"}, "tokens");
  out.write("suffix", {position}, share(3), own(std::vector<std::uint32_t>{2, 0, 1}), {"1"}, "suffixes");
  out.write("part_offset", {border}, share(2), own(std::vector<std::int64_t>{0, 3}), {"1"}, "first positions");
  out.write("part_document", {border}, share(2), own(std::vector<std::int64_t>{0, 1}), {"1"}, "first documents");
  out.attribute("tokens", std::string("ids"));
  out.attribute("largest_token", 2.0);
  if (components > 0) {
    auto const words = static_cast<std::int64_t>(vectors.size()) / components;
    auto const block = uneven(words);
    std::vector<float> const rows(vectors.begin() + block.begin * components, vectors.begin() + block.end * components);
    out.write("vector", {out.bare_axis("vector_word", words), out.bare_axis("component", components)}, block, rows, {"1"}, "vectors");
  }
  out.commit();
}

}  // namespace

TEST_CASE("an index gives its vectors to every rank") {
  ScratchFolder const folder;
  std::vector<float> const vectors{0.6f, -0.8f, 0, 0, 0, 0};
  write_index(folder / "index.h5", vectors, 3);

  corpus::IndexFile const index(MPI_COMM_WORLD, folder / "index.h5");
  auto const read = index.read_vectors();

  CHECK(index.has_vectors());
  CHECK(read.words == 2);
  CHECK(read.components == 3);
  CHECK(read.value == vectors);
}

TEST_CASE("an index without vectors, and vectors that are broken") {
  ScratchFolder const folder;
  auto const refusal = [&](std::vector<float> const& vectors, std::int64_t components) {
    write_index(folder / "index.h5", vectors, components);
    corpus::IndexFile const index(MPI_COMM_WORLD, folder / "index.h5");
    try {
      index.read_vectors();
    } catch (Error const& error) {
      CHECK(error.code() == ExitCode::bad_input);
      return std::string(error.what());
    }
    return std::string();
  };

  CHECK_THAT(refusal({}, 0), Contains("has no word vectors"));
  CHECK_THAT(refusal({1, 0, 0.5f, 0.5f}, 2), Contains("vector[1]"));
  CHECK_THAT(refusal({1, NAN}, 1), Contains("vector[1]"));
  CHECK_THAT(refusal({1, 1, 1}, 1), Contains("does not fit the vocabulary"));
  CHECK(refusal({1, 0}, 1).empty());
}
