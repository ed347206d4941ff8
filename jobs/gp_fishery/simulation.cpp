#include "jobs/gp_fishery/simulation.hpp"

#include <algorithm>

#include "jobs/gp_fishery/stock_models.hpp"
#include "kernels/dp/episodes.hpp"
#include "kernels/host_copy.hpp"
#include "kernels/sample/normal.hpp"
#include "src/dist/gather.hpp"
#include "src/dist/partition.hpp"

namespace bellshard::gp_fishery {
namespace {

constexpr std::uint32_t purpose = 50;  // of the random numbers

struct Outcome {
  double profit, last_stock;
};

using Years = Kokkos::View<double**, Kokkos::LayoutRight, Memory>;

/// One path; the kept ones are written down year by year.
struct Episode {
  std::uint32_t seed;
  double first_stock, step, truth[3], noise;
  std::int64_t points, years, first_kept, kept;  // kept: paths below this number
  Array<std::int32_t const> policy;
  Years stock, harvest, profit;

  /// The point of the grid that is nearest; the lower one of two.
  KOKKOS_FUNCTION std::int64_t nearest(double x) const {
    auto k = static_cast<std::int64_t>(x / step);
    if (k >= points - 1) return points - 1;
    return ::fabs(static_cast<double>(k + 1) * step - x) < ::fabs(x - static_cast<double>(k) * step) ? k + 1 : k;
  }

  KOKKOS_FUNCTION Outcome operator()(std::uint64_t number) const {
    sample::Stream draws(seed, purpose, number);
    double x = first_stock;
    Outcome outcome{0, 0};
    bool const is_kept = static_cast<std::int64_t>(number) < kept;
    auto const path = static_cast<std::size_t>(static_cast<std::int64_t>(number) - first_kept);
    for (std::int64_t year = 0; year < years; ++year) {
      double const wanted = year + 1 < years ? static_cast<double>(policy(static_cast<std::size_t>(nearest(x)))) * step : 0;
      double const gained = wanted < x ? wanted : x;
      if (is_kept) {
        stock(path, static_cast<std::size_t>(year)) = x;
        harvest(path, static_cast<std::size_t>(year)) = wanted;
        profit(path, static_cast<std::size_t>(year)) = gained;
      }
      outcome.profit += gained;
      outcome.last_stock = x;
      x = next_stock<Growth::allen>(x, wanted, truth) * exponential_function(noise * draws.normal());
    }
    return outcome;
  }
};

std::vector<double> all_years(Years const& table) {
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), table);
  return {host.data(), host.data() + host.size()};
}

}  // namespace

Block own_kept_paths(Context const& context, Config const& config) {
  return intersect(Partition::equal(config.paths, context.ranks()).block(context.rank()), {0, std::min(config.kept_paths, config.paths)});
}

Paths simulate(Context& context, Config const& config, std::vector<std::int32_t> const& policy) {
  auto const own = Partition::equal(config.paths, context.ranks()).block(context.rank());
  auto const kept = own_kept_paths(context, config);
  auto const table = [&](std::string const& label) { return Years(label, static_cast<std::size_t>(kept.size()), static_cast<std::size_t>(config.years)); };
  Episode const episode{static_cast<std::uint32_t>(config.seed), config.first_stock, config.grid_step(), {config.truth[0], config.truth[1], config.truth[2]}, config.noise, config.points, config.years, kept.begin, kept.end,
                        to_device(policy, "bellshard::gp_fishery::policy"), table("bellshard::gp_fishery::stock"), table("bellshard::gp_fishery::harvest"), table("bellshard::gp_fishery::profit")};
  Array<Outcome> const outcome("bellshard::gp_fishery::outcome", static_cast<std::size_t>(own.size()));
  dp::simulate(Execution(), "bellshard::gp_fishery::simulate", own, episode, outcome);

  Paths paths{all_years(episode.stock), all_years(episode.harvest), all_years(episode.profit), {}, 0, {}};
  std::vector<double> extinct;
  for (auto const& one : to_host(outcome)) {
    paths.total.push_back(one.profit);
    extinct.push_back(one.last_stock <= config.grid_step() / 2 ? 1 : 0);
  }
  paths.total = gather_from_ranks(context.comm(), paths.total);
  paths.profits = statistics(paths.total);
  paths.extinct = statistics_over_ranks(context.comm(), extinct).mean;
  return paths;
}

}  // namespace bellshard::gp_fishery
