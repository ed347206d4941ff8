#include "io/hdf5/read_mode.hpp"

#include <mpi.h>

#include <cstdlib>

namespace bellshard::io {
namespace {

constexpr char const* sieving = "OMPI_MCA_fbtl_posix_read_datasieving";

}  // namespace

bool collective_reads_trusted(std::string_view mpi_library_version, char const* setting) {
  constexpr std::string_view family = "Open MPI v4.1.";
  if (!mpi_library_version.starts_with(family)) return true;
  auto const release = mpi_library_version.substr(family.size());
  bool const one_digit = release.size() < 2 || release[1] < '0' || release[1] > '9';
  bool const broken = !release.empty() && release[0] >= '0' && release[0] <= '4' && one_digit;
  return !broken || (setting != nullptr && std::string_view(setting) == "0");
}

bool collective_reads_trusted() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = {0};
  int length = 0;
  MPI_Get_library_version(text, &length);
  return collective_reads_trusted(text, std::getenv(sieving));
}

std::string read_mode_note() {
  if (collective_reads_trusted()) return {};
  return std::string("this Open MPI can return wrong values from collective reads, so files are read independently, which is slower, "
                     "and nothing is deflated; set ") + sieving + "=0 before the start, or use Open MPI 4.1.5 or later";
}

}  // namespace bellshard::io
