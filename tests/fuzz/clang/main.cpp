// libFuzzer's program: fuzz_readers --reader=NAME [libFuzzer's own options] FOLDER...
#include <mpi.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "src/base/error.hpp"
#include "src/base/version.hpp"
#include "tests/fuzz/clang/readers.hpp"

namespace bellshard::fuzz {
namespace {

Reader const* chosen = nullptr;
bool leaks_of_others = false;

[[noreturn]] void usage() {
  std::fputs("fuzz_readers --reader=NAME [options of libFuzzer] FOLDER...; NAME is one of:\n", stderr);
  for (auto const& reader : readers()) std::fprintf(stderr, "  %s\n", reader.name);
  std::exit(2);
}

}  // namespace

std::vector<Reader> const& readers() {
  static std::vector<Reader> const all = {
      {"job_file", read_job_file},
      {"octile_map", read_octile_map},
      {"drawing", read_drawing},
      {"drn", read_drn_file},
      {"prism", read_prism_files},
      {"npy", read_npy_array},
      {"npz", read_npz_arrays},
      {"petsc", read_petsc_files},
      {"umb", read_umb_entries},
      {"tar", read_tar_file},
      {"zip", read_zip_file},
      {"json_line", read_json_line},
      {"documents", read_documents},
      {"layer_table", read_layer_table, true},
      {"word_vectors", read_word_vectors},
      {"piece_model", read_piece_model},
      {"hdf5_model", read_hdf5_model, true},
      {"hdf5_checkpoint", read_hdf5_checkpoint, true},
      {"hdf5_mask", read_hdf5_mask, true},
      {"hdf5_layers", read_hdf5_layers, true},
      {"hdf5_any", read_hdf5_any, true},
  };
  return all;
}

void report(std::string const& what) {
  std::fprintf(stderr, "FINDING: %s\n", what.c_str());
  std::abort();
}

}  // namespace bellshard::fuzz

std::string bellshard::program() { return "fuzz_readers"; }  // CMake makes the real one

/// Open MPI and HDF5 keep what they once made; hdf5_files.cpp counts HDF5's objects instead.
extern "C" int __lsan_is_turned_off() { return bellshard::fuzz::leaks_of_others ? 1 : 0; }

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  using namespace bellshard::fuzz;
  for (int i = 1; i < *argc; ++i) {
    constexpr char const* option = "--reader=";
    if (std::strncmp((*argv)[i], option, std::strlen(option)) != 0) continue;
    for (auto const& reader : readers()) {
      if (std::strcmp(reader.name, (*argv)[i] + std::strlen(option)) == 0) chosen = &reader;
    }
  }
  if (chosen == nullptr) usage();
  leaks_of_others = chosen->needs_mpi;
  if (!chosen->needs_mpi) return 0;
  // One process alone, as the program asks for it; and a finding is told by the sanitizers, not by Open MPI.
  for (auto const* setting : {"OMPI_MCA_ess_singleton_isolated=1", "OMPI_MCA_pml=ob1", "OMPI_MCA_btl=self", "OMPI_MCA_opal_signal="}) {
    putenv(const_cast<char*>(setting));
  }
  MPI_Init(nullptr, nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace bellshard;
  try {
    fuzz::chosen->read({reinterpret_cast<char const*>(data), size});
  } catch (Error const& error) {
    if (error.code() != ExitCode::bad_input && error.code() != ExitCode::bad_job_file) {
      fuzz::report(fmt::format("exit {}: {}", static_cast<int>(error.code()), error.what()));
    }
  } catch (std::exception const& error) {
    fuzz::report(fmt::format("an exception that is no Error: {}", error.what()));
  }
  return 0;
}
