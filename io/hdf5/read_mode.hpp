#pragma once
#include <string>
#include <string_view>

namespace bellshard::io {

/// Open MPI 4.1.0 to 4.1.4 with read data sieving returns wrong values from collective reads at 3 and more ranks, without
/// an error (open-mpi issue 10546). `setting` is the environment variable OMPI_MCA_fbtl_posix_read_datasieving, or null.
bool collective_reads_trusted(std::string_view mpi_library_version, char const* setting);

/// The same of the running library.
bool collective_reads_trusted();

/// Empty where files are read collectively; else why they are not and what to do. For the log, once.
std::string read_mode_note();

}  // namespace bellshard::io
