#include "jobs/gp_fishery/posterior.hpp"

#include <algorithm>
#include <cmath>

#include "jobs/gp_fishery/stock_models.hpp"
#include "kernels/regression/gaussian_process.hpp"
#include "src/dist/gather.hpp"
#include "src/dist/partition.hpp"

namespace bellshard::gp_fishery {
namespace {

/// Where the chains of a model begin: the middle, and how far chains scatter around it in the logarithm.
struct Beginning {
  std::vector<double> middle;
  double scatter;
  double proposal;  ///< deviation of the first proposals, as a share of the middle
};

Beginning beginning_of(Config const& config, Model model) {
  switch (model) {
    case Model::gaussian_process: return {{0, 0}, 0, config.step};
    case Model::allen: return {{1, 10, 5, 0.1}, 0.1, 0.1};
    case Model::ricker: return {{1, 10, 0.2}, 0.1, 0.1};
    default: return {{1, 1, 10, 0.4}, 0.1, 0.1};
  }
}

}  // namespace

std::vector<std::string> Chains::parameters_of_model(Model model) {
  switch (model) {
    case Model::gaussian_process: return {"length", "noise"};
    case Model::ricker: return {"growth", "capacity", "noise"};
    case Model::myers: return {"growth", "exponent", "capacity", "noise"};
    default: return {"growth", "capacity", "threshold", "noise"};
  }
}

Chains::Chains(Context& context, Config const& config, Model model, Series const& series)
    : comm_(context.comm()),
      name_(name_of(model)),
      parameter_names_(parameters_of_model(model)),
      chains_(config.chains),
      stretch_(model == Model::gaussian_process ? 1 : config.stretch),
      steps_(config.steps * stretch_),
      own_(Partition::equal(config.chains, context.ranks()).block(context.rank())),
      plan_{static_cast<std::uint32_t>(config.seed), 10u + static_cast<std::uint32_t>(model), model == Model::gaussian_process ? sample::Proposal::fixed : sample::Proposal::learned, config.burn_in * stretch_, config.thin * stretch_} {
  auto const parameters = static_cast<int>(parameter_names_.size());
  sample::ChainSlots const slots{parameters};
  auto const packs = static_cast<std::size_t>(packs_of(own_.size()));
  state_ = PackedTable("bellshard::gp_fishery::chains", packs, static_cast<std::size_t>(slots.size()));
  kept_ = PackedTable("bellshard::gp_fishery::kept", packs, static_cast<std::size_t>(plan_.kept(steps_) * (parameters + 1)));

  auto const begin = beginning_of(config, model);
  auto const state = Kokkos::create_mirror_view(state_);
  for (std::int64_t lane = 0; lane < static_cast<std::int64_t>(packs) * pack_width; ++lane) {  // lanes without a chain run along
    auto const at = [&](int slot) -> double& { return state(static_cast<std::size_t>(lane / pack_width), static_cast<std::size_t>(slot), static_cast<std::size_t>(lane % pack_width)); };
    sample::Stream stream(plan_.seed, 30u + static_cast<std::uint32_t>(model), static_cast<std::uint64_t>(own_.begin + lane));
    for (int slot = 0; slot < slots.size(); ++slot) at(slot) = 0;
    for (int p = 0; p < parameters; ++p) {
      double const middle = begin.middle[static_cast<std::size_t>(p)];
      at(p) = middle * std::exp(begin.scatter * stream.normal());
      at(slots.factor(p, p)) = begin.proposal * (model == Model::gaussian_process ? 1 : middle);
    }
  }
  Kokkos::deep_copy(state_, state);

  switch (model) {
    case Model::gaussian_process: bind(regression::LogPosterior(regression::observations(series.x, series.y), config.priors, static_cast<std::int64_t>(packs))); break;
    case Model::allen: bind(GrowthPosterior<Growth::allen>(series.alive(), config.allen_most)); break;
    case Model::ricker: bind(GrowthPosterior<Growth::ricker>(series.alive(), config.ricker_most)); break;
    default: bind(GrowthPosterior<Growth::myers>(series.alive(), config.myers_most)); break;
  }
}

template <class Density>
void Chains::bind(Density const& density) {
  sample::start_chains(Execution(), density, state_);
  run_ = [this, density](Block steps) { sample::metropolis(Execution(), density, plan_, own_.begin, steps, state_, kept_); };
}

void Chains::advance(Block steps) { run_({steps.begin * stretch_, steps.end * stretch_}); }

Draws Chains::gather() const {
  auto const parameters = static_cast<int>(parameter_names_.size());
  sample::ChainSlots const slots{parameters};
  Draws draws{chains_, plan_.kept(steps_), parameters, {}, {}, {}};
  auto const state = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), state_), kept = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), kept_);
  for (std::int64_t c = 0; c < own_.size(); ++c) {
    auto const pack = static_cast<std::size_t>(c / pack_width), lane = static_cast<std::size_t>(c % pack_width);
    for (std::int64_t d = 0; d < draws.of_chain; ++d) {
      auto const of_draw = [&](int p) { return kept(pack, static_cast<std::size_t>(d * (parameters + 1) + p), lane); };
      for (int p = 0; p < parameters; ++p) draws.value.push_back(name_ == "gp" ? std::exp(of_draw(p)) : of_draw(p));
      draws.log_density.push_back(of_draw(parameters));
    }
    draws.acceptance.push_back(state(pack, static_cast<std::size_t>(slots.accepted()), lane) / static_cast<double>(steps_ - plan_.burn_in));
  }
  draws.value = gather_from_ranks(comm_, draws.value);
  draws.log_density = gather_from_ranks(comm_, draws.log_density);
  draws.acceptance = gather_from_ranks(comm_, draws.acceptance);
  return draws;
}

