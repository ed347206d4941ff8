#include <catch2/catch.hpp>

#include "io/hdf5/run_file.hpp"
#include "io/mdp/mdp_file.hpp"
#include "tests/mpi/scratch_folder.hpp"
#include "tests/unit/sample_job.hpp"
#include "tests/unit/small_mdp.hpp"

using namespace bellshard;
using io::ExplicitMdp;
using test::ScratchFolder;

namespace {

ExplicitMdp through_file(ScratchFolder const& folder, ExplicitMdp const& mdp) {
  io::write_mdp(folder / "m.h5", mdp);
  return io::read_mdp(folder / "m.h5");
}

/// A file that somebody else wrote, with the arrays that a test wants.
struct ForeignFile {
  explicit ForeignFile(std::filesystem::path const& path, std::string const& schema = "bellshard.mdp", int version = 1)
      : file(MPI_COMM_SELF, path, {"", "", schema, version, "", "", {}, {}}, {}) {}

  template <class T>
  ForeignFile& with(std::string const& name, std::vector<T> const& values) {
    auto const n = static_cast<std::int64_t>(values.size());
    io::ShardedArray array{name, io::element_type<T>(), {n}, {0, n}, true, "1", name};
    array.fetch = [&](Block items, void* host) { std::memcpy(host, values.data() + items.begin, items.size() * sizeof(T)); };
    file.write("", array, {file.bare_scale("", name + "_axis", n)});
    return *this;
  }

  io::RunFile file;
};

using Integers = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("a model comes back from its file as it was") {
  ScratchFolder const folder;

  CHECK(through_file(folder, small_mdp()) == small_mdp());
  CHECK(through_file(folder, small_interval_mdp()) == small_interval_mdp());
}

TEST_CASE("a bare model has none of the optional parts when it comes back") {
  ScratchFolder const folder;
  ExplicitMdp bare;
  bare.action_offset = {0, 1};
  bare.transition_offset = {0, 1};
  bare.next_state = {0};
  bare.probability = {1};

  CHECK(through_file(folder, bare) == bare);
}

TEST_CASE("a reward without a name stays one") {
  ScratchFolder const folder;
  auto mdp = small_mdp();
  mdp.rewards = {{"", {1, 2, 3, 4}}};

  CHECK(through_file(folder, mdp) == mdp);
}

TEST_CASE("float32 probabilities and integer rewards are read, the sums within 1e-6") {
  ScratchFolder const folder;
  ForeignFile(folder / "m.h5")
      .with("action_offset", Integers{0, 1, 2})
      .with("transition_offset", Integers{0, 3, 4})
      .with("next_state", Integers{0, 1, 1, 1})
      .with("probability", std::vector<float>{0.1F, 0.2F, 0.7F, 1})
      .with("reward", Integers{5, -5})
      .file.commit();

  auto const mdp = io::read_mdp(folder / "m.h5");

  CHECK(mdp.probability[0] == double{0.1F});
  CHECK(mdp.rewards == std::vector<ExplicitMdp::Named<double>>{{"", {5, -5}}});
}

TEST_CASE("files that are no model, or a broken one, are refused") {
  ScratchFolder const folder;
  auto const path = folder / "m.h5";
  auto const said = [&] { return refusal([&] { io::read_mdp(path); }); };
  auto const whole = [](ForeignFile& foreign) -> ForeignFile& {
    return foreign.with("action_offset", Integers{0, 1}).with("transition_offset", Integers{0, 1}).with("next_state", Integers{0});
  };

  CHECK_THAT(said(), Catch::StartsWith("4 ") && Catch::Contains("there is no such file"));
  ForeignFile(path, "bellshard.raster").file.commit();
  CHECK_THAT(said(), Catch::Contains("schema is \"bellshard.raster\""));
  ForeignFile(path, "bellshard.mdp", 2).file.commit();
  CHECK_THAT(said(), Catch::Contains("schema_version is 2"));
  ForeignFile(path).file.commit();
  CHECK_THAT(said(), Catch::Contains("m.h5:/action_offset: there is no such dataset"));
  ForeignFile(path).with("action_offset", std::vector<double>{0, 1}).file.commit();
  CHECK_THAT(said(), Catch::Contains("m.h5:/action_offset: holds reals"));
  {
    ForeignFile foreign(path);
    whole(foreign).with("probability", std::vector<double>{1}).with("reward", std::vector<double>{0, 0}).file.commit();
    CHECK_THAT(said(), Catch::Contains("reward \"\" has 2 items, but there are 1"));
  }
  {
    ForeignFile foreign(path);
    whole(foreign).with("probability", std::vector<double>{0.9}).with("reward", std::vector<double>{0}).file.commit();
    CHECK_THAT(said(), Catch::StartsWith("4 ") && Catch::Contains("probability sums to 0.9"));
  }
}

TEST_CASE("names that HDF5 cannot hold are refused before anything is written") {
  ScratchFolder const folder;
  auto mdp = small_mdp();
  mdp.labels[0].name = "a/b";

  CHECK_THAT(refusal([&] { io::write_mdp(folder / "m.h5", mdp); }), Catch::StartsWith("4 ") && Catch::Contains("label \"a/b\""));
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a path that cannot be written leads to exit 6") {
  ScratchFolder const folder;
  std::filesystem::create_directory(folder / "m.h5");

  CHECK_THAT(refusal([&] { io::write_mdp(folder / "m.h5", small_mdp()); }), Catch::StartsWith("6 "));
}
