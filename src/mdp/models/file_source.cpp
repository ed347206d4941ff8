#include "src/mdp/models/file_source.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "src/base/error.hpp"
#include "src/config/nearest.hpp"
#include "src/mdp/models/file_rows.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::mdp {
namespace {

constexpr char const* schema = "bellshard.mdp";
constexpr double schema_version = 1;

enum class Numbers { integers, reals, any };

bool is_real(io::ElementType type) { return type == io::ElementType::float32 || type == io::ElementType::float64; }

std::vector<std::string> children(io::InputFile const& file, std::string const& group) {
  return file.has(group) ? file.children(group) : std::vector<std::string>{};
}

bool contains(std::vector<std::string> const& names, std::string const& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::size_t size_of(Block block) { return static_cast<std::size_t>(block.size()); }

/// Items of a block and the one behind its last, which closes a column of offsets; nothing of an empty block.
Block closed(Block own) { return own.empty() ? own : Block{own.begin, own.end + 1}; }

}  // namespace

FileSource::FileSource(MPI_Comm comm, std::filesystem::path const& path) : file_(comm, path) {
  auto const told = file_.text_attribute("/", "schema");
  BELLSHARD_INPUT(told.has_value(), "{}: has no attribute \"schema\" at its root (want \"{}\"); set it, or make the file with: bellshard convert IN OUT",
                  path.string(), schema);
  BELLSHARD_INPUT(*told == schema, "{}: its schema is \"{}\" (want \"{}\"); this is not the file of a model", path.string(), *told, schema);
  auto const version = file_.number_attribute("/", "schema_version");
  BELLSHARD_INPUT(version == schema_version, "{}: its attribute schema_version is {} (want {}); write the file again in this version", path.string(),
                  version ? fmt::format("{}", *version) : "missing", schema_version);

  states_ = column_length("/action_offset") - 1;
  pairs_ = column_length("/transition_offset") - 1;
  transitions_ = column_length("/next_state");
  BELLSHARD_INPUT(states_ > 0 && pairs_ > 0, "{}: the model has no states; /action_offset needs S + 1 numbers and /transition_offset P + 1", path.string());
  for (auto const* dataset : {"/action_offset", "/transition_offset", "/next_state"}) {
    BELLSHARD_INPUT(!is_real(file_.type(dataset)), "{}: holds real numbers; store integers (int64, or int32 for next_state)", place(dataset));
  }

  expect_length("/probability", transitions_, "as /next_state");
  auto const stored = file_.type("/probability");
  BELLSHARD_INPUT(is_real(stored), "{}: holds integers; store float64 or float32", place("/probability"));
  tolerance_ = stored == io::ElementType::float32 ? 1e-6 : 1e-9;
  interval_ = file_.has("/probability_upper");
  if (interval_) expect_length("/probability_upper", transitions_, "as /next_state");

  default_reward_ = file_.text_attribute("/", "default_reward").value_or("");
  named_rewards_ = children(file_, "/rewards");
  expect_length("/reward", pairs_, "a number for each pair of a state and an action");
  for (auto const& name : named_rewards_) expect_length("/rewards/" + name, pairs_, "a number for each pair of a state and an action");
  transition_rewards_ = file_.has("/transition_reward");
  if (transition_rewards_) expect_length("/transition_reward", transitions_, "as /next_state");
  labels_ = children(file_, "/label");
  for (auto const& name : labels_) {
    expect_length("/label/" + name, states_, "a 0 or 1 for each state");
    BELLSHARD_INPUT(io::bytes_of(file_.type("/label/" + name)) == 1, "{}: has elements of more than one byte; store labels as uint8, 0 or 1",
                    place("/label/" + name));
  }
  coordinates_ = children(file_, "/coordinate");
  for (auto const& name : coordinates_) expect_length("/coordinate/" + name, states_, "a number for each state");
}

std::string FileSource::place(std::string const& dataset) const { return file_.path().string() + ":" + dataset; }

std::int64_t FileSource::column_length(std::string const& dataset) const {
  auto const shape = file_.shape(dataset);
  BELLSHARD_INPUT(shape.size() == 1, "{}: has {} axes (want one); see docs/formats.md for the layout of a model", place(dataset), shape.size());
  return shape[0];
}

void FileSource::expect_length(std::string const& dataset, std::int64_t length, std::string const& reason) const {
  auto const found = column_length(dataset);
  BELLSHARD_INPUT(found == length, "{}: holds {} items (want {}: {})", place(dataset), found, length, reason);
}

std::string FileSource::description() const {
  return fmt::format("{}, {} states, {} pairs, {} transitions{}", file_.path().string(), states_, pairs_, transitions_,
                     interval_ ? ", intervals" : "");
}

std::vector<std::int64_t> FileSource::action_offset(MPI_Comm comm, Block own) const {
  std::vector<std::int64_t> offset(size_of(closed(own)));
  file_.read("/action_offset", closed(own), std::span(offset));
  together(comm, [&] { check_offsets({place("/action_offset"), "state", "pair", states_, pairs_}, own, offset); });
  return offset;
}

std::vector<std::int64_t> FileSource::transition_offset(MPI_Comm comm, Block pairs) const {
  std::vector<std::int64_t> offset(size_of(closed(pairs)));
  file_.read("/transition_offset", closed(pairs), std::span(offset));
  together(comm, [&] { check_offsets({place("/transition_offset"), "pair", "transition", pairs_, transitions_}, pairs, offset); });
  return offset;
}

Rows FileSource::rows(MPI_Comm comm, Block own, std::string const& reward) const {
  Rows rows;
  read_rows(comm, own, reward, RowStream::Look::first, rows);
  tidy(rows);
  return rows;
}

FileSource::Stored FileSource::read_rows(MPI_Comm comm, Block own, std::string const& reward, RowStream::Look look, Rows& rows) const {
  auto const reward_name = reward_dataset(reward);
  auto const from_first = [](std::vector<std::int64_t>& offset, std::vector<std::int64_t>& local) {
    if (offset.empty()) return Block{};
    Block const parts{offset.front(), offset.back()};
    for (auto& o : offset) o -= parts.begin;
    local = std::move(offset);
    return parts;
  };
  rows.own = own;
  rows.states = states_;
  rows.action_offset = rows.transition_offset = {0};
  auto action = action_offset(comm, own);
  auto const pairs = from_first(action, rows.action_offset);
  auto transition = transition_offset(comm, pairs);
  auto const transitions = from_first(transition, rows.transition_offset);

  auto const check = [&](std::function<void()> const& part) {
    if (look == RowStream::Look::first) together(comm, part);
  };
  rows.next_state.resize(size_of(transitions));
  file_.read("/next_state", transitions, std::span(rows.next_state));
  check([&] { check_indices(place("/next_state"), transitions.begin, rows.next_state, states_); });
  rows.probability.resize(size_of(transitions));
  file_.read("/probability", transitions, std::span(rows.probability));
  check([&] { check_probabilities(place("/probability"), transitions.begin, rows.probability, tolerance_); });
  if (interval_) {
    rows.probability_upper.resize(size_of(transitions));
    file_.read("/probability_upper", transitions, std::span(rows.probability_upper));
    auto const name = place("/probability_upper");
    check([&] { check_probabilities(name, transitions.begin, rows.probability_upper, tolerance_); });
    check([&] { check_intervals(name, transitions.begin, rows.probability, rows.probability_upper); });
  }
  check([&] { check_sums({place("/probability"), pairs.begin}, rows, tolerance_); });
  rows.reward.resize(size_of(pairs));
  file_.read(reward_name, pairs, std::span(rows.reward));
  check([&] { check_finite(place(reward_name), pairs.begin, rows.reward); });
  return {pairs, transitions};
}

Outcomes FileSource::outcomes(MPI_Comm comm, Block own, std::string const& reward) const {
  if (!transition_rewards_ || reward_dataset(reward) != "/reward" || interval_) return Source::outcomes(comm, own, reward);
  Outcomes outcomes;
  auto const stored = read_rows(comm, own, reward, RowStream::Look::first, outcomes.rows);
  outcomes.reward.resize(size_of(stored.transitions));
  file_.read("/transition_reward", stored.transitions, std::span(outcomes.reward));
  together(comm, [&] { check_finite(place("/transition_reward"), stored.transitions.begin, outcomes.reward); });
  together(comm, [&] { check_expected({place("/reward"), stored.pairs.begin}, outcomes); });
  sort_outcomes(outcomes);
  return outcomes;
}

std::vector<std::string> FileSource::rewards() const {
  std::vector<std::string> names{default_reward_};
  for (auto const& name : named_rewards_) {
    if (name != default_reward_) names.push_back(name);
  }
  return names;
}

std::string FileSource::reward_dataset(std::string const& name) const {
  if (name.empty() || name == default_reward_) return "/reward";
  if (contains(named_rewards_, name)) return "/rewards/" + name;
  auto known = rewards();
  std::erase(known, "");
  auto const meant = nearest(name, known);
  fail(ExitCode::bad_job_file, "the model {} has no reward called {}; {}", file_.path().string(), name,
       meant           ? fmt::format("did you mean {}?", *meant)
       : known.empty() ? "its only reward has no name: leave the key out"
                       : fmt::format("it has: {}", fmt::join(known, ", ")));
}

std::vector<std::uint8_t> FileSource::label(MPI_Comm, Block own, std::string const& name) const {
  std::vector<std::uint8_t> mark(size_of(own));
  file_.read("/label/" + name, own, std::span(mark));
  for (auto& m : mark) m = m != 0 ? 1 : 0;
  return mark;
}

std::vector<double> FileSource::coordinate(MPI_Comm, Block own, std::string const& name) const {
  std::vector<double> value(size_of(own));
  file_.read("/coordinate/" + name, own, std::span(value));
  return value;
}

}  // namespace bellshard::mdp
