#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "src/app/commands.hpp"
#include "src/app/variable.hpp"

namespace bellshard {
namespace {

/// Smallest and largest finite value, and how many values are none of these.
struct Extremes {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  std::array<std::int64_t, 2> not_finite = {0, 0};  ///< infinite, not a number
};

Extremes find_extremes(MPI_Comm comm, io::InputFile const& file, Variable const& variable) {
  Extremes found;
  std::vector<double> values;
  for_each_piece(comm, variable, [&](Block items) {
    values.resize(static_cast<std::size_t>(items.size() * variable.elements_per_item()));
    file.read<double>(variable.path, items, values);
    for (auto const value : values) {
      if (std::isnan(value)) ++found.not_finite[1];
      else if (std::isinf(value)) ++found.not_finite[0];
      else {
        found.low = std::min(found.low, value);
        found.high = std::max(found.high, value);
      }
    }
  });
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &found.low, 1, MPI_DOUBLE, MPI_MIN, comm));
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &found.high, 1, MPI_DOUBLE, MPI_MAX, comm));
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, found.not_finite.data(), 2, MPI_INT64_T, MPI_SUM, comm));
  return found;
}

std::string number(double value) { return fmt::format("{:.10g}", value); }

using Row = std::vector<std::string>;

/// Columns two blanks apart; the last one is as long as it likes.
std::string table(std::vector<Row> const& rows) {
  std::vector<std::size_t> width;
  for (auto const& row : rows) {
    width.resize(std::max(width.size(), row.size()));
    for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], row[c].size());
  }
  std::string text;
  for (auto const& row : rows) {
    text += " ";
    for (std::size_t c = 0; c < row.size(); ++c) text += fmt::format(" {:<{}} ", row[c], width[c]);
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  return text;
}

/// HDF5 lists attributes by name, InputFile asks for them by name: these are the ones that a run writes.
std::vector<std::string> const provenance_names = {"compiler", "build_type", "kokkos", "back_end", "mpi", "hdf5", "host", "hosts",
                                                   "ranks", "threads_per_rank", "devices_per_host", "device_transfer", "slurm_job_id",
                                                   "restart_count"};

/// One attribute as text, whichever kind it is.
std::optional<std::string> attribute(io::InputFile const& file, std::string const& object, std::string const& name) {
  if (auto const text = file.text_attribute(object, name)) return text;
  if (auto const number = file.number_attribute(object, name)) return fmt::format("{}", *number);
  return std::nullopt;
}

std::vector<Row> attributes(io::InputFile const& file, std::string const& object, std::vector<std::string> const& names) {
  std::vector<Row> rows;
  for (auto const& name : names) {
    if (auto const value = attribute(file, object, name)) rows.push_back({name, *value});
  }
  return rows;
}

std::string indented(std::string const& text) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    auto const end = std::min(text.find('\n', begin), text.size());
    out += (end > begin ? "    " : "") + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return out;
}

std::string input_text(io::InputFile const& file) {
  auto rows = attributes(file, "/input", {"command_line"});
  for (int i = 1;; ++i) {
    auto const name = fmt::format("file_{}", i);
    auto const path = file.text_attribute("/input", name);
    if (!path) break;
    auto const hash = file.text_attribute("/input", name + "_sha256").value_or("unknown");
    rows.push_back({name, fmt::format("{}  (SHA-256 {})", *path, hash)});
  }
  auto text = "\n/input\n" + table(rows);
  if (auto const job_file = file.text_attribute("/input", "job_file")) text += "  job file\n" + indented(*job_file);
  return text;
}

/// The netCDF way to say that a dimension has no values.
bool is_bare_dimension(io::InputFile const& file, std::string const& path) {
  return file.text_attribute(path, "NAME").value_or("").starts_with("This is a netCDF dimension but not a netCDF variable");
}

/// Empty for a group.
std::optional<Variable> try_describe(io::InputFile const& file, std::string const& path) {
  try {
    return describe_variable(file, path);
  } catch (Error const& error) {
    if (error.code() != ExitCode::bad_input) throw;
    return std::nullopt;
  }
}

