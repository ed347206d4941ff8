#include "src/mdp/methods/prioritised.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/dp/block_changes.hpp"
#include "kernels/host_copy.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/sharded_values.hpp"

namespace bellshard::mdp {
namespace {

constexpr std::int64_t most_blocks = 512;  ///< of a rank: the table of links has their square
constexpr double worth_a_round = 0.1;      ///< priority, of the highest at the begin of the round
constexpr double settled = 0.1;            ///< highest priority, of that after the last synchronous sweep
constexpr int most_rounds = 5;             ///< between two synchronous sweeps

std::int64_t block_size(std::int64_t states) {
  constexpr auto step = Operator::part_step;
  return std::max<std::int64_t>(1, (states + most_blocks * step - 1) / (most_blocks * step)) * step;
}

}  // namespace

Prioritised::Prioritised(Operator& op, SolverOptions const& options)
    : Iteration(op, options), block_states_(block_size(own_.size)), priority_((own_.size + block_states_ - 1) / block_states_, 0.0) {}

Block Prioritised::states_of(std::int64_t block) const { return {block * block_states_, std::min(own_.size, (block + 1) * block_states_)}; }

/// One number for each state, so that any ranks restart.
io::ShardedArray Prioritised::priorities() {
  io::ShardedArray array;
  array.name = "priority";
  array.type = io::ElementType::float64;
  array.shape = {op_.states().size()};
  array.own = op_.own();
  array.long_name = "largest change to expect in the block of the state";
  array.fetch = [this](Block items, void* host) {
    for (auto i = items.begin; i < items.end; ++i) static_cast<double*>(host)[i - items.begin] = priority_[(i - op_.own().begin) / block_states_];
  };
  array.store = [this](Block items, void const* host) {
    for (auto i = items.begin; i < items.end; ++i) {
      double& priority = priority_[(i - op_.own().begin) / block_states_];
      priority = std::max(priority, static_cast<double const*>(host)[i - items.begin]);
    }
  };
  return array;
}

std::vector<io::ShardedArray> Prioritised::arrays() {
  auto all = Iteration::arrays();
  all.push_back(priorities());
  all.push_back(replicated_numbers("rounds", "highest priority after the last synchronous sweep, rounds since then", began_, rounds_));
  return all;
}

double Prioritised::highest() const {
  double const own = priority_.empty() ? 0 : *std::max_element(priority_.begin(), priority_.end());
  return max_over_ranks(op_.comm(), own);
}

void Prioritised::look_at_links() {
  if (!readers_.empty() || blocks() == 0) return;
  auto const link = to_host(op_.links(block_states_), 0, blocks() * (blocks() + 1));
  readers_.resize(priority_.size());
  for (std::int64_t from = 0; from < blocks(); ++from) {
    auto const row = link.begin() + from * (blocks() + 1);
    for (std::int64_t to = 0; to < blocks(); ++to) {
      if (row[to]) readers_[to].push_back(static_cast<std::int32_t>(from));
    }
    if (row[blocks()]) border_.push_back(static_cast<std::int32_t>(from));
  }
}

void Prioritised::tell_readers(std::int64_t block, double change) {
  for (auto const reader : readers_[block]) priority_[reader] = std::max(priority_[reader], op_.discount() * change);
}

void Prioritised::tell_border(double change) {
  for (auto const reader : border_) priority_[reader] = std::max(priority_[reader], op_.discount() * change);
}

void Prioritised::sweep_all() {
  auto const change = over_ranks(op_.comm(), op_.backup(values_, next_));
  std::swap(values_, next_);
  count(1);
  shown_ = change.largest();
  // At first, discounted, the values move on to where T V is nowhere worse than V, and only what changes more has to be told. Later
  // that would make great of what rounding left.
  double const worst = op_.objective() == Objective::max ? change.lowest : change.highest;
  bool const first = began_ < 0 && op_.discount() < 1 && std::isfinite(worst);
  Array<double> const largest("bellshard::mdp::largest", priority_.size());
  dp::largest_of_blocks(Execution(), own_, block_states_, next_, values_, first ? worst : 0, largest);
  if (first) start_ordered(change);
  judge(change);
  if (finished() || exhausted()) return;

  auto const changes = to_host(largest, 0, blocks());
  std::fill(priority_.begin(), priority_.end(), 0.0);
  for (std::int64_t block = 0; block < blocks(); ++block) tell_readers(block, changes[block]);
  tell_border(max_over_ranks(op_.comm(), changes.empty() ? 0 : *std::max_element(changes.begin(), changes.end())));
  op_.refresh(values_);
  began_ = highest();
  rounds_ = 0;
}

double Prioritised::change_of_others() const {
  linalg::Part const before{0, own_.first}, after{own_.first + own_.size, op_.local_items() - own_.first - own_.size};
  Execution const space;
  return std::max(linalg::largest_difference(space, before, next_, values_), linalg::largest_difference(space, after, next_, values_));
}

void Prioritised::sweep_blocks(double least) {
  Kokkos::deep_copy(next_, values_);
  std::int64_t swept = 0;
  for (std::int64_t turn = 0; turn < blocks(); ++turn) {
    auto const first = std::max_element(priority_.begin(), priority_.end());
    if (!(*first > least)) break;
    *first = 0;
    auto const block = first - priority_.begin();
    auto const states = states_of(block);
    // Up and down: what the first reads of memory, the second finds in the caches.
    double const up = op_.sweep_part(values_, next_, states, Operator::Order::ascending).largest();
    double const down = op_.sweep_part(values_, next_, states, Operator::Order::descending).largest();
    tell_readers(block, up + down);
    if (priority_[block] > 0) priority_[block] = op_.discount() * down;
    swept += 2 * states.size();
  }
  op_.refresh(values_);
  tell_border(change_of_others());
  count(static_cast<double>(sum_over_ranks(op_.comm(), swept)) / static_cast<double>(op_.states().size()));
}

void Prioritised::advance(std::int64_t) {
  look_at_links();
  double const most = highest();
  if (began_ < 0 || most <= settled * began_ || rounds_ == most_rounds) return sweep_all();
  sweep_blocks(worth_a_round * most);
  ++rounds_;
  shown_ = highest();
}

}  // namespace bellshard::mdp
