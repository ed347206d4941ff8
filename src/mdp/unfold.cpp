#include "src/mdp/unfold.hpp"

#include <cmath>

#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::mdp {
namespace {

void check_rewards(MPI_Comm comm, Rows const& rows) {
  std::int64_t first = rows.states;
  double value = 0;
  for (std::int64_t s = rows.own.size(); s-- > 0;) {
    for (auto pair = rows.action_offset[s]; pair < rows.action_offset[s + 1]; ++pair) {
      double const reward = rows.reward[pair];
      if (reward >= 0 && reward == std::floor(reward)) continue;
      first = rows.own.begin + s;
      value = reward;
    }
  }
  auto const lowest = min_over_ranks(comm, first);
  double const shown = max_over_ranks(comm, first == lowest && first < rows.states ? value : -HUGE_VAL);
  BELLSHARD_INPUT(lowest == rows.states,
                  "state {} has a reward of {} (reward_reachability counts whole rewards that are not negative); scale the rewards to whole numbers",
                  lowest, shown);
}

}  // namespace

Unfolded unfold(MPI_Comm comm, Partition const& states, Rows const& rows, Question const& question) {
  check_rewards(comm, rows);
  Unfolded unfolded{states, {}, {}, {}, static_cast<std::int64_t>(std::floor(question.criterion.budget))};
  std::int64_t const levels = unfolded.budget + 1;
  std::int64_t const spent = states.size() * levels;  // the state of those who overspent
  std::vector<std::int64_t> sizes;
  for (int part = 0; part < states.parts(); ++part) sizes.push_back(states.block(part).size() * levels);
  sizes.back() += 1;
  unfolded.states = Partition::of_sizes(sizes);

  Rows& out = unfolded.rows;
  out.own = {rows.own.begin * levels, rows.own.end * levels};
  out.states = spent + 1;
  auto const add_pair = [&out] {
    out.reward.push_back(0);
    out.transition_offset.push_back(out.transitions());
  };
  for (std::int64_t s = 0; s < rows.own.size(); ++s) {
    for (std::int64_t left = 0; left < levels; ++left) {
      unfolded.target.push_back(question.target[s]);
      unfolded.allowed.push_back(question.allowed.empty() ? 1 : question.allowed[s]);
      for (auto pair = rows.action_offset[s]; pair < rows.action_offset[s + 1]; ++pair) {
        auto const cost = static_cast<std::int64_t>(std::fmin(rows.reward[pair], static_cast<double>(levels)));
        if (cost > left) {
          out.next_state.push_back(spent);
          out.probability.push_back(1);
        } else {
          for (auto t = rows.transition_offset[pair]; t < rows.transition_offset[pair + 1]; ++t) {
            out.next_state.push_back(rows.next_state[t] * levels + left - cost);
            out.probability.push_back(rows.probability[t]);
          }
        }
        add_pair();
      }
      out.action_offset.push_back(out.pairs());
    }
  }
  int rank = 0;
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank));
  if (rank == states.parts() - 1) {
    out.own.end += 1;
    out.next_state.push_back(spent);
    out.probability.push_back(1);
    add_pair();
    out.action_offset.push_back(out.pairs());
    unfolded.target.push_back(0);
    unfolded.allowed.push_back(0);
  }
  return unfolded;
}

}  // namespace bellshard::mdp
