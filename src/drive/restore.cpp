#include "src/drive/restore.hpp"

#include <optional>
#include <sstream>

#include "src/base/version.hpp"

namespace bellshard {
namespace {

using Found = io::CheckpointStore::Found;

std::optional<Found> choose(Context& context, io::CheckpointStore const& store) {
  auto const& options = context.options();
  switch (options.restart) {
    case Restart::file: return store.open(options.restart_file);
    case Restart::never:
      context.log().info("starting at sweep 1 (--restart never); checkpoints of earlier runs stay until new ones push them out");
      return std::nullopt;
    case Restart::automatic: break;
  }
  return store.newest([&](std::string const& text) { context.log().warn("{}", text); });
}

void check_same_problem(Found const& found, io::RunRecord const& record, DriveOptions const& options) {
  constexpr auto way_out = "start over with --restart never, or keep both under another output (-o DIR)";
  BELLSHARD_INPUT(found.header.job == record.job, "{}: this is a checkpoint of the job {}, not of {}; {}", found.path.string(),
                  found.header.job, record.job, way_out);
  BELLSHARD_INPUT(found.header.fingerprint == options.fingerprint, "{}: this checkpoint belongs to another problem: {}; {}",
                  found.path.string(), first_difference(found.header.fingerprint, options.fingerprint), way_out);
}

}  // namespace

Start restore(Context& context, io::CheckpointStore const& store, Step& step, io::RunRecord const& record, DriveOptions const& options) {
  auto const found = choose(context, store);
  if (!found) return {.trace = SweepTrace(options)};

  check_same_problem(*found, record, options);
  if (found->program != program()) {
    context.log().warn("{} was written by {}, this is {}: its state is taken, but another build may round the next sweeps otherwise", found->path.string(),
                       found->program, program());
  }
  auto const& header = found->header;
  SweepTrace trace(options, store.read(*found, step.arrays()), header.sweep);
  step.restored();
  context.log().info("going on after sweep {} of {} (restart {})", header.sweep, found->path.string(), header.restart_count + 1);
  return {header.sweep, header.restart_count + 1, header.seconds, std::move(trace)};
}

std::string first_difference(std::string const& there, std::string const& here) {
  std::istringstream those(there);
  std::istringstream these(here);
  std::string table;
  for (;;) {
    std::string that = "nothing";
    std::string own = "nothing";
    bool const has_that = static_cast<bool>(std::getline(those, that));
    bool const has_own = static_cast<bool>(std::getline(these, own));
    if (!has_that && !has_own) return "no line differs";
    if (!has_that) that = "nothing";
    if (!has_own) own = "nothing";
    if (that != own) return fmt::format("{}{} there, {} here", table, that, own);
    if (own.starts_with('[')) table = own + " ";
  }
}

}  // namespace bellshard
