#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "io/hdf5/input_file.hpp"
#include "jobs/value_iteration/model_names.hpp"
#include "jobs/value_iteration/model_result.hpp"
#include "jobs/value_iteration/model_rows.hpp"
#include "jobs/value_iteration/runs.hpp"
#include "jobs/value_iteration/start.hpp"
#include "src/dist/reduce.hpp"
#include "src/drive/drive.hpp"
#include "src/drive/record.hpp"
#include "src/mdp/near_optimal.hpp"
#include "src/mdp/problem.hpp"

namespace bellshard::value_iteration {
namespace {

using mdp::CriterionKind::average_reward;
using mdp::CriterionKind::discounted;
using mdp::CriterionKind::finite_horizon;

bool has_target(mdp::Criterion const& criterion) {
  return criterion.kind != discounted && criterion.kind != finite_horizon && criterion.kind != average_reward;
}

/// The predicates of the job file, answered for the own states.
mdp::Question ask(Context& context, Asked const& which, mdp::Source const& source, Block own) {
  auto const& asked = which.criterion;
  mdp::Question question;
  question.criterion = criterion_of(asked);
  if (has_target(question.criterion)) {
    bool const named = !asked.target.empty();
    if (!named && !source.has_label("target")) {
      fail(ExitCode::bad_job_file, "{0} is missing, and the model has no label target: name the states to meet, for example "
                                   "{0} = \"goal\" (discounted, average_reward and finite_horizon need none)", which.key("target"));
    }
    question.target = source.where(context.comm(), own, named ? asked.target : "target");
    auto const met = sum_over_ranks(context.comm(), static_cast<std::int64_t>(std::count(question.target.begin(), question.target.end(), 1)));
    if (met == 0) context.log().warn("{} = \"{}\" holds in no state", which.key("target"), named ? asked.target : "target");
  }
  if (!asked.avoid.empty()) {
    question.allowed = source.where(context.comm(), own, asked.avoid);
    for (auto& flag : question.allowed) flag = flag == 0;
  }
  if (!asked.constraint.empty()) {
    bool const most = !std::isnan(asked.at_most);
    question.constraint = mdp::Constraint{{}, source.initial(context.comm(), own),
                                          most ? mdp::Constraint::Side::at_most : mdp::Constraint::Side::at_least,
                                          most ? asked.at_most : asked.at_least};
  }
  if (!asked.terminal.empty()) question.terminal = source.coordinate(context.comm(), own, asked.terminal);
  return question;
}

mdp::SolverOptions solver_options(Config const& config) {
  mdp::SolverOptions options;
  options.method = config.solver.method;
  options.tolerance = config.solver.tolerance;
  options.inner_sweeps = config.solver.inner_sweeps;
  options.relaxation = config.solver.relaxation;
  options.linear = config.solver.linear;
  options.anderson_memory = config.solver.anderson_memory;
  return options;
}

/// Keeps the rows where the next criterion wants the same ones. `choice`: the actions that are left, where not all are.
std::unique_ptr<mdp::Problem> set_up(Context& context, Config const& config, Asked const& asked, mdp::Question question, mdp::Source const& source,
                                     Partition const& states, ModelRows& rows, bool keep_rows, mdp::ActionChoice const* choice) {
  auto const& criterion = question.criterion;
  bool const formula = !choice && !has_target(criterion) && criterion.kind != average_reward && asked.criterion.reward != "1" && !question.constraint;
  if (formula) {
    if (auto op = source.matrix_free(context.comm(), states, criterion.objective, criterion.discount)) {
      return mdp::make_problem(std::move(op), std::move(question), solver_options(config));
    }
  }
  if (auto op = rows.streamed(asked, criterion)) return mdp::make_problem(std::move(op), std::move(question), solver_options(config));
  if (question.constraint) question.constraint->reward = rows.read(asked.criterion.constraint).reward;
  auto taken = rows.take(asked.criterion.reward, keep_rows);
  if (choice) taken = mdp::keep_pairs(taken, choice->keep);
  return mdp::make_problem(context.comm(), states, std::move(taken), std::move(question), solver_options(config));
}

void refuse_options(Context& context, Config const& config) {
  auto const& options = context.options();
  for (auto const& asked : options.verify ? asked_of(config) : std::vector<Asked>()) {
    auto const kind = criterion_of(asked.criterion).kind;
    bool const equation = kind == discounted || kind == mdp::CriterionKind::total_reward || kind == mdp::CriterionKind::reachability;
    if (!equation || !asked.criterion.constraint.empty()) {
      fail(ExitCode::bad_command_line, "--verify repeats the proof of discounted, total_reward, total_cost and reachability without a constraint, not that of [{}]; drop it",
           asked.table);
    }
  }
  if (options.restart == Restart::file && !config.criteria.empty()) {
    fail(ExitCode::bad_command_line, "--restart FILE is for one criterion; with [criteria.NAME] drop it: each goes on from its own newest checkpoint");
  }
}

/// The criteria of a job on one model, one after the other.
class ModelRun {
 public:
  ModelRun(Context& context, Keys const& keys, Config const& config)
      : context_(context), keys_(keys), config_(config), all_(asked_of(config)), source_(open_model(context, config)),
        states_(source_->partition(context.comm())), rows_(context, config, *source_, states_) {
    context.log().info("{}: {} states on {} ranks", source_->description(), source_->states(), context.ranks());
    check_names(context, *source_, states_, config);
    for (auto const& asked : all_) {
      plan_rows(context, config, asked, *source_, states_);  // before the first is solved, says which one needs more memory
      questions_.push_back(ask(context, asked, *source_, states_.block(context.rank())));
    }
    auto inputs = config.model.kinds.at(config.model.kind)->inputs();
    if (!config.solver.start.empty()) inputs.push_back(config.solver.start);
    record_ = make_record(context, "value_iteration", "optimal values of " + source_->description(), inputs);
  }

