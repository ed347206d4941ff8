#include <catch2/catch.hpp>
#include <limits>

#include "model_file.hpp"
#include "scratch_folder.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/models/file_source.hpp"
#include "src/mdp/models/kinds.hpp"

using namespace bellshard;
using namespace bellshard::test;
using Catch::Contains;

namespace {

void check_rows(mdp::Rows const& rows) {
  std::int64_t pair = 0;
  for (auto s = rows.own.begin; s < rows.own.end; ++s) {
    auto const local = static_cast<std::size_t>(s - rows.own.begin);
    REQUIRE(rows.action_offset[local + 1] - rows.action_offset[local] == 1 + s % 3);
    for (std::int64_t a = 0; a < 1 + s % 3; ++a, ++pair) {
      std::map<std::int64_t, double> wanted;
      wanted[std::min<std::int64_t>(s + 1, 5)] += .5;
      wanted[std::min<std::int64_t>(s + 1 + a, 5)] += .25;
      wanted[s] += .25;
      std::map<std::int64_t, double> found;
      for (auto t = rows.transition_offset[pair]; t < rows.transition_offset[pair + 1]; ++t) found[rows.next_state[t]] = rows.probability[t];
      CHECK(found == wanted);
      CHECK(rows.transition_offset[pair + 1] - rows.transition_offset[pair] == static_cast<std::int64_t>(wanted.size()));
      CHECK(rows.reward[pair] == 10. * static_cast<double>(s) + static_cast<double>(a));
    }
  }
  CHECK(rows.pairs() == pair);
  CHECK(rows.action_offset[0] == 0);
}

std::string joined(std::vector<std::string> const& words) {
  std::string all;
  for (auto const& word : words) all += word + " ";
  return all;
}

}  // namespace

TEST_CASE("a model file is read block by block") {
  ScratchFolder folder;
  auto model = six_states();
  SECTION("64-bit indices, float64") {}
  SECTION("32-bit indices, float32") {
    model.index_type = H5T_STD_I32LE;
    model.probability_type = H5T_IEEE_F32LE;
  }
  model.write(folder / "m.h5");
  mdp::FileSource const source(MPI_COMM_WORLD, folder / "m.h5");
  CHECK(source.states() == 6);

  auto const partition = source.partition(MPI_COMM_WORLD);
  check_rows(source.rows(MPI_COMM_WORLD, partition.block(rank()), ""));
  check_rows(source.rows(MPI_COMM_WORLD, uneven(6), "time"));
  auto const other = source.rows(MPI_COMM_WORLD, uneven_reversed(6), "energy");

  for (auto offset : other.action_offset) {
    if (offset < other.pairs()) CHECK(other.reward[static_cast<std::size_t>(offset)] == -1);
  }
  CHECK(source.rewards() == std::vector<std::string>{"time", "energy"});
}

TEST_CASE("the blocks of a model file hold about as many transitions each") {
  ScratchFolder folder;
  auto model = six_states();
  std::vector<std::int64_t> weight;
  for (std::int64_t s = 0; s < 6; ++s) weight.push_back(4 * (1 + s % 3));
  SECTION("as they are") {}
  SECTION("one state with most of them") {
    weight[3] += 96;
    auto& next = model.integers["/next_state"];
    auto& probability = model.reals["/probability"];
    auto& offset = model.integers["/transition_offset"];
    auto const pair = model.integers["/action_offset"][3];
    next.insert(next.begin() + offset[pair], 96, 4);
    probability.insert(probability.begin() + offset[pair], 96, 0.0);
    for (std::size_t p = static_cast<std::size_t>(pair) + 1; p < offset.size(); ++p) offset[p] += 96;
  }
  model.write(folder / "m.h5");
  mdp::FileSource const source(MPI_COMM_WORLD, folder / "m.h5");

  auto const partition = source.partition(MPI_COMM_WORLD);

  auto const wanted = Partition::weighted(weight, ranks());
  REQUIRE(partition.size() == 6);
  for (int part = 0; part < ranks(); ++part) CHECK(partition.block(part) == wanted.block(part));
  check_rows(source.rows(MPI_COMM_WORLD, partition.block(rank()), ""));
}

