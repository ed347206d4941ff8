#include "jobs/value_iteration/model_rows.hpp"

#include <algorithm>
#include <cmath>

#include "src/dist/reduce.hpp"
#include "src/mdp/streamed_operator.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::value_iteration {
namespace {

double limit_of(Config const& config) { return config.solver.memory_limit * std::pow(2.0, 30); }

/// Do sweeps read each row once, in any order, and nothing else reads them?
bool sweeps_alone(Asked const& asked) {
  auto const kind = asked.criterion.kind;
  bool const untouched = kind == CriterionKind::discounted || kind == CriterionKind::finite_horizon || kind == CriterionKind::bounded_reachability;
  return untouched && asked.criterion.constraint.empty() && asked.criterion.after.empty();
}

}  // namespace

RowsPlan plan_rows(Context& context, Config const& config, Asked const& asked, mdp::Source const& source, Partition const& states) {
  auto const counts = source.count_rows(context.comm(), states.block(context.rank()));
  if (!counts) return {};
  double const own = mdp::loading_bytes(*counts, source.interval());
  RowsPlan plan{max_over_ranks(context.comm(), own), false};
  double const limit = limit_of(config);
  if (std::isnan(limit) || plan.bytes <= limit) return plan;
  if (!sweeps_alone(asked)) {
    double const ranks = std::ceil(sum_over_ranks(context.comm(), own) / limit);
    fail(ExitCode::bad_job_file,
         "solver.memory_limit = {} GiB, but the rows of a rank take {} while they are packed, and [{}] needs them in memory (rows stay in the file "
         "for discounted without a constraint or another criterion before it, finite_horizon and bounded_reachability alone); use {} ranks or more, or raise it",
         config.solver.memory_limit, human_bytes(plan.bytes), asked.table, ranks);
  }
  if (config.solver.method == Method::prioritised) {
    fail(ExitCode::bad_job_file, "solver.method = \"prioritised\" picks its blocks of rows from memory, where solver.memory_limit leaves no room for them ({}); choose another "
                                 "method or raise the limit", human_bytes(plan.bytes));
  }
  plan.in_file = true;
  return plan;
}

mdp::Rows ModelRows::take(std::string const& reward, bool keep) {
  auto rows = kept_ && kept_->first == reward ? std::move(kept_->second) : read(reward);
  kept_.reset();
  if (keep && std::isnan(config_.solver.memory_limit)) kept_ = {reward, rows};
  context_.log().info("{} transitions of {} pairs of state and action", sum_over_ranks(context_.comm(), rows.transitions()),
                      sum_over_ranks(context_.comm(), rows.pairs()));
  return rows;
}

mdp::Rows ModelRows::read(std::string const& reward) const {
  bool const ones = reward == "1";
  auto rows = source_.rows(context_.comm(), own_, ones ? "" : reward);
  if (ones) std::fill(rows.reward.begin(), rows.reward.end(), 1.0);
  return rows;
}

std::unique_ptr<mdp::Operator> ModelRows::streamed(Asked const& asked, mdp::Criterion const& criterion) const {
  auto const plan = plan_rows(context_, config_, asked, source_, states_);
  if (!plan.in_file) return nullptr;
  double const limit = limit_of(config_);
  auto const& reward = asked.criterion.reward;
  bool const ones = reward == "1", none = criterion.kind == mdp::CriterionKind::bounded_reachability;
  mdp::RowStream stream;
  together(context_.comm(), [&] { stream = source_.stream(own_, ones ? "" : reward, mdp::part_bytes(limit)); });
  if (ones || none) {
    stream.read = [read = std::move(stream.read), ones](Block part, mdp::RowStream::Look look, mdp::Rows& rows) {
      read(part, look, rows);
      std::fill(rows.reward.begin(), rows.reward.end(), ones ? 1.0 : 0.0);
    };
  }
  auto op = mdp::make_streamed_operator(context_.comm(), states_, std::move(stream), criterion.objective, criterion.discount, limit, criterion.nature);
  context_.log().info("the rows of a rank would take {}, more than solver.memory_limit; rank 0: {}", human_bytes(plan.bytes), op->storage());
  return op;
}

}  // namespace bellshard::value_iteration
