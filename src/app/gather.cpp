// Joins the results of runs with other parameters along a new axis.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "io/hdf5/run_file.hpp"
#include "src/app/commands.hpp"
#include "src/app/gather_inputs.hpp"
#include "src/drive/record.hpp"

namespace bellshard {
namespace {

using namespace gather;

class Gathered {
 public:
  Gathered(Context& context, std::filesystem::path const& path, io::RunRecord const& record, std::vector<Run> const& runs, LeftOut& left_out)
      : context_(context), file_(context.comm(), path, record, {}), runs_(runs), left_out_(left_out) {}

  void write(std::vector<Parameter> const& parameters) {
    file_.group(results);
    for (auto const& [path, dataset] : first().datasets) {
      if (auto const group = group_of(path); group != results && !scales_.contains(group)) {
        file_.group(group);
        scales_[group];
      }
    }
    write_axis(parameters);
    for (auto const& [path, dataset] : first().datasets) {
      if (dataset.scale != io::ScaleKind::none && !left_out_.contains(path)) keep_scale(path, dataset);
    }
    for (auto const names : {true, false}) {  // names first: what follows over their scale says where they are
      for (auto const& [path, dataset] : first().datasets) {
        if (dataset.scale == io::ScaleKind::none && names == dataset.kept_once() && !left_out_.contains(path)) names ? keep(path, dataset) : join(path, dataset);
      }
    }
    join_attributes(parameters);
    file_.commit();
  }

  std::int64_t joined() const { return joined_; }

 private:
  Run const& first() const { return runs_.front(); }
  std::int64_t runs() const { return static_cast<std::int64_t>(runs_.size()); }
  Block share(std::int64_t items) const { return Partition::equal(items, context_.ranks()).block(context_.rank()); }

  io::ShardedArray numbers(std::string const& name, std::vector<double> const& values, std::string const& unit, std::string const& long_name) const {
    io::ShardedArray array{name, io::ElementType::float64, {runs()}, share(runs()), false, unit, long_name};
    array.fetch = [&values](Block items, void* host) { std::copy_n(values.begin() + items.begin, items.size(), static_cast<double*>(host)); };
    return array;
  }

  void write_axis(std::vector<Parameter> const& parameters) {
    std::vector<std::string> paths;
    for (auto const& run : runs_) paths.push_back(run.path.string());
    auto const own = share(runs());
    auto const own_texts = [&](std::vector<std::string> const& texts) { return std::vector(texts.begin() + own.begin, texts.begin() + own.end); };
    if (can_be_axis(parameters)) {
      auto const& p = parameters.front();
      axis_ = file_.scale(results, numbers(p.name, p.numbers, p.unit, p.long_name));
    } else {
      axis_ = file_.counting_scale(results, "run", runs(), 0, "run, in the order of files");
      for (auto const& p : parameters) {
        if (p.numbers.empty()) {
          file_.names(results, axis_, p.name, own, own_texts(p.texts), p.long_name);
        } else {
          file_.write(results, numbers(p.name, p.numbers, p.unit, p.long_name), {axis_});
          file_.coordinate(axis_, p.name);
        }
      }
    }
    file_.names(results, axis_, "result_file", own, own_texts(paths), "file of each run");
  }

  /// The dataset of the first result as it is.
  io::ShardedArray copy(std::string const& path, Dataset const& dataset) const {
    auto const& v = dataset.variable;
    io::ShardedArray array{v.name(), dataset.type(), v.shape, share(v.items()), false, v.unit, v.long_name};
    array.fetch = [this, path, &dataset](Block items, void* host) {
      first().open().read_block(path, items, host, static_cast<std::size_t>(items.size() * dataset.variable.elements_per_item()), dataset.type());
    };
    return array;
  }

  void keep_scale(std::string const& path, Dataset const& dataset) {
    auto const group = group_of(path);
    scales_[group][dataset.variable.name()] =
        dataset.scale == io::ScaleKind::coordinate ? file_.scale(group, copy(path, dataset), style(dataset)) : file_.bare_scale(group, dataset.variable.name(), dataset.variable.items());
  }

  /// Scales of a dataset, in its group or those above. Nothing where one was left out.
  std::optional<std::vector<std::int64_t>> scales_of(std::string const& path, Dataset const& dataset) {
    std::vector<std::int64_t> found;
    for (auto const& axis : dataset.axes) {
      for (auto group = group_of(path); !group.empty(); group = group_of(group)) {
        auto const scales = scales_.find(group);
        if (scales == scales_.end() || !scales->second.contains(axis)) continue;
        found.push_back(scales->second.at(axis));
        break;
      }
    }
    if (found.size() == dataset.variable.shape.size()) return found;
    left_out_.try_emplace(path, "one of its axes differs");
    return std::nullopt;
  }