  /// The code of the criterion that ended worst; none is written where one was stopped.
  ExitCode run() {
    auto worst = ExitCode::done;
    for (std::size_t k = 0; k < all_.size(); ++k) {
      auto const code = solve(k);
      if (code == ExitCode::stopped_early) return code;
      if (code != ExitCode::done) worst = code;
    }
    result_->commit();
    result_.reset();
    if (context_.options().verify) {
      for (auto const& asked : all_) {
        if (!verify(asked)) worst = ExitCode::verification_failed;
      }
    }
    for (auto const& line : last_lines_) context_.log().info("{}", line);
    if (worst == ExitCode::done) {
      for (auto const& asked : all_) discard_checkpoints(context_, drive_options(asked));
    }
    return worst;
  }

 private:
  DriveOptions drive_options(Asked const& asked) const {
    DriveOptions options;
    options.output = context_.options().output_dir / config_.output.file;
    options.part = asked.name;
    options.fingerprint = problem_text(keys_, asked.table, keys_.find("solver.method").value_toml, record_);
    if (auto const* choice = choice_of(asked)) options.fingerprint += fmt::format("# actions to choose from: {}\n", choice->digest);
    options.max_sweeps = config_.solver.max_sweeps;
    options.residual_name = asked.criterion.constraint.empty() ? "largest change of a value in a sweep" : "proven width after a multiplier";
    return options;
  }

  ExitCode solve(std::size_t k) {
    auto const& asked = all_[k];
    auto const said = asked.name.empty() ? "" : asked.name + ": ";
    bool const keep_rows = k + 1 < all_.size() && all_[k + 1].criterion.reward == asked.criterion.reward;
    auto const* choice = choose_actions(asked);
    auto const problem = set_up(context_, config_, asked, std::move(questions_[k]), *source_, states_, rows_, keep_rows, choice);
    context_.log().info("{}{}", said, problem->description());
    if (!config_.solver.start.empty()) start_from_result(context_, config_.solver.start, asked.name, states_, *problem);
    auto const options = drive_options(asked);
    auto driven = drive(context_, problem->step(), record_, options);
    if (driven.outcome == Outcome::stopped) {
      context_.log().info("{}{}", said, summary_line(driven, options.output));
      return driven.exit_code();
    }
    auto answer = problem->answer();
    if (choice) describe_choice(asked, *choice, answer);
    if (is_referred_to(asked)) keep_bounds(asked, answer);
    bool const converged = is_converged(answer, config_);
    if (converged && driven.outcome == Outcome::sweep_limit) driven.outcome = Outcome::finished;  // the last sweep's work was enough
    if (!converged) {
      context_.log().warn("{}not converged: the proven width is {:.3g}; {}", said, answer.width,
                          driven.outcome == Outcome::sweep_limit ? "raise solver.max_sweeps and run again, it goes on from the checkpoint"
                                                                 : "rounding allows no narrower proof, so raise solver.tolerance");
    }
    last_lines_.push_back(fmt::format("{}{}; proven width {:.3g}", said, summary_line(driven, options.output), answer.width));
    result_of(driven).write(asked, answer, driven);
    return converged ? ExitCode::done : ExitCode::not_converged;
  }

  mdp::ActionChoice const* choice_of(Asked const& asked) const {
    auto const found = choices_.find(asked.name);
    return found == choices_.end() ? nullptr : &found->second;
  }

