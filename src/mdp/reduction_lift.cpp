#include <algorithm>
#include <utility>

#include "src/base/error.hpp"
#include "src/mdp/graph/search.hpp"
#include "src/mdp/reduction.hpp"

namespace bellshard::mdp {
namespace {

/// An action of an original state, as a reduced state chose it.
struct Choice {
  std::int64_t state;
  std::int32_t action;
};

/// The choices of all reduced states, at the owners of the original states that carry them out; "stay" is none.
std::vector<Choice> choices_here(Mail const& mail, Partition const& states, Reduction const& reduction,
                                 std::span<std::int32_t const> chosen) {
  std::vector<std::vector<Choice>> to(mail.ranks());
  for (std::size_t s = 0; s < chosen.size(); ++s) {
    BELLSHARD_EXPECT(chosen[s] >= 0);
    auto const pair = reduction.rows.action_offset[s] + chosen[s];
    auto const state = reduction.pair_state[pair];
    if (state >= 0) to[states.owner(state)].push_back({state, reduction.pair_action[pair]});
  }
  return mail.deliver(std::move(to)).items;
}

/// Inside the components, the way to the states that leave: nearest first, so it gets there with probability 1.
void walk_to_exits(ShardGraph const& graph, Flags exits, Flags const& internal, std::vector<std::int32_t>& policy) {
  graph.refresh(exits);
  Flags const through(graph.local_states(), 1);
  auto const steps = steps_to(graph, exits, through, internal);
  for (Local s = 0; s < graph.own_states(); ++s) {
    if (policy[s] < 0 && steps[s] != no_way) policy[s] = nearer_action(graph, steps, internal, s);
  }
}

}  // namespace

std::vector<std::int32_t> lift_policy(MPI_Comm comm, Partition const& states, Rows const& rows, Reduction const& reduction,
                                      std::span<std::int32_t const> chosen) {
  Mail const mail(comm);
  auto policy = reduction.decided_action;
  std::vector<std::int64_t> exits;
  for (auto const& choice : choices_here(mail, states, reduction, chosen)) {
    policy[choice.state - rows.own.begin] = choice.action;
    exits.push_back(choice.state - rows.own.begin);
  }
  if (reduction.components == 0) return policy;

  ShardGraph const graph(comm, states, rows);
  Flags marked(graph.local_states(), 0);
  for (auto exit : exits) marked[exit] = 1;
  walk_to_exits(graph, std::move(marked), reduction.internal, policy);
  return policy;
}

std::vector<double> lift_values(MPI_Comm comm, Partition const& states, Reduction const& reduction, std::span<double const> reduced) {
  Mail const mail(comm);
  BELLSHARD_EXPECT(states.block(mail.rank()).size() == static_cast<std::int64_t>(reduction.image.size()));
  static_cast<void>(states);
  std::vector<std::int64_t> images;
  for (auto image : reduction.image) {
    if (image >= 0) images.push_back(image);
  }
  auto const found = mail.look_up(reduction.states, images, reduced);
  auto values = reduction.decided;
  auto next = found.begin();
  for (std::size_t s = 0; s < values.size(); ++s) {
    if (reduction.image[s] >= 0) values[s] = *next++;
  }
  return values;
}

std::vector<double> reduce_values(MPI_Comm comm, Reduction const& reduction, std::span<double const> original) {
  BELLSHARD_EXPECT(original.size() == reduction.image.size());
  struct Told {
    std::int64_t state;
    double value;
  };
  Mail const mail(comm);
  std::vector<std::vector<Told>> to(mail.ranks());
  for (std::size_t s = 0; s < original.size(); ++s) {
    auto const image = reduction.image[s];
    if (image >= 0) to[reduction.states.owner(image)].push_back({image, original[s]});
  }
  auto const told = mail.deliver(std::move(to)).items;
  auto const own = reduction.states.block(mail.rank());
  std::vector<double> values(static_cast<std::size_t>(own.size()), 0);
  // Ranks own ascending blocks: backwards, the least state has the last word.
  for (auto letter = told.rbegin(); letter != told.rend(); ++letter) values[letter->state - own.begin] = letter->value;
  return values;
}

}  // namespace bellshard::mdp
