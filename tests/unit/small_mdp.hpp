#pragma once
#include "io/mdp/explicit_mdp.hpp"

/// Three states with everything that a model can have. State 0: "go" to 1 or 2, "stay"; state 1: a pair without a name, back
/// to 0; state 2 absorbs.
inline bellshard::io::ExplicitMdp small_mdp() {
  bellshard::io::ExplicitMdp mdp;
  mdp.action_offset = {0, 2, 3, 4};
  mdp.transition_offset = {0, 2, 3, 4, 5};
  mdp.next_state = {1, 2, 0, 0, 2};
  mdp.probability = {0.25, 0.75, 1, 1, 1};
  mdp.rewards = {{"steps", {1, 1, 1, 0}}, {"cost", {-0.5, 2, 1e20, 0}}};
  mdp.labels = {{"goal", {0, 0, 1}}, {"init", {1, 0, 0}}};
  mdp.coordinates = {{"depth", {-3, 0, 12}}, {"x", {0.5, -1.25, 0}}};
  mdp.state_name = {"start", "w\xc3\xa4y", "end"};
  mdp.action_name = {"go", "stay"};
  mdp.action_name_index = {0, 1, -1, 1};
  return mdp;
}

/// The same with intervals of probability.
inline bellshard::io::ExplicitMdp small_interval_mdp() {
  auto mdp = small_mdp();
  mdp.probability = {0.25, 0.5, 1, 0.5, 0.75};
  mdp.probability_upper = {0.5, 1, 1, 1, 1};
  return mdp;
}