  bool is_referred_to(Asked const& asked) const {
    return std::any_of(all_.begin(), all_.end(), [&](Asked const& other) { return !asked.name.empty() && other.criterion.after == asked.name; });
  }

  /// What a later criterion, which chooses among the best actions of this one, asks of it.
  void keep_bounds(Asked const& asked, mdp::Answer const& answer) {
    for (auto const& field : answer.fields) {
      if (field.name != "lower" && field.name != "upper") continue;
      std::vector<double> side(static_cast<std::size_t>(field.own.size()));
      field.fetch(field.own, side.data());
      (field.name == "lower" ? bounds_[asked.name].first : bounds_[asked.name].second) = std::move(side);
    }
  }

  /// The actions that the criterion before leaves; null: all.
  mdp::ActionChoice const* choose_actions(Asked const& asked) {
    auto const& name = asked.criterion.after;
    if (name.empty()) return nullptr;
    auto const before = std::find_if(all_.begin(), all_.end(), [&](Asked const& other) { return other.name == name; });
    auto const rows = rows_.read(before->criterion.reward);
    BELLSHARD_INPUT(!any_over_ranks(context_.comm(), rows.interval()),
                    "{}: the model has probability_upper, and which actions are best for {} is not told for interval models; drop it", asked.key("after"), name);
    auto const& [lower, upper] = bounds_.at(name);
    auto choice = mdp::near_optimal(context_.comm(), states_, rows, criterion_of(before->criterion), lower, upper, asked.criterion.slack, choice_of(*before));
    context_.log().info("{}: {} of {} actions are not proven worse for {}", asked.name, choice.kept, choice.all, name);
    return &choices_.insert_or_assign(asked.name, std::move(choice)).first->second;
  }

  void describe_choice(Asked const& asked, mdp::ActionChoice const& choice, mdp::Answer& answer) {
    auto const& name = asked.criterion.after;
    mdp::renumber_actions(answer, choice);
    answer.facts.emplace_back("actions_to_choose_from", static_cast<double>(choice.kept));
    answer.numbers.push_back({"most_loss", choice.most_loss, "proven: in no state does this policy make " + name + " worse by more"});
  }

  /// Reads the bounds back and proves them once more on the model as it is read once more.
  bool verify(Asked const& asked) {
    auto const own = states_.block(context_.rank());
    auto const problem = set_up(context_, config_, asked, ask(context_, asked, *source_, own), *source_, states_, rows_, false, choice_of(asked));
    auto const path = drive_options(asked).output;
    io::InputFile const file(context_.comm(), path);
    auto const read = [&](char const* name) {
      std::vector<double> values(static_cast<std::size_t>(own.size()));
      file.read(asked.name.empty() ? fmt::format("/results/{}", name) : fmt::format("/results/{}/{}", asked.name, name), own, std::span(values));
      return values;
    };
    auto const lower = read("lower"), value = read("value"), upper = read("upper");
    std::int64_t disorder = 0;
    for (std::size_t s = 0; s < value.size(); ++s) disorder += !(lower[s] <= value[s] && value[s] <= upper[s]);
    disorder = sum_over_ranks(context_.comm(), disorder);
    auto const refuted = problem->refute(lower, upper);
    context_.log().info("verified {}{}: T lower >= lower fails at {} states, T upper <= upper at {}, lower <= value <= upper at {}",
                        asked.name.empty() ? "" : asked.name + " of ", path.string(), refuted.lower, refuted.upper, disorder);
    return refuted.lower + refuted.upper + disorder == 0;
  }

  /// The file is made when there is something to write.
  ModelResult& result_of(DriveResult const& driven) {
    if (!result_) {
      auto described = record_;
      described.provenance.emplace_back("restart_count", driven.restart_count);
      result_ = std::make_unique<ModelResult>(context_, *source_, states_, config_, described);
    }
    return *result_;
  }

  Context& context_;
  Keys const& keys_;
  Config const& config_;
  std::vector<Asked> all_;
  std::unique_ptr<mdp::Source> source_;
  Partition states_;
  ModelRows rows_;
  std::vector<mdp::Question> questions_;
  io::RunRecord record_;
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> bounds_;  ///< [own state] lower, upper of criteria that others refer to
  std::map<std::string, mdp::ActionChoice> choices_;                                   ///< of criteria that refer to others
  std::unique_ptr<ModelResult> result_;
  std::vector<std::string> last_lines_;
};

}  // namespace

ExitCode run_model(Context& context, Keys const& keys, Config const& config) {
  refuse_options(context, config);
  return ModelRun(context, keys, config).run();
}

}  // namespace bellshard::value_iteration