  static io::VariableStyle style(Dataset const& dataset) {
    io::VariableStyle style;
    style.flag_values.assign(dataset.flag_values.begin(), dataset.flag_values.end());
    if (!style.flag_values.empty()) style.flag_meanings = {dataset.flag_meanings};
    return style;
  }

  void keep(std::string const& path, Dataset const& dataset) {
    auto const scales = scales_of(path, dataset);
    if (!scales) return;
    file_.write(group_of(path), copy(path, dataset), *scales, style(dataset));
    file_.attribute(path, "_Encoding", std::string("utf-8"));
    file_.coordinate(scales->front(), dataset.variable.name());
  }

  void join(std::string const& path, Dataset const& dataset) {
    auto scales = scales_of(path, dataset);
    if (!scales) return;
    scales->insert(scales->begin(), axis_);
    auto const& v = dataset.variable;
    io::ShardedArray array{v.name(), v.type, v.shape, share(runs()), false, v.unit, v.long_name};
    array.shape.insert(array.shape.begin(), runs());
    array.fetch = [this, path, &dataset](Block items, void* host) {
      auto const elements = static_cast<std::size_t>(dataset.elements());
      for (auto r = items.begin; r < items.end; ++r) {
        auto* const place = static_cast<char*>(host) + static_cast<std::size_t>(r - items.begin) * elements * io::bytes_of(dataset.variable.type);
        runs_[static_cast<std::size_t>(r)].open().read_block(path, {0, dataset.variable.items()}, place, elements, dataset.variable.type);
      }
    };
    file_.write(group_of(path), array, *scales, style(dataset));
    ++joined_;
  }

  /// Numbers become variables over the runs, unless they repeat a parameter; texts stay where all results say the same.
  void join_attributes(std::vector<Parameter> const& parameters) {
    for (auto const& [path, unused] : first().numbers) {
      auto const name = path.substr(path.rfind('/') + 1);
      bool const repeats = std::any_of(parameters.begin(), parameters.end(), [&](auto const& p) { return p.name == name; });
      if (repeats || first().datasets.contains(path)) continue;
      std::vector<double> values;
      for (auto const& run : runs_) {
        auto const found = run.numbers.find(path);
        values.push_back(found != run.numbers.end() ? found->second : std::numeric_limits<double>::quiet_NaN());
      }
      file_.write(group_of(path), numbers(name, values, "1", name + " of each result, an attribute there"), {axis_});
      ++joined_;
    }
    for (auto const& [path, text] : first().texts) {
      bool const same = std::all_of(runs_.begin(), runs_.end(), [&](auto const& run) { return run.texts.contains(path) && run.texts.at(path) == text; });
      if (same) {
        file_.attribute(group_of(path), path.substr(path.rfind('/') + 1), text);
      } else {
        left_out_.try_emplace(path, "an attribute that differs");
      }
    }
  }

  Context& context_;
  io::RunFile file_;
  std::vector<Run> const& runs_;
  LeftOut& left_out_;
  std::map<std::string, std::map<std::string, std::int64_t>> scales_;  ///< by group and name
  std::int64_t axis_ = 0;
  std::int64_t joined_ = 0;
};

}  // namespace

ExitCode gather_results(CommandLine const& line, MPI_Comm comm) {
  Context context(comm, line.options, line.verbosity);
  std::vector<Run> runs;
  LeftOut left_out;
  std::vector<Parameter> parameters;
  together(comm, [&] {
    for (auto const& path : line.files) {
      BELLSHARD_INPUT(path.lexically_normal() != line.gathered.lexically_normal(), "{}: is also the file to write; name another one with -o", path.string());
      runs.push_back(look_at(path));
      BELLSHARD_INPUT(runs.back().job == runs.front().job, "{}: is a result of {}, {} one of {}; gather results of one job", path.string(), runs.back().job,
                      runs.front().path.string(), runs.front().job);
    }
    left_out = disagreements(runs);
    parameters = parameters_of(runs);
    put_in_order(runs, parameters);
  });
  auto record = make_record(context, "gather", fmt::format("{} results of {} along a new axis", runs.size(), runs.front().job), line.files);
  record.job_file = common_keys(runs);
  Gathered gathered(context, line.gathered, record, runs, left_out);
  gathered.write(parameters);
  for (auto const& [path, why] : left_out) context.log().warn("{}: left out: {}", path, why);
  std::vector<std::string> names;
  for (auto const& parameter : parameters) names.push_back(parameter.name);
  context.log().info("{}: {} results, {} variables along {}", line.gathered.string(), runs.size(), gathered.joined(),
                     names.empty() ? std::string("run (no key differs)") : fmt::format("{}", fmt::join(names, ", ")));
  return ExitCode::done;
}

}  // namespace bellshard
