#include <algorithm>
#include <utility>

#include "src/mdp/graph/strong_components.hpp"

namespace bellshard::mdp {
namespace {

using Colour = std::uint64_t;

/// The name of a state as a colour: scattered, and another one for every state (the finish of SplitMix64, Steele et al. 2014).
Colour name_of(std::int64_t state) {
  auto z = static_cast<Colour>(state) + 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

class Colouring {
 public:
  Colouring(ShardGraph const& graph, std::span<Local const> among, Flags const& usable, std::vector<std::int64_t>& root)
      : graph_(graph), usable_(usable), root_(root), open_(among.begin(), among.end()), alive_(graph.local_states(), 0),
        colour_(graph.local_states(), 0), domain_(graph.local_states(), 0), noted_(graph.own_states(), 0) {
    for (auto state : open_) alive_[state] = 1;
    graph_.refresh(alive_);
    std::sort(open_.begin(), open_.end(), [&](Local a, Local b) { return own_name(a) > own_name(b); });
  }

  void run() {
    while (graph_.anywhere(!open_.empty())) {
      spread();
      collect();
      split();
    }
  }

 private:
  Colour own_name(Local state) const { return name_of(graph_.global(state)); }

  /// The greatest colour that can be reached from each open state. Greatest first, so each state is coloured once a round.
  void spread() {
    for (auto state : open_) {
      colour_[state] = own_name(state);
      note(state);  // ghosts elsewhere still have the colours of the last turn
    }
    for (auto state : open_) {
      if (colour_[state] == own_name(state)) spread_from(state);
    }
    while (graph_.anywhere(!changed_.empty())) {
      std::vector<Update<Colour>> news;
      for (auto state : std::exchange(changed_, {})) {
        news.push_back({state, colour_[state]});
        noted_[state] = 0;
      }
      auto heard = graph_.publish(news);
      std::sort(heard.begin(), heard.end(), [](auto const& a, auto const& b) { return a.value > b.value; });
      for (auto const& update : heard) colour_[update.state] = update.value;
      for (auto const& update : heard) spread_from(update.state);
    }
  }

  void note(Local own_state) {
    if (!noted_[own_state]) changed_.push_back(own_state);
    noted_[own_state] = 1;
  }

  void spread_from(Local state) {
    work_.push_back(state);
    while (!work_.empty()) {
      auto const here = work_.back();
      work_.pop_back();
      for (auto pair : graph_.pairs_into(here)) {
        auto const before = graph_.state_of(pair);
        if (!usable_[pair] || !together(before, here) || colour_[before] >= colour_[here]) continue;
        colour_[before] = colour_[here];
        note(before);
        work_.push_back(before);
      }
    }
  }

  bool together(Local a, Local b) const { return alive_[a] && alive_[b] && domain_[a] == domain_[b]; }

  /// What a state that kept its own name reaches within its colour, which all reach it, is its component.
  void collect() {
    for (auto state : open_) {
      if (colour_[state] == own_name(state)) find(state, graph_.global(state));
    }
    std::vector<Update<std::int64_t>> abroad;
    while (true) {
      while (!work_.empty()) {
        auto const here = work_.back();
        work_.pop_back();
        for (auto pair = graph_.first_pair(here); pair < graph_.first_pair(here + 1); ++pair) {
          if (!usable_[pair]) continue;
          for (auto next : graph_.next(pair)) {
            if (alive_[next] != 1 || domain_[next] != domain_[here] || colour_[next] != colour_[here]) continue;
            if (next >= graph_.own_states()) abroad.push_back({next, root_[here]});
            find(next, root_[here]);
          }
        }
      }
      if (!graph_.anywhere(!abroad.empty())) break;
      for (auto const& update : graph_.report(std::exchange(abroad, {}))) find(update.state, update.value);
    }
  }

  /// `alive_` 2 marks a state whose component is found; it still counts as alive until the turn ends.
  void find(Local state, std::int64_t root) {
    if (alive_[state] != 1) return;
    alive_[state] = found_mark;
    root_[state] = root;
    if (state < graph_.own_states()) work_.push_back(state);
  }

  /// States found are done; edges between colours are cut, as no component spans two.
  void split() {
    std::vector<Update<std::int64_t>> done;
    std::vector<Local> rest;
    for (auto state : open_) {
      if (alive_[state] == found_mark) {
        alive_[state] = 0;
        done.push_back({state, root_[state]});
      } else {
        rest.push_back(state);
        domain_[state] = colour_[state];
      }
    }
    open_ = std::move(rest);
    for (auto ghost = graph_.own_states(); ghost < graph_.local_states(); ++ghost) {
      if (alive_[ghost]) domain_[ghost] = colour_[ghost];
    }
    for (auto const& update : graph_.publish(done)) {
      root_[update.state] = update.value;
      alive_[update.state] = 0;
    }
  }

  static constexpr std::uint8_t found_mark = 2;

  ShardGraph const& graph_;
  Flags const& usable_;
  std::vector<std::int64_t>& root_;
  std::vector<Local> open_;  ///< own states without a component yet, by name, greatest first
  Flags alive_;              ///< [local state]
  std::vector<Colour> colour_;
  std::vector<Colour> domain_;  ///< colour of the last turn
  Flags noted_;                 ///< [own state] among changed_
  std::vector<Local> changed_;  ///< own states whose new colour other ranks do not know yet
  std::vector<Local> work_;
};

}  // namespace

void strong_components_by_colour(ShardGraph const& graph, std::span<Local const> among, Flags const& usable,
                                 std::vector<std::int64_t>& root) {
  Colouring(graph, among, usable, root).run();
}

}  // namespace bellshard::mdp
