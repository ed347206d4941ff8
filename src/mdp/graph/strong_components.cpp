#include "src/mdp/graph/strong_components.hpp"

#include <algorithm>

namespace bellshard::mdp {
namespace {

/// One open call of the depth-first walk.
struct Visit {
  Local state;
  Local pair;
  std::int64_t transition;  ///< within the pair
};

class DepthWalk {
 public:
  DepthWalk(ShardGraph const& graph, Flags const& usable, std::vector<std::int64_t>& root)
      : graph_(graph), usable_(usable), root_(root), found_(graph.own_states(), 0), lowest_(graph.own_states(), 0) {}

  void run(Local from) {
    if (found_[from]) return;
    open(from);
    while (!calls_.empty()) {
      auto const child = next_child();
      if (child >= 0) {
        if (!found_[child]) {
          open(child);
        } else if (!closed(child)) {
          lower(calls_.back().state, found_[child]);
        }
      } else {
        close();
      }
    }
  }

 private:
  bool closed(Local state) const { return lowest_[state] < 0; }
  void lower(Local state, Local to) { lowest_[state] = std::min(lowest_[state], to); }

  void open(Local state) {
    found_[state] = lowest_[state] = ++count_;
    members_.push_back(state);
    calls_.push_back({state, graph_.first_pair(state), 0});
  }

  /// The next state along the usable pairs of the innermost call, -1 after the last.
  Local next_child() {
    auto& call = calls_.back();
    for (; call.pair < graph_.first_pair(call.state + 1); ++call.pair, call.transition = 0) {
      if (!usable_[call.pair]) continue;
      auto const next = graph_.next(call.pair);
      if (call.transition < static_cast<std::int64_t>(next.size())) return next[call.transition++];
    }
    return -1;
  }

  void close() {
    auto const state = calls_.back().state;
    calls_.pop_back();
    auto const low = lowest_[state];
    if (!calls_.empty()) lower(calls_.back().state, low);
    if (low != found_[state]) return;
    for (Local member = -1; member != state;) {
      member = members_.back();
      members_.pop_back();
      lowest_[member] = -1;
      root_[member] = graph_.global(state);
    }
  }

  ShardGraph const& graph_;
  Flags const& usable_;
  std::vector<std::int64_t>& root_;
  std::vector<Local> found_;   ///< [own state] 1, 2, ... in the order of discovery
  std::vector<Local> lowest_;  ///< [own state] earliest open state known to be reached; -1 when its component is done
  std::vector<Local> members_;
  std::vector<Visit> calls_;
  Local count_ = 0;
};

}  // namespace

void strong_components(ShardGraph const& graph, std::span<Local const> among, Flags const& usable,
                       std::vector<std::int64_t>& root) {
  if (graph.mail().ranks() == 1) {
    strong_components_in_depth(graph, among, usable, root);
  } else {
    strong_components_by_colour(graph, among, usable, root);
  }
}

void strong_components_in_depth(ShardGraph const& graph, std::span<Local const> among, Flags const& usable,
                                std::vector<std::int64_t>& root) {
  DepthWalk walk(graph, usable, root);
  for (auto state : among) walk.run(state);
}

}  // namespace bellshard::mdp
