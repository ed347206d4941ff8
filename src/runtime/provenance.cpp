#include <cstdlib>
#include <set>

#include "src/base/error.hpp"
#include "src/base/version.hpp"
#include "src/runtime/device.hpp"
#include "src/runtime/kokkos_version.hpp"
#include "src/runtime/session.hpp"

namespace bellshard {
namespace {

/// What the run's numbers or speed may depend on; recorded where set.
constexpr char const* recorded_variables[] = {
    "OMP_NUM_THREADS",  "OMP_PROC_BIND", "OMP_PLACES",         "OMPI_MCA_fbtl_posix_read_datasieving",
    "MPICH_GPU_SUPPORT_ENABLED", "CUDA_VISIBLE_DEVICES", "SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID",
    "SLURM_JOB_NAME",   "SLURM_JOB_PARTITION", "SLURM_JOB_NUM_NODES", "SLURM_NTASKS", "SLURM_CPUS_PER_TASK", "SLURM_CLUSTER_NAME"};

std::string mpi_library() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = {0};
  int length = 0;
  BELLSHARD_MPI(MPI_Get_library_version(text, &length));
  std::string const whole(text, static_cast<std::size_t>(length));
  return whole.substr(0, whole.find_first_of(",\n"));
}

/// Names of the hosts of all ranks, each once.
std::set<std::string> hosts(MPI_Comm comm) {
  int ranks = 1;
  BELLSHARD_MPI(MPI_Comm_size(comm, &ranks));
  char own[MPI_MAX_PROCESSOR_NAME] = {0};
  int length = 0;
  BELLSHARD_MPI(MPI_Get_processor_name(own, &length));
  std::vector<char> all(static_cast<std::size_t>(ranks) * MPI_MAX_PROCESSOR_NAME);
  BELLSHARD_MPI(MPI_Allgather(own, MPI_MAX_PROCESSOR_NAME, MPI_CHAR, all.data(), MPI_MAX_PROCESSOR_NAME, MPI_CHAR, comm));
  std::set<std::string> names;
  for (int rank = 0; rank < ranks; ++rank) names.insert(all.data() + static_cast<std::size_t>(rank) * MPI_MAX_PROCESSOR_NAME);
  return names;
}

std::string text_of_root(MPI_Comm comm, std::string text) {
  auto length = static_cast<int>(text.size());
  BELLSHARD_MPI(MPI_Bcast(&length, 1, MPI_INT, 0, comm));
  text.resize(static_cast<std::size_t>(length));
  BELLSHARD_MPI(MPI_Bcast(text.data(), length, MPI_CHAR, 0, comm));
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::variant<std::string, std::int64_t>>> machine_provenance(MPI_Comm comm) {
  int ranks = 1;
  BELLSHARD_MPI(MPI_Comm_size(comm, &ranks));
  auto const names = hosts(comm);

  std::vector<std::pair<std::string, std::variant<std::string, std::int64_t>>> facts;
  facts.emplace_back("compiler", std::string(compiler()));
  facts.emplace_back("build_type", std::string(build_type()));
  facts.emplace_back("kokkos", fmt::format("{}.{}.{}", KOKKOS_VERSION / 10000, KOKKOS_VERSION / 100 % 100, KOKKOS_VERSION % 100));
  facts.emplace_back("back_end", std::string(Kokkos::DefaultExecutionSpace::name()));
  facts.emplace_back("mpi", mpi_library());
  facts.emplace_back("host", *names.begin());
  facts.emplace_back("hosts", static_cast<std::int64_t>(names.size()));
  facts.emplace_back("ranks", static_cast<std::int64_t>(ranks));
  facts.emplace_back("threads_per_rank", static_cast<std::int64_t>(Kokkos::DefaultHostExecutionSpace().concurrency()));
  facts.emplace_back("devices_per_host", static_cast<std::int64_t>(kokkos::visible_devices()));
  if (!kokkos::host_reaches_device_memory) {
    facts.emplace_back("device_transfer", std::string(device_transfer() == DeviceTransfer::direct ? "direct" : "staged"));
  }
  // What rank 0 saw stands for all, so that every rank writes the same.
  std::string environment;
  for (auto const* name : recorded_variables) {
    char const* value = std::getenv(name);
    if (value != nullptr) environment += fmt::format("{}={}\n", name, value);
  }
  char const* slurm_job = std::getenv("SLURM_JOB_ID");
  auto const job_id = text_of_root(comm, slurm_job != nullptr ? slurm_job : "");
  if (!job_id.empty()) facts.emplace_back("slurm_job_id", job_id);
  facts.emplace_back("environment", text_of_root(comm, environment));
  return facts;
}

}  // namespace bellshard
