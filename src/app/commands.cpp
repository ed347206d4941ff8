#include "src/app/commands.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "src/app/job_setup.hpp"
#include "src/base/version.hpp"
#include "src/config/job_file.hpp"

namespace bellshard {
namespace {

std::string list_text() {
  std::size_t width = 0;
  for (auto const& [name, entry] : job_registry()) width = std::max(width, name.size());
  std::string text;
  for (auto const& [name, entry] : job_registry()) text += fmt::format("{:<{}}  {}\n", name, width, entry.summary);
  return text;
}

std::string version_text() {
  return fmt::format("bellshard {} (git {}, {}, {})\n", version(), git_hash(), compiler(), build_type());
}

}  // namespace

bool needs_ranks(Command command) {
  return command == Command::run || command == Command::check || command == Command::inspect || command == Command::diff ||
         command == Command::convert || command == Command::query || command == Command::gather;
}

std::string answer(CommandLine const& line) {
  switch (line.command) {
    case Command::version: return version_text();
    case Command::list: return list_text();
    case Command::describe: return describe_text(declare_job(line.job).keys);
    case Command::init: return init_text(declare_job(line.job).keys, line.job);
    default: return line.help;
  }
}

ExitCode perform(CommandLine const& line, MPI_Comm comm) {
  switch (line.command) {
    case Command::run: return run_job(line, comm);
    case Command::check: return check_job(line, comm);
    case Command::inspect: return inspect_file(line, comm);
    case Command::diff: return diff_files(line, comm);
    case Command::query: return query_result(line, comm);
    case Command::convert: return convert_model(line, comm);
    case Command::gather: return gather_results(line, comm);
    default: fail(ExitCode::bug, "this command needs no ranks (a bug in Bellshard)");
  }
}

void print_data(std::string const& text) {
  auto const written = std::fwrite(text.data(), 1, text.size(), stdout);
  if (written != text.size() || std::fflush(stdout) != 0) {
    fail(ExitCode::cannot_write, "standard output cannot be written: {}; check where it leads and the space there",
         std::strerror(errno));
  }
}

}  // namespace bellshard
