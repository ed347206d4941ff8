#pragma once
#include <mpi.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>

namespace bellshard::test {

/// An empty folder that all ranks share; it goes when the test ends. Collective.
class ScratchFolder {
 public:
  ScratchFolder() {
    char name[64] = {0};
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    if (rank_ == 0) {
      std::strcpy(name, "bellshard_test_XXXXXX");
      auto text = (std::filesystem::temp_directory_path() / name).string();
      path_ = mkdtemp(text.data());
      std::strcpy(name, path_.filename().c_str());
    }
    MPI_Bcast(name, sizeof name, MPI_CHAR, 0, MPI_COMM_WORLD);
    path_ = std::filesystem::temp_directory_path() / name;
  }
  ~ScratchFolder() {
    MPI_Barrier(MPI_COMM_WORLD);
    std::error_code ignored;
    if (rank_ == 0) std::filesystem::remove_all(path_, ignored);
    MPI_Barrier(MPI_COMM_WORLD);
  }
  std::filesystem::path operator/(std::string const& name) const { return path_ / name; }
  std::filesystem::path const& path() const { return path_; }

 private:
  int rank_ = 0;
  std::filesystem::path path_;
};

}  // namespace bellshard::test
