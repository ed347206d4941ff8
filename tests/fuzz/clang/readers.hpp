#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace bellshard::fuzz {

/// A reader of bytes from outside. It may take them, or refuse them with exit 3 or 4; whatever else it does is a finding.
struct Reader {
  char const* name;  ///< of the folder tests/fuzz/corpus/NAME, too
  void (*read)(std::string_view bytes);
  bool needs_mpi = false;
};

/// All of them, one row each.
std::vector<Reader> const& readers();

void read_job_file(std::string_view bytes);
void read_octile_map(std::string_view bytes);
void read_drawing(std::string_view bytes);
void read_drn_file(std::string_view bytes);
void read_prism_files(std::string_view bytes);
void read_npy_array(std::string_view bytes);
void read_npz_arrays(std::string_view bytes);
void read_petsc_files(std::string_view bytes);
void read_umb_entries(std::string_view bytes);
void read_tar_file(std::string_view bytes);
void read_zip_file(std::string_view bytes);
void read_json_line(std::string_view bytes);
void read_documents(std::string_view bytes);
void read_layer_table(std::string_view bytes);
void read_word_vectors(std::string_view bytes);
void read_piece_model(std::string_view bytes);
void read_hdf5_model(std::string_view bytes);
void read_hdf5_checkpoint(std::string_view bytes);
void read_hdf5_mask(std::string_view bytes);
void read_hdf5_layers(std::string_view bytes);
void read_hdf5_any(std::string_view bytes);

/// A finding that is no crash: an answer that contradicts another.
[[noreturn]] void report(std::string const& what);

}  // namespace bellshard::fuzz