io::ShardedArray Chains::array(std::string const& name, PackedTable const& table) const {
  auto const entries = static_cast<std::int64_t>(table.extent(1));
  io::ShardedArray array{name_ + "_" + name, io::ElementType::float64, {chains_, entries}, own_};
  auto const begin = own_.begin;
  array.fetch = [table, begin, entries](Block items, void* host) {
    auto const mirror = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), table);
    auto* to = static_cast<double*>(host);
    for (auto c = items.begin - begin; c < items.end - begin; ++c) {
      for (std::int64_t e = 0; e < entries; ++e) *to++ = mirror(static_cast<std::size_t>(c / pack_width), static_cast<std::size_t>(e), static_cast<std::size_t>(c % pack_width));
    }
  };
  array.store = [table, begin, entries](Block items, void const* host) {
    auto const mirror = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), table);
    auto const* from = static_cast<double const*>(host);
    for (auto c = items.begin - begin; c < items.end - begin; ++c) {
      for (std::int64_t e = 0; e < entries; ++e) mirror(static_cast<std::size_t>(c / pack_width), static_cast<std::size_t>(e), static_cast<std::size_t>(c % pack_width)) = *from++;
    }
    Kokkos::deep_copy(table, mirror);
  };
  return array;
}

std::vector<io::ShardedArray> Chains::arrays() const { return {array("chains", state_), array("kept", kept_)}; }

double Chains::bytes(Config const& config, Model model, std::int64_t observations, int ranks) {
  auto const parameters = static_cast<std::int64_t>(parameters_of_model(model).size());
  auto const packs = packs_of(Partition::equal(config.chains, ranks).block(0).size());
  sample::ChainPlan const plan{1, 0, sample::Proposal::fixed, config.burn_in, config.thin};
  auto const scratch = model == Model::gaussian_process ? regression::LogPosterior::scratch_entries(observations) : 0;
  auto const kept = plan.kept(config.steps) * (parameters + 1);
  return sizeof(double) * static_cast<double>(packs * pack_width * (kept + scratch + sample::ChainSlots{static_cast<int>(parameters)}.size()) + config.chains * kept);
}

std::vector<double> Draws::of_parameter(int p) const {
  std::vector<double> values;
  for (std::size_t k = static_cast<std::size_t>(p); k < value.size(); k += static_cast<std::size_t>(parameters)) values.push_back(value[k]);
  return values;
}

Draws Draws::thinned(std::int64_t most) const {
  auto const every = (size() + most - 1) / most;
  Draws some{1, 0, parameters, {}, {}, {}};
  for (std::int64_t d = 0; d < size(); d += every) {
    auto const first = value.begin() + d * parameters;
    some.value.insert(some.value.end(), first, first + parameters);
    some.log_density.push_back(log_density[static_cast<std::size_t>(d)]);
    ++some.of_chain;
  }
  return some;
}

}  // namespace bellshard::gp_fishery
