#pragma once
#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "kernels/dp/generated_rows.hpp"
#include "src/mdp/described_source.hpp"
#include "src/mdp/generated_operator.hpp"
#include "src/mdp/row_collector.hpp"
#include "src/mdp/sampled_partition.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::mdp {

/// Are the transitions of a generated model kept in memory, or made anew in each sweep?
enum class Storage { stored, matrix_free };

/// A model by formula (kernels/dp/generated_model.hpp) as a source: each rank asks the formula for its own block.
template <dp::GeneratedModel Model>
class GeneratedSource : public DescribedSource {
 public:
  GeneratedSource(Model model, StateFacts facts, Storage storage)
      : DescribedSource(std::move(facts)), model_(std::move(model)), storage_(storage) {}

  std::int64_t states() const override { return model_.states(); }
  Partition partition(MPI_Comm comm) const override {
    int ranks = 1;
    BELLSHARD_MPI(MPI_Comm_size(comm, &ranks));
    return partition(comm, ranks);
  }
  Partition partition(MPI_Comm comm, int parts) const {
    return sampled_partition(comm, states(), parts, [&](std::int64_t first, std::int64_t stride, std::int64_t count) {
      return dp::survey_states(Execution(), model_, first, stride, count).transitions;
    });
  }
  std::vector<Forecast> forecast(MPI_Comm comm, std::vector<int> const& ranks) const override;
  Rows rows(MPI_Comm comm, Block own, std::string const& reward) const override;
  Outcomes outcomes(MPI_Comm comm, Block own, std::string const& reward) const override;
  std::unique_ptr<Operator> matrix_free(MPI_Comm comm, Partition const& states, Objective objective, double discount) const override {
    if (storage_ == Storage::stored) return nullptr;
    return std::make_unique<GeneratedOperator<Model>>(comm, states, model_, objective, discount);
  }

 private:
  void collect(Block part, RowCollector& rows) const;
  double time_sweep(dp::Survey const& survey) const;

  Model model_;
  Storage storage_;
};

template <dp::GeneratedModel Model>
Rows GeneratedSource<Model>::rows(MPI_Comm comm, Block own, std::string const& reward) const {
  expect_default_reward(reward);
  Rows made;
  together(comm, [&] {
    RowCollector rows(description(), own, states());
    constexpr std::int64_t part = 16384;  // bounds the staging arrays
    for (auto begin = own.begin; begin < own.end; begin += part) collect({begin, std::min(own.end, begin + part)}, rows);
    made = std::move(rows).finish();
  });
  return made;
}

template <dp::GeneratedModel Model>
Outcomes GeneratedSource<Model>::outcomes(MPI_Comm comm, Block own, std::string const& reward) const {
  if constexpr (!dp::RandomReward<Model>) {
    return Source::outcomes(comm, own, reward);
  } else {
    expect_default_reward(reward);
    Outcomes made;
    auto& rows = made.rows;
    rows.own = own;
    rows.states = states();
    for (auto state = own.begin; state < own.end; ++state) {
      for (int action = 0; action < model_.actions(state); ++action) {
        model_.outcomes(state, action, [&](std::int64_t next, double probability, double r) {
          rows.next_state.push_back(next);
          rows.probability.push_back(probability);
          made.reward.push_back(r);
        });
        rows.transition_offset.push_back(rows.transitions());
        rows.reward.push_back(model_.reward(state, action));
      }
      rows.action_offset.push_back(rows.pairs());
    }
    sort_outcomes(made);
    return made;
  }
}

/// Every rank times the same sample at once, as they will sweep, and the slowest counts.
template <dp::GeneratedModel Model>
std::vector<Source::Forecast> GeneratedSource<Model>::forecast(MPI_Comm comm, std::vector<int> const& ranks) const {
  std::vector<Forecast> all;
  if (storage_ == Storage::stored) return all;
  auto const seen = std::min<std::int64_t>(states(), 65536);
  auto const survey = dp::survey_states(Execution(), model_, 0, states() / seen, seen);
  double const seconds = max_over_ranks(comm, time_sweep(survey));
  for (int const count : ranks) {
    auto const shards = partition(comm, count);
    Forecast forecast{.ranks = count, .seconds_a_state = seconds};
    for (int part = 0; part < count; ++part) {
      auto const block = shards.block(part);
      if (block.empty()) continue;
      auto const below = std::min(survey.below, block.begin), above = std::min(survey.above, states() - block.end);
      auto const others = [&](std::int64_t margin) { return std::ceil(static_cast<double>(margin) / static_cast<double>(block.size())); };
      forecast.states = std::fmax(forecast.states, static_cast<double>(block.size()));
      forecast.items_received = std::fmax(forecast.items_received, static_cast<double>(below + above));
      forecast.messages = std::fmax(forecast.messages, std::fmin(others(below) + others(above), count - 1.0));
    }
    forecast.transitions = forecast.states * static_cast<double>(survey.transitions) / static_cast<double>(seen);
    all.push_back(forecast);
  }
  return all;
}

