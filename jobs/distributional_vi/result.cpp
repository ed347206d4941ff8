#include "jobs/distributional_vi/result.hpp"

#include <algorithm>

#include "io/hdf5/result_file.hpp"
#include "jobs/distributional_vi/host_law.hpp"
#include "kernels/host_copy.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/problem.hpp"

namespace bellshard::distributional_vi {
namespace {

std::vector<double> scaled(std::vector<double> values, double factor) {
  for (auto& value : values) value *= factor;
  return values;
}

/// Part of the rows of dp::Laws as an array [state, stock, row...]: the numbers of each from `first` on.
io::ShardedArray row_part(Solved const& solved, std::string name, std::int64_t first, std::vector<std::int64_t> const& row, double factor, std::string long_name) {
  auto const& laws = solved.iteration.laws();
  io::ShardedArray array{std::move(name), io::ElementType::float64, {solved.shard.states.size(), laws.stocks}, solved.shard.own, false, "1", std::move(long_name)};
  array.shape.insert(array.shape.end(), row.begin(), row.end());
  auto const count = row.empty() ? 1 : row.front();
  array.fetch = [&laws, own = solved.shard.own, first, count, factor](Block items, void* host) {
    std::int64_t const width = laws.width(), rows = items.size() * laws.stocks;
    auto const values = to_host(laws.value, (items.begin - own.begin) * laws.stocks * width, rows * width);
    auto* out = static_cast<double*>(host);
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t i = 0; i < count; ++i) *out++ = values[static_cast<std::size_t>(r * width + first + i)] * factor;
    }
  };
  return array;
}

class Writer {
 public:
  Writer(Context& context, Solved const& solved, io::RunRecord const& record)
      : context_(context),
        solved_(solved),
        own_(solved.shard.own),
        deflate_(static_cast<int>(solved.config.output.compression)),
        out_(context.comm(), context.options().output_dir / solved.config.output.file, record),
        state_(out_.axis("state", solved.shard.states.size(), "state index")) {
    auto const& plan = solved.plan;
    std::vector<double> stocks, atoms;
    for (int k = 0; k < plan.stock.stocks; ++k) stocks.push_back(plan.stock.at(k) * plan.unit);
    stock_ = out_.axis("stock", stocks, {"1"}, "collected so far, in units of now");
    auto const count = plan.atoms.atoms;
    for (int i = 0; i < count; ++i) atoms.push_back(quantiles() ? (i + 0.5) / count : plan.atoms.at(i) * plan.unit);
    atom_ = quantiles() ? out_.axis("quantile", atoms, {"1"}, "share of the outcomes that are no greater") : out_.axis("return", atoms, {"1"}, "return");
  }

  void write() {
    auto const& config = solved_.config;
    auto const& plan = solved_.plan;
    write_host("objective", {state_, stock_}, scaled(solved_.iteration.objective(), objective_unit(config.utility(), plan.unit)),
               "expected utility of stock and return, of the best action");
    write_host("action", {state_, stock_}, solved_.iteration.action(), "action that is best, index within the state");
    field(row_part(solved_, "projection_error", plan.atoms.atoms, {}, plan.unit, "bound on the Wasserstein-1 distance of the law from the policy's return"), {state_, stock_});
    write_starts();
    write_laws();
    write_stages();
    for (auto const& name : solved_.source.labels()) {
      out_.write(mdp::host_field(solved_.shard.states, own_, solved_.source.label(context_.comm(), own_, name), "label_" + name, "1", "states with the label " + name), {state_},
                 {{0, 1}, {"no", "yes"}}, deflate_);
    }
  }

  void finish(DriveResult const& driven) {
    auto const& config = solved_.config;
    auto const& errors = solved_.starts.projection_error;
    double const own_error = errors.empty() ? 0 : *std::max_element(errors.begin(), errors.end());
    out_.write("largest_projection_error", max_over_ranks(context_.comm(), own_error), {"1"}, "most of start_projection_error");
    out_.write("unfinished", solved_.iteration.unfinished() * solved_.plan.unit, {"1"}, "bound on the Wasserstein-1 distance from the laws of endless sweeps");
    out_.write("grids_clamped", static_cast<std::int64_t>(solved_.plan.warnings.size()), {"count"}, "grids that were asked to cut off what the objective tells apart");
    out_.write("sweeps", driven.sweeps, {"count"}, "sweeps of all lives of the run");
    out_.attribute("status", driven.outcome == Outcome::finished ? "converged" : "not_converged");
    out_.attribute("objective", config.objective_text());
    out_.attribute("discount", config.criterion.discount);
    if (config.is_cvar()) out_.attribute("level", config.objective.level);
    out_.write(driven.trace);
    out_.commit();
  }

 private:
  bool quantiles() const { return solved_.config.law.kind == LawKind::quantile; }
  void field(io::ShardedArray const& array, std::vector<io::Axis> const& axes) { out_.write(array, axes, {}, deflate_); }

  template <class T>
  void write_host(std::string const& name, std::vector<io::Axis> const& axes, std::vector<T> const& values, std::string const& long_name) {
    out_.write(name, axes, own_, values, {"1"}, long_name);
  }

  void write_starts() {
    auto const& starts = solved_.starts;
    auto const write = [&](std::string const& name, auto const& values, std::string const& long_name) { write_host(name, {state_}, values, long_name); };
    write("value", starts.value, solved_.config.objective_text() + ", where paths start in the state");
    write("start_stock", starts.stock, solved_.config.is_cvar() ? "best initial stock" : "initial stock");
    write("start_action", starts.action, "first action, index within the state");
    write("start_mean", starts.mean, "expected return of that policy");
    write("start_projection_error", starts.projection_error, "bound on the Wasserstein-1 distance of the law at the initial stock from the policy's return");
    if (solved_.config.is_cvar()) {
      bool const upper = solved_.config.objective.kind == ObjectiveKind::upper_cvar;
      write("bound", starts.bound, upper ? "least of -stock + E[max(stock + return, 0)] / level: what a policy that tosses a coin first can reach"
                                         : "greatest of -stock + E[min(stock + return, 0)] / level");
    }
  }

  void write_laws() {
    auto const& config = solved_.config;
    auto const& plan = solved_.plan;
    if (config.output.distribution == Written::none) return;
    std::string const name = quantiles() ? "quantile_value" : "probability", meaning = quantiles() ? "return at the quantile" : "probability of the return";
    double const factor = quantiles() ? plan.unit : 1;
    write_host("start_" + name, {state_, atom_}, scaled(solved_.starts.law, factor), meaning + ", from the initial stock on");
    if (config.output.distribution == Written::all) {
      field(row_part(solved_, name, 0, {plan.atoms.atoms}, factor, meaning + ", from each stock on"), {state_, stock_, atom_});
    }
  }

  void write_stages() {
    if (!solved_.config.finite() || !solved_.config.output.stage_actions) return;
    auto const stages = solved_.config.criterion.horizon;
    auto const stage = out_.axis("stage", stages, "step, from the start");
    write_host("stage_action", {state_, stage, stock_}, solved_.iteration.stage_action(), "action that is best at each step, index within the state");
  }

  Context& context_;
  Solved const& solved_;
  Block own_;
  int deflate_;
  io::ResultFile out_;
  io::Axis state_, stock_, atom_;
};

}  // namespace

void write_result(Context& context, Solved const& solved, io::RunRecord const& record, DriveResult const& driven) {
  Writer writer(context, solved, record);
  writer.write();
  writer.finish(driven);
}

}  // namespace bellshard::distributional_vi
