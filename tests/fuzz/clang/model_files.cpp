// Files of whole models in the formats of others.
#include <archive.h>
#include <archive_entry.h>

#include "io/import/drn.hpp"
#include "io/import/npy.hpp"
#include "io/import/npz.hpp"
#include "io/import/petsc.hpp"
#include "io/import/prism_explicit.hpp"
#include "io/import/umb.hpp"
#include "io/mdp/check.hpp"
#include "io/umb/archive.hpp"
#include "tests/fuzz/clang/readers.hpp"
#include "tests/fuzz/clang/scratch.hpp"

namespace bellshard::fuzz {
namespace {

/// A model that a reader has taken is one that the engine may index without looking again.
void expect_whole(io::ExplicitMdp const& mdp) {
  try {
    io::check(mdp, "taken");
  } catch (Error const& error) {
    report(std::string("a model was taken that the check refuses: ") + error.what());
  }
}

/// An archive without compression, so that the input's bytes are the entries' and no checksum of the container is in their way.
void pack(std::filesystem::path const& path, std::map<std::string, std::string> const& entries, int (*set_format)(archive*)) {
  auto* const out = archive_write_new();
  set_format(out);
  archive_write_open_filename(out, path.c_str());
  for (auto const& [name, bytes] : entries) {
    if (name.empty() || name.size() > 100 || name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") != name.npos) continue;
    auto* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(out, entry);
    archive_write_data(out, bytes.data(), bytes.size());
    archive_entry_free(entry);
  }
  archive_write_free(out);
}

int stored_zip(archive* out) {
  archive_write_set_format_zip(out);
  return archive_write_zip_set_compression_store(out);
}

}  // namespace

void read_drn_file(std::string_view bytes) {
  Scratch const scratch;
  expect_whole(io::read_drn(scratch.write("m.drn", bytes)));
}

/// Parts tra, lab, sta, srew, trew.
void read_prism_files(std::string_view bytes) {
  Scratch const scratch;
  for (auto const& [name, content] : parts_of_input(bytes)) {
    for (auto const* known : {"tra", "lab", "sta", "srew", "trew", "1.srew"}) {
      if (name == known) scratch.write(std::string("m") + (name[0] == '1' ? "" : ".") + name, content);
    }
  }
  expect_whole(io::read_prism(scratch.path("m.tra")));
}

void read_npy_array(std::string_view bytes) {
  auto const array = io::parse_npy(std::as_bytes(std::span(bytes)), "a.npy");
  std::int64_t elements = 1;
  for (auto const extent : array.shape) elements *= extent;
  if (static_cast<std::int64_t>(array.value.size()) != elements) report("the array does not have the elements of its shape");
}

/// Parts P.npy, R.npy, P0_data.npy, ...
void read_npz_arrays(std::string_view bytes) {
  Scratch const scratch;
  pack(scratch.path("m.npz"), parts_of_input(bytes), stored_zip);
  expect_whole(io::read_npz(scratch.path("m.npz")));
}

/// Parts P and g.
void read_petsc_files(std::string_view bytes) {
  Scratch const scratch;
  auto parts = parts_of_input(bytes);
  scratch.write("g.bin", parts["g"]);
  expect_whole(io::read_petsc(scratch.write("P.bin", parts["P"])));
}

/// Parts index.json, state-to-choices.bin, ...
void read_umb_entries(std::string_view bytes) {
  Scratch const scratch;
  pack(scratch.path("m.umb"), parts_of_input(bytes), archive_write_set_format_pax_restricted);
  expect_whole(io::read_umb(scratch.path("m.umb")));
}

void read_tar_file(std::string_view bytes) {
  Scratch const scratch;
  io::read_archive(scratch.write("m.umb", bytes));
}

void read_zip_file(std::string_view bytes) {
  Scratch const scratch;
  io::read_archive(scratch.write("m.npz", bytes), io::ArchiveKind::zip);
}

}  // namespace bellshard::fuzz
