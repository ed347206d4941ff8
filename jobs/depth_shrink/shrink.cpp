#include "jobs/depth_shrink/shrink.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bellshard::depth_shrink {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t masks_a_sweep = 64;  // of the brute force

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

Choice empty_choice(Blocks const& blocks) {
  return {std::vector<double>(index(blocks.most + 1), nothing), std::vector<std::uint8_t>(index((blocks.most + 1) * blocks.size()), 1)};
}

/// All masks with 1 to `most` of the free blocks from `next` on off; what agrees at the beginning lies together.
void collect_masks(Blocks const& blocks, Mask& mask, std::size_t next, std::int64_t most, std::vector<Mask>& all) {
  if (next == blocks.free.size() || most == 0) {
    if (std::find(mask.begin(), mask.end(), 0) != mask.end()) all.push_back(mask);
    return;
  }
  collect_masks(blocks, mask, next + 1, most, all);
  mask[blocks.free[next]] = 0;
  collect_masks(blocks, mask, next + 1, most - 1, all);
  mask[blocks.free[next]] = 1;
}

}  // namespace

std::int64_t Shrink::table_evaluations(Blocks const& blocks, std::int64_t beam) {
  std::vector<std::int64_t> held(index(blocks.most + 1), 0);  // masks in each cell of the row above
  held[0] = 1;
  std::int64_t sum = 0;
  for (std::int64_t n = 1; n <= blocks.rows(); ++n) {
    for (auto m = std::min(blocks.most, n); m >= 1; --m) {
      sum += held[index(m - 1)];
      held[index(m)] = std::min(beam, held[index(m)] + held[index(m - 1)]);
    }
  }
  return sum;
}

Shrink::Shrink(Config const& config, Blocks const& blocks, Evaluator& evaluator)
    : config_(config),
      blocks_(blocks),
      evaluator_(evaluator),
      counts_(4),
      beam_metric_(index(cells() * config.beam), nothing),
      table_(index((blocks.rows() + 1) * cells()), nothing),
      influence_(config.wants_ranking() ? blocks.name.size() : 0, nothing),
      beam_mask_(index(cells() * config.beam * blocks.size()), 1),
      table_mask_(index((blocks.rows() + 1) * cells() * blocks.size()), 1),
      contiguous_(empty_choice(blocks)),
      ranking_(empty_choice(blocks)),
      brute_force_(empty_choice(blocks)) {
  if (blocks.masks() <= static_cast<double>(config.most_brute_force())) {
    auto mask = blocks.all();
    collect_masks(blocks, mask, 0, blocks.most, all_masks_);
  }
  planned_ = table_evaluations(blocks, config.beam) + static_cast<std::int64_t>(all_masks_.size()) + (config.wants_ranking() ? blocks.most : 0);
  for (std::int64_t m = 1; m <= contiguous_sweeps(); ++m) planned_ += blocks.rows() - m + 1;
}

std::int64_t Shrink::all_sweeps() const {
  return blocks_.rows() + contiguous_sweeps() + (config_.wants_ranking() ? 1 : 0) + (static_cast<std::int64_t>(all_masks_.size()) + masks_a_sweep - 1) / masks_a_sweep;
}

void Shrink::advance(std::int64_t) {
  auto const before = evaluated();
  auto sweep = sweeps_++;
  if (sweep < blocks_.rows()) {
    add_row(sweep + 1);
  } else if (sweep -= blocks_.rows(); sweep < contiguous_sweeps()) {
    try_runs(sweep + 1);
  } else if (sweep -= contiguous_sweeps(); config_.wants_ranking() && sweep == 0) {
    try_ranking();
  } else {
    try_masks((sweep - (config_.wants_ranking() ? 1 : 0)) * masks_a_sweep);
  }
  work_.updates = static_cast<double>((evaluated() - before) * std::max<std::int64_t>(1, evaluator_.images()));
}

Mask Shrink::without(Mask mask, std::size_t free_index) const {
  mask[blocks_.free[free_index]] = 0;
  return mask;
}

std::vector<Shrink::Candidate> Shrink::cell(std::int64_t removed) const {
  std::vector<Candidate> masks;
  for (std::int64_t k = removed * config_.beam; k < (removed + 1) * config_.beam && !std::isnan(beam_metric_[index(k)]); ++k) {
    auto const begin = beam_mask_.begin() + k * blocks_.size();
    masks.push_back({beam_metric_[index(k)], Mask(begin, begin + blocks_.size())});
  }
  return masks;
}

void Shrink::set_cell(std::int64_t removed, std::vector<Candidate> const& candidates) {
  for (std::size_t k = 0; k < candidates.size() && k < index(config_.beam); ++k) {
    auto const at = removed * config_.beam + static_cast<std::int64_t>(k);
    beam_metric_[index(at)] = candidates[k].metric;
    std::copy(candidates[k].mask.begin(), candidates[k].mask.end(), beam_mask_.begin() + at * blocks_.size());
  }
}

