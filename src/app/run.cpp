#include <memory>

#include "src/app/commands.hpp"
#include "src/app/job_setup.hpp"
#include "src/runtime/folder_lock.hpp"

namespace bellshard {
namespace {

void make_folder(std::filesystem::path const& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error || !std::filesystem::is_directory(folder)) {
    fail(ExitCode::cannot_write, "{}: cannot be made a folder for the results: {}; choose another one with -o", folder.string(),
         error ? error.message() : "it is a file");
  }
}

}  // namespace

ExitCode run_job(CommandLine const& line, MPI_Comm comm) {
  auto options = line.options;
  auto const [job, keys] = configure_job(line, comm, options);
  Context context(comm, options, line.verbosity);
  std::unique_ptr<FolderLock> lock;
  together(comm, [&] {
    if (!context.root()) return;
    make_folder(options.output_dir);
    lock = std::make_unique<FolderLock>(options.output_dir, [&](std::string const& text) { context.log().info("{}", text); });
  });
  return job->run(context, keys);
}

}  // namespace bellshard
