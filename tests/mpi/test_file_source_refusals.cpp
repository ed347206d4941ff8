#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>

#include "model_file.hpp"
#include "scratch_folder.hpp"
#include "src/mdp/models/file_source.hpp"

using namespace bellshard;
using namespace bellshard::test;
using Catch::Contains;

namespace {

struct Refusal {
  ExitCode code = ExitCode::done;
  std::string text = "accepted";
};

/// What reading the whole model says, by every rank; all must say the same.
Refusal refusal(ModelFile const& model, std::function<void(mdp::FileSource const&)> const& use = {}) {
  ScratchFolder folder;
  model.write(folder / "m.h5");
  Refusal told;
  try {
    mdp::FileSource const source(MPI_COMM_WORLD, folder / "m.h5");
    if (use) {
      use(source);
    } else {
      source.rows(MPI_COMM_WORLD, uneven(source.states()), "");
    }
  } catch (Error const& error) {
    told = {error.code(), error.what()};
  }
  auto const mine = static_cast<std::int64_t>(std::hash<std::string>{}(told.text));
  std::int64_t lowest = mine, highest = mine;
  MPI_Allreduce(&mine, &lowest, 1, MPI_INT64_T, MPI_MIN, MPI_COMM_WORLD);
  MPI_Allreduce(&mine, &highest, 1, MPI_INT64_T, MPI_MAX, MPI_COMM_WORLD);
  CHECK(lowest == highest);
  return told;
}

using Change = std::function<void(ModelFile&)>;

void check_refused(Change const& change, std::string const& place, std::string const& words,
                   std::function<void(mdp::FileSource const&)> const& use = {}) {
  auto model = six_states();
  change(model);
  auto const told = refusal(model, use);
  CHECK(told.code == ExitCode::bad_input);
  CHECK_THAT(told.text, Contains(place));
  CHECK_THAT(told.text, Contains(words));
}

Change integer(std::string const& name, std::size_t at, std::int64_t value) {
  return [=](ModelFile& model) { model.integers[name].at(at) = value; };
}
Change real(std::string const& name, std::size_t at, double value) {
  return [=](ModelFile& model) { model.reals[name].at(at) = value; };
}

double const not_a_number = std::numeric_limits<double>::quiet_NaN();
double const infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("the unchanged model is accepted") { CHECK(refusal(six_states()).text == "accepted"); }

TEST_CASE("offsets that cannot be are refused at the first of them") {
  check_refused(integer("/action_offset", 0, 1), "m.h5:/action_offset[0] = 1", "must be 0");
  check_refused(integer("/action_offset", 4, 2), "m.h5:/action_offset[4] = 2", "must not fall");
  check_refused(integer("/action_offset", 5, 7), "m.h5:/action_offset[5] = 7", "state 4 has no pair");
  check_refused(integer("/action_offset", 3, 99), "m.h5:/action_offset[3] = 99", "0 .. 12");
  check_refused(integer("/action_offset", 2, -3), "m.h5:/action_offset[2] = -3", "0 .. 12");
  check_refused(integer("/action_offset", 6, 11), "m.h5:/action_offset[6] = 11", "holds 12 pairs");
  check_refused(integer("/transition_offset", 0, 2), "m.h5:/transition_offset[0] = 2", "must be 0");
  check_refused(integer("/transition_offset", 7, 24), "m.h5:/transition_offset[7] = 24", "pair 6 has no transition");
  check_refused(integer("/transition_offset", 7, 20), "m.h5:/transition_offset[7] = 20", "must not fall");
  check_refused(integer("/transition_offset", 12, 47), "m.h5:/transition_offset[12] = 47", "holds 48 transitions");
  check_refused(integer("/transition_offset", 5, 49), "m.h5:/transition_offset[5] = 49", "0 .. 48");
}

TEST_CASE("offsets that cannot be are refused by the partition, too") {
  auto const cut = [](mdp::FileSource const& source) { source.partition(MPI_COMM_WORLD); };
  check_refused(integer("/action_offset", 4, 2), "m.h5:/action_offset[4] = 2", "must not fall", cut);
  check_refused(integer("/transition_offset", 12, 47), "m.h5:/transition_offset[12] = 47", "holds 48 transitions", cut);
}

TEST_CASE("numbers that cannot be are refused at the first of them") {
  check_refused(integer("/next_state", 40, 6), "m.h5:/next_state[40] = 6", "0 .. 5");
  check_refused(integer("/next_state", 3, -1), "m.h5:/next_state[3] = -1", "0 .. 5");
  check_refused(real("/probability", 30, not_a_number), "m.h5:/probability[30] = nan", "0 .. 1");
  check_refused(real("/probability", 30, -0.1), "m.h5:/probability[30] = -0.1", "0 .. 1");
  check_refused(real("/probability", 30, 1.5), "m.h5:/probability[30] = 1.5", "0 .. 1");
  check_refused(real("/probability", 30, 0.25 + 2e-9), "m.h5:/probability", "pair 7 (action 0 of state 4) sums to 1.00000000");
  check_refused(real("/reward", 11, not_a_number), "m.h5:/reward[11] = nan", "finite");
  check_refused(real("/reward", 2, -infinity), "m.h5:/reward[2] = -inf", "finite");
  // Two wrong ones: the lower is named, whichever rank holds it.
  check_refused([](ModelFile& m) { m.integers["/next_state"][47] = m.integers["/next_state"][9] = 77; }, "/next_state[9] = 77", "0 .. 5");
  check_refused([](ModelFile& m) { m.reals["/probability"][44] = m.reals["/probability"][8] = 0.; }, "/probability", "pair 2 ");
}

TEST_CASE("sums may be off by the rounding of their type") {
  auto model = six_states();
  model.reals["/probability"][30] = 0.25 + 5e-10;
  CHECK(refusal(model).text == "accepted");
  model.reals["/probability"][30] = 0.25 + 5e-7;
  CHECK(refusal(model).code == ExitCode::bad_input);
  model.probability_type = H5T_IEEE_F32LE;
  CHECK(refusal(model).text == "accepted");
  model.reals["/probability"][30] = 0.25 + 2e-6;
  CHECK(refusal(model).code == ExitCode::bad_input);
}

TEST_CASE("intervals that cannot be are refused") {
  auto const upper = [](Change const& change) {
    return [=](ModelFile& model) {
      model.reals["/probability_upper"] = model.reals["/probability"];
      change(model);
    };
  };
  check_refused(upper(real("/probability_upper", 30, 0.2)), "/probability_upper[30] = 0.2", "below the lower end 0.25");
  check_refused(upper(real("/probability_upper", 30, 1.2)), "/probability_upper[30] = 1.2", "0 .. 1");
  check_refused(upper(real("/probability_upper", 30, not_a_number)), "/probability_upper[30] = nan", "0 .. 1");
  check_refused(upper([](ModelFile& m) { m.reals["/probability"][30] = m.reals["/probability_upper"][30] = 0.2; }), "/probability",
                "pair 7 (action 0 of state 4) allows sums");
  check_refused(upper([](ModelFile& m) { m.reals["/probability_upper"].pop_back(); }), "/probability_upper: holds 47 items", "want 48");
}

TEST_CASE("a file that is no model, of another version or without a part is refused") {
  check_refused([](ModelFile& m) { m.texts.erase("schema"); }, "m.h5", "no attribute \"schema\"");
  check_refused([](ModelFile& m) { m.texts["schema"] = "bellshard.value_iteration"; }, "m.h5", "not the file of a model");
  check_refused([](ModelFile& m) { m.version = 2; }, "m.h5", "schema_version is 2 (want 1)");
  for (auto const* name : {"/action_offset", "/transition_offset", "/next_state"}) {
    check_refused([&](ModelFile& m) { m.integers.erase(name); }, name, "no such dataset");
  }
  for (auto const* name : {"/probability", "/reward"}) {
    check_refused([&](ModelFile& m) { m.reals.erase(name); }, name, "no such dataset");
  }
  check_refused([](ModelFile& m) { m.reals["/reward"].pop_back(); }, "/reward: holds 11 items", "want 12");
  check_refused([](ModelFile& m) { m.reals["/rewards/energy"].pop_back(); }, "/rewards/energy: holds 11 items", "want 12");
  check_refused([](ModelFile& m) { m.bytes["/label/goal"].push_back(1); }, "/label/goal: holds 7 items", "want 6");
  check_refused([](ModelFile& m) { m.reals["/coordinate/x"].pop_back(); }, "/coordinate/x: holds 5 items", "want 6");
  check_refused([](ModelFile& m) { m.integers["/label/goal"] = {0, 0, 0, 0, 0, 1}; m.bytes.erase("/label/goal"); }, "/label/goal", "uint8");
  check_refused([](ModelFile& m) { m.index_type = H5T_IEEE_F64LE; }, "/next_state", "store integers");
  check_refused([](ModelFile& m) { m.probability_type = H5T_STD_I64LE; }, "/probability", "store float64");
  check_refused([](ModelFile& m) { m.integers["/action_offset"] = {0}; }, "m.h5", "no states");
}

TEST_CASE("a truncated model file is refused") {
  ScratchFolder folder;
  six_states().write(folder / "m.h5");
  if (rank() == 0) std::filesystem::resize_file(folder / "m.h5", std::filesystem::file_size(folder / "m.h5") / 2);
  MPI_Barrier(MPI_COMM_WORLD);

  CHECK_THROWS_WITH(mdp::FileSource(MPI_COMM_WORLD, folder / "m.h5"), Contains("truncated"));
}

TEST_CASE("tables of names that cannot be are refused") {
  auto const names = [](mdp::FileSource const& source) { source.state_names(MPI_COMM_WORLD, uneven(6)); };
  auto const actions = [](mdp::FileSource const& source) { source.action_names(MPI_COMM_WORLD, uneven(6)); };
  check_refused(integer("/state_name_offset", 4, 3), "/state_name_offset[4] = 3", "must not fall", names);
  check_refused(integer("/state_name_offset", 6, 24), "/state_name_offset[6] = 24", "0 .. 23", names);
  check_refused([](ModelFile& m) { m.integers["/state_name_offset"].pop_back(); }, "/state_name_offset: holds 6", "want 7", names);
  check_refused(integer("/action_name_index", 9, 2), "/action_name_index[9] = 2", "-1 .. 1", actions);
}

TEST_CASE("what the user names and the file lacks is a fault of the job file") {
  auto const reward = refusal(six_states(), [](auto const& source) { source.rows(MPI_COMM_WORLD, uneven(6), "enrgy"); });
  auto const label = refusal(six_states(), [](auto const& source) { source.where(MPI_COMM_WORLD, uneven(6), "gaol"); });

  CHECK(reward.code == ExitCode::bad_job_file);
  CHECK_THAT(reward.text, Contains("no reward called enrgy") && Contains("did you mean energy?"));
  CHECK(label.code == ExitCode::bad_job_file);
  CHECK_THAT(label.text, Contains("did you mean goal?"));
}