/// Seconds a state of a sweep over some 2 million states in the middle of the axis, the median of five.
template <dp::GeneratedModel Model>
double GeneratedSource<Model>::time_sweep(dp::Survey const& survey) const {
  auto const count = std::min<std::int64_t>(states(), std::int64_t{1} << 21);
  dp::GeneratedBlock<Model> block{model_};
  block.states = count;
  block.own_begin = (states() - count) / 2;
  block.own_first = std::min(survey.below, block.own_begin);
  block.discount = 0.5;
  auto const above = std::min(survey.above, states() - block.own_begin - count);
  auto const items = static_cast<std::size_t>(block.own_first + count + above);
  auto const in = large_array<Array<double>>("bellshard::mdp::sample", items), out = large_array<Array<double>>("bellshard::mdp::sample", items);
  std::vector<double> seconds;
  for (int repeat = 0; repeat < 5; ++repeat) {
    auto const begin = std::chrono::steady_clock::now();
    dp::visit_own("bellshard::dp::backup", Execution(), 0, count, dp::PlainBackup<dp::GeneratedBlock<Model>>{block, in, out});
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::nth_element(seconds.begin(), seconds.begin() + 2, seconds.end());
  return seconds[2] / static_cast<double>(count);
}

/// Kernels count and fill, so that models with arrays in device memory work too; the host checks and merges.
template <dp::GeneratedModel Model>
void GeneratedSource<Model>::collect(Block part, RowCollector& rows) const {
  Execution const space;
  auto const host = [](auto const& array) { return Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), array); };
  auto const offsets = [&](Array<std::int64_t> const& counts) {
    auto const on_host = host(counts);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < on_host.size(); ++i) sum += std::exchange(on_host(i), sum);
    Kokkos::deep_copy(counts, on_host);
    return sum;
  };
  auto const size = static_cast<std::size_t>(part.size());
  Array<std::int64_t> const actions("bellshard::mdp::actions", size), transitions("bellshard::mdp::transitions", size);
  dp::count_rows(space, model_, part.begin, actions, transitions);
  space.fence();
  Array<std::int64_t> const pair_begin = actions, transition_begin = transitions;
  auto const pairs = static_cast<std::size_t>(offsets(pair_begin));
  auto const all = static_cast<std::size_t>(offsets(transition_begin));

  dp::FillRows<Model> const fill{model_, part.begin, pair_begin, transition_begin,
                                 Array<std::int64_t>("bellshard::mdp::pair_transitions", pairs), Array<double>("bellshard::mdp::reward", pairs),
                                 Array<std::int64_t>("bellshard::mdp::next_state", all), Array<double>("bellshard::mdp::probability", all)};
  dp::fill_rows(space, fill);
  space.fence();

  auto const first_pair = host(pair_begin);
  auto const length = host(fill.transitions);
  auto const reward = host(fill.reward);
  auto const next_state = host(fill.next_state);
  auto const probability = host(fill.probability);
  std::size_t pair = 0, place = 0;
  for (std::size_t i = 0; i < size; ++i) {
    auto const end = i + 1 < size ? static_cast<std::size_t>(first_pair(i + 1)) : pairs;
    rows.begin_state();
    if (end == pair) fail(ExitCode::bad_input, "{}: state {} has no action; give it at least one", description(), part.begin + static_cast<std::int64_t>(i));
    for (; pair < end; ++pair) {
      auto const count = static_cast<std::size_t>(length(pair));
      rows.add_pair(reward(pair), {next_state.data() + place, count}, {probability.data() + place, count});
      place += count;
    }
  }
}

}  // namespace bellshard::mdp
