#include "src/app/job_setup.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "src/config/job_file.hpp"
#include "src/config/nearest.hpp"

namespace bellshard {
namespace {

std::string read_text(std::filesystem::path const& path, std::string const& job) {
  if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path)) {
    fail(ExitCode::bad_job_file, "{}: cannot be read: {}; `bellshard init {} > job.toml` writes a job file", path.string(),
         in ? "it is a folder" : std::strerror(errno), job);
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The text of rank 0 on every rank.
void broadcast(std::string& text, MPI_Comm comm) {
  auto size = static_cast<std::int64_t>(text.size());
  BELLSHARD_MPI(MPI_Bcast(&size, 1, MPI_INT64_T, 0, comm));
  text.resize(static_cast<std::size_t>(size));
  BELLSHARD_MPI(MPI_Bcast(text.data(), static_cast<int>(size), MPI_CHAR, 0, comm));
}

}  // namespace

JobEntry const& find_job(std::string const& name) {
  auto const& registry = job_registry();
  auto const entry = registry.find(name);
  if (entry == registry.end()) {
    std::vector<std::string> names;
    for (auto const& [known, unused] : registry) names.push_back(known);
    auto const meant = nearest(name, names);
    fail(ExitCode::bad_command_line, "there is no job {};{} `bellshard list` shows all jobs", name,
         meant ? fmt::format(" did you mean {}?", *meant) : "");
  }
  return entry->second;
}

DeclaredJob declare_job(std::string const& name) {
  DeclaredJob declared{find_job(name).make(), {}};
  declared.job->declare(declared.keys);
  return declared;
}

DeclaredJob configure_job(CommandLine const& line, MPI_Comm comm, RunOptions& options) {
  auto declared = declare_job(line.job);
  int rank = 0;
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank));

  JobFile file{"", line.job_file == "-" ? "stdin" : line.job_file, line.overrides};
  together(comm, [&] {
    if (rank == 0 && !line.job_file.empty()) file.text = read_text(line.job_file, line.job);
  });
  broadcast(file.text, comm);
  // Input files are looked up by every rank: a disk may be missing on one node.
  together(comm, [&] {
    apply(file, declared.keys);
    declared.job->check_keys(declared.keys);
  });
  options.job_file_text = canonical_text(declared.keys);
  return declared;
}

}  // namespace bellshard