TEST_CASE("labels, coordinates, predicates and names come by blocks") {
  ScratchFolder folder;
  six_states().write(folder / "m.h5");
  mdp::FileSource const source(MPI_COMM_WORLD, folder / "m.h5");
  auto const own = uneven(6);
  auto const holds = [&](std::string const& predicate, std::string const& wanted) {
    auto const found = source.where(MPI_COMM_WORLD, own, predicate);
    REQUIRE(found.size() == static_cast<std::size_t>(own.size()));
    for (auto s = own.begin; s < own.end; ++s) CHECK(found[s - own.begin] == wanted[s] - '0');
  };

  holds("goal", "000001");
  holds("init | goal", "100001");
  holds("x >= 1 & height = 0", "001010");
  holds("!(x < 2)", "000011");
  CHECK(source.has_label("goal"));
  CHECK_FALSE(source.has_label("x"));
  CHECK(source.coordinates() == std::vector<std::string>{"height", "x"});
  auto const initial = source.initial(MPI_COMM_WORLD, own);
  auto const x = source.coordinate(MPI_COMM_WORLD, own, "x");
  auto const names = source.state_names(MPI_COMM_WORLD, own);
  auto const actions = source.action_names(MPI_COMM_WORLD, own);
  std::vector<std::string> const numerals{"zero", "one", "two", "three", "four", "five"};
  for (auto s = own.begin; s < own.end; ++s) {
    auto const local = static_cast<std::size_t>(s - own.begin);
    CHECK(initial[local] == (s == 0));
    CHECK(x[local] == 0.5 * static_cast<double>(s));
    CHECK(names[local] == numerals[static_cast<std::size_t>(s)]);
    for (int a = 0; a < 1 + s % 3; ++a) CHECK(actions.of(s, a) == a - 1);
  }
  CHECK(joined(actions.name) == "go run ");
}

TEST_CASE("a model file with the least that it needs has one unnamed reward and no labels") {
  ScratchFolder folder;
  auto model = six_states();
  model.bytes.clear();
  model.texts.erase("default_reward");
  model.reals.erase("/rewards/energy");
  std::erase_if(model.integers, [](auto const& column) { return column.first.find("name") != std::string::npos; });
  model.write(folder / "m.h5");

  mdp::FileSource const source(MPI_COMM_WORLD, folder / "m.h5");

  auto const own = uneven(6);
  check_rows(source.rows(MPI_COMM_WORLD, own, ""));
  CHECK(source.initial(MPI_COMM_WORLD, own).empty());
  CHECK(source.state_names(MPI_COMM_WORLD, own).empty());
  CHECK(source.action_names(MPI_COMM_WORLD, own).name.empty());
  CHECK(source.rewards() == std::vector<std::string>{""});
}

TEST_CASE("an interval model has both ends, and parallel transitions add up") {
  ScratchFolder folder;
  auto model = six_states();
  auto& upper = model.reals["/probability_upper"] = model.reals["/probability"];
  for (auto& u : upper) u = u == 0 ? 0 : u + .125;
  model.write(folder / "m.h5");
  mdp::FileSource const source(MPI_COMM_WORLD, folder / "m.h5");

  auto const rows = source.rows(MPI_COMM_WORLD, uneven(6), "");

  check_rows(rows);
  REQUIRE(rows.probability_upper.size() == rows.probability.size());
  if (rows.own.contains(0)) {  // s 0: to 0 .25, to 1 twice
    CHECK(rows.probability_upper[0] == .375);
    CHECK(rows.probability_upper[1] == 1);
  }
}

TEST_CASE("the kind \"file\" names its input") {
  ScratchFolder folder;
  six_states().write(folder / "m.h5");
  auto const kind = mdp::make_file_kind();
  Keys keys;
  keys.table("model", "");
  kind->declare(keys);
  keys.find("model.file").assign(Value((folder / "m.h5").string()));
  Context context(MPI_COMM_WORLD, {}, Verbosity::quiet);

  auto const source = kind->make(context);

  CHECK(source->states() == 6);
  CHECK(kind->inputs() == std::vector<std::filesystem::path>{folder / "m.h5"});
  CHECK_THAT(source->description(), Contains("m.h5, 6 states, 12 pairs, 48 transitions"));
}
