#include "io/import/petsc.hpp"

#include <optional>
#include <utility>

#include "io/import/petsc_matrix.hpp"
#include "io/mdp/check.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

/// The name with its word P turned into g; words end at _ . and -.
std::optional<std::string> cost_name(std::string const& name) {
  for (auto at = name.find('P'); at != std::string::npos; at = name.find('P', at + 1)) {
    auto const ends_word = [&](std::size_t i) { return i >= name.size() || name[i] == '_' || name[i] == '.' || name[i] == '-'; };
    if (!(at == 0 || ends_word(at - 1)) || !ends_word(at + 1)) continue;
    auto found = name;
    found[at] = 'g';
    return found;
  }
  return {};
}

std::filesystem::path costs_beside(std::filesystem::path const& path) {
  auto const name = cost_name(path.filename().string());
  BELLSHARD_INPUT(name.has_value(), "{}: where are the costs? Name the files NAME_P.bin (transitions) and NAME_g.bin (costs), or P.bin and g.bin",
                  path.string());
  return path.parent_path() / *name;
}

}  // namespace

ExplicitMdp read_petsc(std::filesystem::path const& path) {
  auto const name = path.string();
  auto const costs_path = costs_beside(path);
  auto transitions = read_petsc_matrix(path);
  auto const costs = read_petsc_matrix(costs_path);
  auto const states = transitions.columns;
  auto const actions = transitions.rows / states;
  BELLSHARD_INPUT(transitions.rows == states * actions && actions > 0, "{}: is {} x {}; a transition matrix has (states * actions) x states entries", name,
                  transitions.rows, states);
  BELLSHARD_INPUT(costs.rows == states && costs.columns == actions, "{}: is {} x {}, but {} needs costs of {} x {} (states x actions)", costs_path.string(),
                  costs.rows, costs.columns, name, states, actions);

  ExplicitMdp mdp;
  mdp.action_offset.clear();
  for (std::int64_t state = 0; state <= states; ++state) mdp.action_offset.push_back(state * actions);
  mdp.transition_offset = std::move(transitions.offset);
  mdp.next_state = std::move(transitions.column);
  mdp.probability = std::move(transitions.value);
  std::vector<double> cost(static_cast<std::size_t>(states * actions), 0.0);
  for (std::int64_t state = 0; state < states; ++state) {
    for (auto i = costs.offset[state]; i < costs.offset[state + 1]; ++i) cost[state * actions + costs.column[i]] += costs.value[i];
  }
  mdp.rewards.push_back({"cost", std::move(cost)});
  check(mdp, name);
  return mdp;
}

}  // namespace bellshard::io