/// The variables of a group; "" is the root.
std::string variables_text(MPI_Comm comm, io::InputFile const& file, std::string const& group) {
  std::vector<Row> rows = {{"name", "type", "shape", "unit", "min", "max", "not finite", "long name"}};
  for (auto const& name : file.children(group.empty() ? "/" : group)) {
    auto const path = group + "/" + name;
    if (is_bare_dimension(file, path)) continue;
    auto const variable = try_describe(file, path);
    if (!variable) {
      rows.push_back({name, "group"});
      continue;
    }
    if (!variable->numeric) {
      rows.push_back({name, "text", bracketed(variable->shape), "", "", "", "", variable->long_name});
      continue;
    }
    auto const found = find_extremes(comm, file, *variable);
    bool const any = found.low <= found.high;
    std::string not_finite;
    if (found.not_finite[0] > 0) not_finite = fmt::format("{} inf", found.not_finite[0]);
    if (found.not_finite[1] > 0) not_finite += fmt::format("{}{} nan", not_finite.empty() ? "" : ", ", found.not_finite[1]);
    rows.push_back({name, type_name(variable->type), bracketed(variable->shape), variable->unit, any ? number(found.low) : "",
                    any ? number(found.high) : "", not_finite, variable->long_name});
  }
  return fmt::format("\n{}\n{}", group.empty() ? "/" : group, table(rows));
}

/// First and last row of /trace.
std::string trace_text(io::InputFile const& file, std::string const& group) {
  std::vector<Row> rows = {{"column", "unit", "first", "last", "long name"}};
  std::size_t sweeps = 0;
  for (auto const& name : file.children(group)) {
    auto const variable = describe_variable(file, group + "/" + name);
    if (!variable.numeric || variable.shape.size() != 1) continue;
    auto const values = file.read_all<double>(variable.path);
    sweeps = std::max(sweeps, values.size());
    if (values.empty()) continue;
    rows.push_back({name, variable.unit, number(values.front()), number(values.back()), variable.long_name});
  }
  return fmt::format("\n{}: {} rows\n{}", group, sweeps, table(rows));
}

/// A group and the groups in it: those of several criteria.
std::vector<std::string> with_groups_of(io::InputFile const& file, std::string const& group) {
  std::vector<std::string> groups{group};
  for (auto const& name : file.children(group)) {
    auto const path = group + "/" + name;
    if (!is_bare_dimension(file, path) && !try_describe(file, path)) groups.push_back(path);
  }
  return groups;
}

}  // namespace

ExitCode inspect_file(CommandLine const& line, MPI_Comm comm) {
  Context context(comm, line.options, line.verbosity);
  io::InputFile const file(comm, line.files[0]);

  auto text = file.path().string() + "\n";
  text += table(attributes(file, "/", {"title", "job", "schema", "schema_version", "source", "created", "Conventions"}));
  if (file.has("/input")) text += input_text(file);
  if (file.has("/provenance")) {
    text += "\n/provenance\n" + table(attributes(file, "/provenance", provenance_names));
  }
  bool const checkpoint = file.has("/state") && file.text_attribute("/state", "job").has_value();  // of a model, /state is an axis
  if (checkpoint) {
    text += "\ncheckpoint\n" + table(attributes(file, "/state", {"job", "sweep", "restart_count", "seconds"}));
  }
  if (file.has("/results")) {
    for (auto const& group : with_groups_of(file, "/results")) text += variables_text(comm, file, group);
  }
  if (checkpoint) text += variables_text(comm, file, "/state");
  if (file.has("/trace")) {
    auto groups = with_groups_of(file, "/trace");
    if (groups.size() > 1) groups.erase(groups.begin());
    for (auto const& group : groups) text += trace_text(file, group);
  }
  if (!file.has("/results") && !checkpoint) {  // an input file, most likely
    for (auto const* group : {"", "/rewards", "/label", "/coordinate"}) {
      if (*group == '\0' || file.has(group)) text += variables_text(comm, file, group);
    }
  }
  together(comm, [&] {
    if (context.root()) print_data(text);
  });
  return ExitCode::done;
}

}  // namespace bellshard
