#include "io/mdp/check.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

struct Checker {
  ExplicitMdp const& mdp;
  std::string const& origin;
  double tolerance;

  template <class T>
  void length(std::string const& field, std::vector<T> const& values, std::int64_t wanted, char const* what) const {
    BELLSHARD_INPUT(static_cast<std::int64_t>(values.size()) == wanted, "{}: {} has {} items, but there are {} {}; make the file again",
                    origin, field, values.size(), wanted, what);
  }

  /// Starts at 0, rises at every step, ends at `last`.
  void offsets(char const* field, std::vector<std::int64_t> const& offset, std::int64_t last, char const* unit,
               char const* item) const {
    BELLSHARD_INPUT(!offset.empty(), "{}: {} is empty; it starts with 0", origin, field);
    BELLSHARD_INPUT(offset[0] == 0, "{}: {}[0] = {} (must be 0)", origin, field, offset[0]);
    for (std::size_t i = 1; i < offset.size(); ++i) {
      BELLSHARD_INPUT(offset[i] >= offset[i - 1], "{}: {}[{}] = {} falls below {} before it; offsets may not fall", origin, field, i,
                      offset[i], offset[i - 1]);
      BELLSHARD_INPUT(offset[i] != offset[i - 1], "{}: {} {} has no {} ({}[{}] = {}[{}]); {}", origin, item, i - 1, unit, field, i - 1,
                      field, i, "every one needs at least one: for an absorbing state, an action that stays with probability 1");
    }
    BELLSHARD_INPUT(offset.back() == last, "{}: {}[{}] = {}, but there are {} {}s; the last offset is their number", origin, field,
                    offset.size() - 1, offset.back(), last, unit);
  }

  void transitions() const {
    auto const n = mdp.transitions();
    length("probability", mdp.probability, n, "next states");
    if (!mdp.probability_upper.empty()) length("probability_upper", mdp.probability_upper, n, "next states");
    for (std::size_t t = 0; t < mdp.next_state.size(); ++t) {
      BELLSHARD_INPUT(mdp.next_state[t] >= 0 && mdp.next_state[t] < mdp.states(), "{}: next_state[{}] = {} (must lie in [0, {}))", origin,
                      t, mdp.next_state[t], mdp.states());
    }
    mdp.probability_upper.empty() ? distributions() : intervals();
  }

  void distributions() const {
    for (std::size_t t = 0; t < mdp.probability.size(); ++t) {
      BELLSHARD_INPUT(mdp.probability[t] >= 0 && mdp.probability[t] <= 1 + tolerance,
                      "{}: probability[{}] = {} (must lie in [0, 1])", origin, t, mdp.probability[t]);
    }
    each_pair([&](std::int64_t pair, double lower, double) {
      BELLSHARD_INPUT(std::abs(lower - 1) <= tolerance,
                      "{}: probability sums to {:.17g} over pair {} of state {} (transitions {} to {}), but to 1 within {:g} is needed",
                      origin, lower, pair, state_of(pair), mdp.transition_offset[static_cast<std::size_t>(pair)],
                      mdp.transition_offset[static_cast<std::size_t>(pair) + 1] - 1, tolerance);
    });
  }

  void intervals() const {
    for (std::size_t t = 0; t < mdp.probability.size(); ++t) {
      auto const lower = mdp.probability[t], upper = mdp.probability_upper[t];
      BELLSHARD_INPUT(lower >= 0 && lower <= upper && upper <= 1,
                      "{}: probability[{}] to probability_upper[{}] is [{}, {}] (must be an interval inside [0, 1])", origin, t, t,
                      lower, upper);
    }
    each_pair([&](std::int64_t pair, double lower, double upper) {
      BELLSHARD_INPUT(lower <= 1 + tolerance && upper >= 1 - tolerance,
                      "{}: the intervals of pair {} of state {} sum to [{:.17g}, {:.17g}], which does not hold 1", origin, pair,
                      state_of(pair), lower, upper);
    });
  }

  template <class Visit>
  void each_pair(Visit const& visit) const {
    bool const interval = !mdp.probability_upper.empty();
    for (std::size_t pair = 0; pair + 1 < mdp.transition_offset.size(); ++pair) {
      double lower = 0, upper = 0;
      for (auto t = mdp.transition_offset[pair]; t < mdp.transition_offset[pair + 1]; ++t) {
        lower += mdp.probability[static_cast<std::size_t>(t)];
        if (interval) upper += mdp.probability_upper[static_cast<std::size_t>(t)];
      }
      visit(static_cast<std::int64_t>(pair), lower, upper);
    }
  }

  std::int64_t state_of(std::int64_t pair) const {
    auto const after = std::upper_bound(mdp.action_offset.begin(), mdp.action_offset.end(), pair);
    return after - mdp.action_offset.begin() - 1;
  }

  /// Names are there (a single one may be missing) and differ.
  template <class T>
  void names(char const* kind, std::vector<ExplicitMdp::Named<T>> const& arrays, std::int64_t wanted, char const* what) const {
    std::set<std::string> seen;
    for (auto const& array : arrays) {
      length(fmt::format("{} \"{}\"", kind, array.name), array.value, wanted, what);
      BELLSHARD_INPUT(!array.name.empty() || arrays.size() == 1, "{}: one of several {}s has no name; give it one", origin, kind);
      BELLSHARD_INPUT(seen.insert(array.name).second, "{}: there are two {}s \"{}\"; rename one", origin, kind, array.name);
    }
  }

  void of_pairs() const {
    names("reward", mdp.rewards, mdp.pairs(), "pairs of state and action");
    for (auto const& reward : mdp.rewards) {
      for (std::size_t pair = 0; pair < reward.value.size(); ++pair) {
        BELLSHARD_INPUT(std::isfinite(reward.value[pair]),
                        "{}: reward {}[{}] = {} (must be finite); an action that is forbidden is left out", origin, reward.name, pair,
                        reward.value[pair]);
      }
    }
    if (!mdp.action_name_index.empty()) length("action_name_index", mdp.action_name_index, mdp.pairs(), "pairs of state and action");
    for (std::size_t pair = 0; pair < mdp.action_name_index.size(); ++pair) {
      auto const index = mdp.action_name_index[pair];
      BELLSHARD_INPUT(index >= -1 && index < static_cast<std::int64_t>(mdp.action_name.size()),
                      "{}: action_name_index[{}] = {} (must lie in [-1, {}))", origin, pair, index, mdp.action_name.size());
    }
  }

  void of_states() const {
    names("label", mdp.labels, mdp.states(), "states");
    for (auto const& label : mdp.labels) {
      for (std::size_t state = 0; state < label.value.size(); ++state) {
        BELLSHARD_INPUT(label.value[state] <= 1, "{}: label {}[{}] = {} (must be 0 or 1)", origin, label.name, state, label.value[state]);
      }
    }
    names("coordinate", mdp.coordinates, mdp.states(), "states");
    if (!mdp.state_name.empty()) length("state_name", mdp.state_name, mdp.states(), "states");
  }
};

}  // namespace

void check(ExplicitMdp const& mdp, std::string const& origin, double tolerance) {
  Checker const checker{mdp, origin, tolerance};
  BELLSHARD_INPUT(mdp.states() > 0, "{}: the model has no states", origin);
  checker.offsets("action_offset", mdp.action_offset, mdp.pairs(), "action", "state");
  checker.offsets("transition_offset", mdp.transition_offset, mdp.transitions(), "transition", "pair");
  checker.transitions();
  checker.of_pairs();
  checker.of_states();
}

}  // namespace bellshard::io
