// The part of the MDP file that reads and refuses.
#include <algorithm>

#include "io/hdf5/input_file.hpp"
#include "io/mdp/check.hpp"
#include "io/mdp/mdp_file.hpp"
#include "io/mdp/name_table.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

bool is_real(ElementType type) { return type == ElementType::float32 || type == ElementType::float64; }

class MdpReader {
 public:
  explicit MdpReader(std::filesystem::path const& path) : file_(MPI_COMM_SELF, path), origin_(path.string()) {}

  ExplicitMdp read() const {
    check_schema();
    ExplicitMdp mdp;
    mdp.action_offset = integers<std::int64_t>("/action_offset");
    mdp.transition_offset = integers<std::int64_t>("/transition_offset");
    mdp.next_state = integers<std::int64_t>("/next_state");
    mdp.probability = vector<double>("/probability");
    if (file_.has("/probability_upper")) mdp.probability_upper = vector<double>("/probability_upper");
    bool const rounded = file_.type("/probability") == ElementType::float32;
    read_rewards(mdp);
    for (auto const& name : names_in("/label")) mdp.labels.push_back({name, integers<std::uint8_t>("/label/" + name)});
    for (auto const& name : names_in("/coordinate")) mdp.coordinates.push_back({name, vector<double>("/coordinate/" + name)});
    if (file_.has("/state_name")) mdp.state_name = strings("/state_name");
    if (file_.has("/action_name")) {
      mdp.action_name = strings("/action_name");
      mdp.action_name_index = integers<std::int32_t>("/action_name_index");
    }
    check(mdp, origin_, rounded ? 1e-6 : 1e-9);
    return mdp;
  }

 private:
  void check_schema() const {
    auto const schema = file_.text_attribute("/", "schema").value_or("");
    BELLSHARD_INPUT(schema == "bellshard.mdp",
                    "{}: its root attribute schema is \"{}\", but \"bellshard.mdp\" is needed; name a file that holds a model", origin_,
                    schema);
    auto const version = file_.number_attribute("/", "schema_version").value_or(0);
    BELLSHARD_INPUT(version == 1, "{}: its schema_version is {}, but this Bellshard reads version 1; use a newer one", origin_, version);
  }

  void read_rewards(ExplicitMdp& mdp) const {
    auto reward = vector<double>("/reward");
    auto const others = names_in("/rewards");
    // Other formats tell several rewards by their names alone.
    auto const name = file_.text_attribute("/", "default_reward").value_or(others.empty() ? "" : "reward");
    bool const none = others.empty() && name.empty() && std::all_of(reward.begin(), reward.end(), [](double r) { return r == 0; });
    // A wrong length must not pass as "none": check() looks at it.
    if (!none || reward.size() != static_cast<std::size_t>(mdp.pairs())) mdp.rewards.push_back({name, std::move(reward)});
    for (auto const& other : others) {
      if (other != name) mdp.rewards.push_back({other, vector<double>("/rewards/" + other)});
    }
  }

  std::vector<std::string> names_in(std::string const& group) const {
    return file_.has(group) ? file_.children(group) : std::vector<std::string>{};
  }

  template <class T>
  std::vector<T> vector(std::string const& dataset) const {
    auto const shape = file_.shape(dataset);
    BELLSHARD_INPUT(shape.size() == 1, "{}:{}: has {} axes, but one is needed", origin_, dataset, shape.size());
    return file_.read_all<T>(dataset);
  }
  template <class T>
  std::vector<T> integers(std::string const& dataset) const {
    BELLSHARD_INPUT(!is_real(file_.type(dataset)), "{}:{}: holds reals, but integers are needed", origin_, dataset);
    return vector<T>(dataset);
  }
  std::vector<std::string> strings(std::string const& dataset) const {
    auto const offset = dataset + "_offset";
    return unpack_names({integers<std::uint8_t>(dataset), integers<std::int64_t>(offset)}, origin_ + ":" + offset);
  }

  InputFile file_;
  std::string origin_;
};

}  // namespace

ExplicitMdp read_mdp(std::filesystem::path const& path) { return MdpReader(path).read(); }

}  // namespace bellshard::io