void Shrink::take(Choice& choice, std::int64_t removed, Mask const& mask, double metric) const {
  auto& held = choice.metric[index(removed)];
  if (!std::isnan(held) && !better(metric, held)) return;
  held = metric;
  std::copy(mask.begin(), mask.end(), choice.mask.begin() + removed * blocks_.size());
}

void Shrink::add_row(std::int64_t n) {
  auto const off = index(blocks_.rows() - n);
  evaluator_.begin_at(blocks_.free[off], blocks_.all());
  std::vector<Mask> masks;
  std::vector<std::int64_t> of_cell;
  if (n == 1) masks.push_back(blocks_.all());
  auto const whole_network = masks.size();
  for (std::int64_t m = 1; m <= std::min(blocks_.most, n); ++m) {
    if (n == 1) masks.push_back(without(blocks_.all(), off)), of_cell.push_back(m);
    else for (auto const& above : cell(m - 1)) masks.push_back(without(above.mask, off)), of_cell.push_back(m);
  }

  auto const metrics = evaluator_.metrics(masks);

  if (n == 1) {
    set_cell(0, {{metrics[0], masks[0]}});
    table_[0] = metrics[0];
  }
  counts_[0] += static_cast<std::int64_t>(of_cell.size());
  std::vector<std::vector<Candidate>> held;  // those of the row above first, so that a tie leaves them in front
  for (std::int64_t m = 0; m < cells(); ++m) held.push_back(cell(m));
  for (std::size_t k = 0; k < of_cell.size(); ++k) held[index(of_cell[k])].push_back({metrics[whole_network + k], masks[whole_network + k]});
  for (std::int64_t m = 0; m < cells(); ++m) {
    auto& candidates = held[index(m)];
    std::stable_sort(candidates.begin(), candidates.end(), [&](Candidate const& a, Candidate const& b) { return better(a.metric, b.metric); });
    set_cell(m, candidates);
    if (candidates.empty()) continue;
    table_[index(n * cells() + m)] = candidates.front().metric;
    std::copy(candidates.front().mask.begin(), candidates.front().mask.end(), table_mask_.begin() + (n * cells() + m) * blocks_.size());
  }
}

void Shrink::try_runs(std::int64_t removed) {
  for (std::int64_t first = 0; first + removed <= blocks_.rows(); ++first) {
    auto mask = blocks_.all();
    for (auto k = first; k < first + removed; ++k) mask = without(std::move(mask), index(k));
    evaluator_.begin_at(blocks_.free[index(first)], mask);
    take(contiguous_, removed, mask, evaluator_.metrics({mask}).front());
    ++counts_[1];
  }
}

void Shrink::try_ranking() {
  influence_ = evaluator_.influence();
  std::vector<std::size_t> order(blocks_.free.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return influence_[blocks_.free[a]] < influence_[blocks_.free[b]]; });
  auto mask = blocks_.all();
  for (std::int64_t m = 1; m <= blocks_.most; ++m) {
    mask = without(std::move(mask), order[index(m - 1)]);
    take(ranking_, m, mask, evaluator_.metrics({mask}).front());
    ++counts_[2];
  }
}

void Shrink::try_masks(std::int64_t first) {
  auto const last = std::min(first + masks_a_sweep, static_cast<std::int64_t>(all_masks_.size()));
  for (auto k = first; k < last; ++k) {
    auto const& mask = all_masks_[index(k)];
    evaluator_.begin_at(blocks_.free[blocks_.free.size() / 2], mask);
    take(brute_force_, std::count(mask.begin(), mask.end(), 0), mask, evaluator_.metrics({mask}).front());
    ++counts_[3];
  }
}

Choice Shrink::best() const {
  auto const first = blocks_.rows() * cells();
  return {{table_.begin() + first, table_.end()}, {table_mask_.begin() + first * blocks_.size(), table_mask_.end()}};
}

std::vector<io::ShardedArray> Shrink::arrays() {
  using io::replicated_array;
  auto arrays = std::vector{replicated_array("evaluations", counts_),
                            replicated_array("beam_metric", beam_metric_),
                            replicated_array("beam_mask", beam_mask_),
                            replicated_array("table", table_),
                            replicated_array("table_mask", table_mask_),
                            replicated_array("contiguous_metric", contiguous_.metric),
                            replicated_array("contiguous_mask", contiguous_.mask),
                            replicated_array("ranking_metric", ranking_.metric),
                            replicated_array("ranking_mask", ranking_.mask),
                            replicated_array("brute_force_metric", brute_force_.metric),
                            replicated_array("brute_force_mask", brute_force_.mask)};
  if (!influence_.empty()) arrays.push_back(replicated_array("influence", influence_));
  io::ShardedArray done{"sweeps", io::ElementType::int64, {1}, {0, 1}, true};
  done.fetch = [this](Block, void* host) { *static_cast<std::int64_t*>(host) = sweeps_; };
  done.store = [this](Block, void const* host) { sweeps_ = *static_cast<std::int64_t const*>(host); };
  arrays.push_back(done);
  return arrays;
}

}  // namespace bellshard::depth_shrink
