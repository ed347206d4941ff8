#include "src/mdp/visiting_order.hpp"

#include <algorithm>
#include <numeric>

namespace bellshard::mdp {
namespace {

constexpr double few = 0.02;            ///< of the transitions, against the order of the numbers
constexpr double most_in_circles = 0.5; ///< of the transitions, within components
/// Of the states, open at once: a walk that has so many leads through one great component, and would take as long as some sweeps.
constexpr double most_open = 0.125;
constexpr std::size_t open_in_any_case = std::size_t{1} << 16;

/// The transitions of a block that stay in it, by own state.
struct Inside {
  Rows const& rows;
  std::int64_t first;  ///< own state 0 in local storage

  std::int64_t states() const { return rows.own.size(); }
  std::int64_t begin(std::int64_t state) const { return rows.transition_offset[rows.action_offset[state]]; }
  /// The own state that a transition leads to, -1 for one of another rank.
  std::int64_t next(std::int64_t transition) const {
    auto const state = rows.next_state[transition] - first;
    return state >= 0 && state < states() ? state : -1;
  }
};

struct Directions {
  double up = 0, down = 0, in_circles = 0;
};

/// Where the transitions of a block lead; in_circles: within one component.
Directions directions(Inside const& inside, std::vector<std::int32_t> const& component) {
  Directions found;
  for (std::int64_t s = 0; s < inside.states(); ++s) {
    for (auto t = inside.begin(s); t < inside.begin(s + 1); ++t) {
      auto const next = inside.next(t);
      if (next < 0 || next == s) continue;
      (next > s ? found.up : found.down) += 1;
      if (!component.empty() && component[s] == component[next]) found.in_circles += 1;
    }
  }
  return found;
}

/// The component of each own state along the transitions within the block, numbered so that a component leads to lower ones alone
/// (Tarjan 1972).
class DepthWalk {
 public:
  explicit DepthWalk(Inside const& inside)
      : inside_(inside), found_(inside.states(), 0), lowest_(inside.states(), 0), component_(inside.states(), -1) {}

  /// Empty where it gave up.
  std::vector<std::int32_t> run() {
    for (std::int64_t s = 0; s < inside_.states(); ++s) {
      if (!found_[s] && !walk(static_cast<std::int32_t>(s))) return {};
    }
    return std::move(component_);
  }

 private:
  struct Visit {
    std::int32_t state;
    std::int64_t transition;
  };

  bool walk(std::int32_t from) {
    auto const most = std::max(open_in_any_case, static_cast<std::size_t>(most_open * static_cast<double>(inside_.states())));
    open(from);
    while (!calls_.empty()) {
      if (members_.size() > most) return false;
      auto const next = next_state();
      if (next < 0) {
        close();
      } else if (!found_[next]) {
        open(next);
      } else if (component_[next] < 0) {
        lower(calls_.back().state, found_[next]);
      }
    }
    return true;
  }
  void lower(std::int32_t state, std::int32_t to) { lowest_[state] = std::min(lowest_[state], to); }

  void open(std::int32_t state) {
    found_[state] = lowest_[state] = ++count_;
    members_.push_back(state);
    calls_.push_back({state, inside_.begin(state)});
  }
  std::int32_t next_state() {
    auto& call = calls_.back();
    auto const end = inside_.begin(call.state + 1);
    while (call.transition < end) {
      auto const next = inside_.next(call.transition++);
      if (next >= 0) return static_cast<std::int32_t>(next);
    }
    return -1;
  }
  void close() {
    auto const state = calls_.back().state;
    calls_.pop_back();
    if (!calls_.empty()) lower(calls_.back().state, lowest_[state]);
    if (lowest_[state] != found_[state]) return;
    for (std::int32_t member = -1; member != state;) {
      member = members_.back();
      members_.pop_back();
      component_[member] = components_;
    }
    ++components_;
  }

  Inside const& inside_;
  std::vector<std::int32_t> found_;   ///< [own state] 1, 2, ... in the order of discovery
  std::vector<std::int32_t> lowest_;  ///< [own state] earliest open state known to be reached
  std::vector<std::int32_t> component_;
  std::vector<std::int32_t> members_;
  std::vector<Visit> calls_;
  std::int32_t count_ = 0, components_ = 0;
};

}  // namespace

std::vector<std::int32_t> visiting_order(Rows const& localised, GhostExchange const& exchange, std::int64_t blocks) {
  Inside const inside{localised, exchange.own_first()};
  auto const by_number = directions(inside, {});
  if (std::min(by_number.up, by_number.down) <= few * (by_number.up + by_number.down)) return {};
  auto const component = DepthWalk(inside).run();
  if (component.empty() || directions(inside, component).in_circles > most_in_circles * (by_number.up + by_number.down)) return {};
  std::vector<std::int32_t> order(inside.states());
  std::iota(order.begin(), order.end(), 0);
  for (std::int64_t block = 0; block < blocks; ++block) {
    auto const at = [&](std::int64_t b) { return order.begin() + inside.states() * b / blocks; };
    std::stable_sort(at(block), at(block + 1), [&](auto a, auto b) { return component[a] < component[b]; });
  }
  return order;
}

}  // namespace bellshard::mdp
