#include "io/hdf5/run_file.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

#include "io/hdf5/attribute.hpp"
#include "io/hdf5/run_file_impl.hpp"
#include "io/hdf5/together.hpp"
#include "src/base/version.hpp"

namespace bellshard::io {
namespace {

FileHandle create_file(MPI_Comm comm, std::filesystem::path const& path) {
  PropertyHandle const access(BELLSHARD_H5(H5Pcreate(H5P_FILE_ACCESS)));
  BELLSHARD_H5(H5Pset_fapl_mpio(access, comm, MPI_INFO_NULL));
  // The format of HDF5 1.8: headers with checksums, attributes beyond 64 KiB, and every reader in use opens it.
  BELLSHARD_H5(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18));
  PropertyHandle const creation(BELLSHARD_H5(H5Pcreate(H5P_FILE_CREATE)));
  BELLSHARD_H5(H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
  return FileHandle(BELLSHARD_H5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access)));
}

std::string now_utc() {
  auto const now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string hdf5_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace

RunFile::RunFile(MPI_Comm comm, std::filesystem::path path, RunRecord const& record, StreamLimits limits, Checksums checksums)
    : impl_(std::make_unique<Impl>(comm, std::move(path), limits, checksums)) {
  quiet_hdf5();
  impl_->step([&] {
    if (impl_->rank == 0) impl_->place.create();
    impl_->plan(std::size_t{1} << 20);  // groups and short attributes
  });
  impl_->passed("created");
  impl_->step([&] { impl_->file = create_file(comm, impl_->place.growing()); });
  impl_->passed("opened");

  attribute("/", "Conventions", "CF-1.8");
  attribute("/", "title", record.title);
  attribute("/", "source", program());
  attribute("/", "job", record.job);
  attribute("/", "schema", record.schema);
  attribute("/", "schema_version", std::int64_t{record.schema_version});
  attribute("/", "created", now_utc());

  group("/input");
  attribute("/input", "job_file", record.job_file);
  attribute("/input", "command_line", record.command_line);
  auto const inputs = from_root(comm, record.inputs.size());
  for (std::size_t i = 0; i < inputs; ++i) {
    bool const known = i < record.inputs.size();
    auto const name = fmt::format("file_{}", i + 1);
    attribute("/input", name, known ? record.inputs[i].first : "");
    attribute("/input", name + "_sha256", known ? record.inputs[i].second : "");
  }

  group("/provenance");
  attribute("/provenance", "hdf5", hdf5_version());
  auto const entries = from_root(comm, record.provenance.size());
  for (std::size_t i = 0; i < entries; ++i) {
    bool const known = i < record.provenance.size();
    auto const name = from_root(comm, known ? record.provenance[i].first : "");
    auto const* number = known ? std::get_if<std::int64_t>(&record.provenance[i].second) : nullptr;
    auto const* text = known ? std::get_if<std::string>(&record.provenance[i].second) : nullptr;
    if (from_root(comm, number != nullptr)) {
      attribute("/provenance", name, number != nullptr ? *number : 0);
    } else {
      attribute("/provenance", name, text != nullptr ? *text : "");
    }
  }
}

RunFile::~RunFile() = default;

RunFile::Impl::~Impl() {
  if (!committed) abandon();
}

void RunFile::Impl::abandon() {
  if (!meeting.all_come(patience_on_failure)) {
    // This rank failed by itself: the others wait for it elsewhere and will be ended. Closing would wait for them.
    for (auto& scale : scales) scale.dataset.release();
    file.release();
    place.discard();
    return;
  }
  // Closing flushes, and on a full disk a flush that fails on one rank leaves the others waiting: make room first.
  if (rank == 0) place.empty();
  MPI_Barrier(comm);
  scales.clear();
  file = FileHandle();
  if (rank == 0) place.discard();
  MPI_Barrier(comm);
}

void RunFile::commit() {
  impl_->step([&] { BELLSHARD_H5(H5Fflush(impl_->file, H5F_SCOPE_GLOBAL)); });
  impl_->passed("flushed");
  impl_->step([&] {
    impl_->scales.clear();
    BELLSHARD_H5(H5Fclose(impl_->file.release()));
  });
  impl_->passed("closed");
  impl_->step([&] { impl_->place.sync(); });
  impl_->passed("synced");
  impl_->step([&] {
    if (impl_->rank != 0) return;
    impl_->place.trim();
    impl_->place.take_name();
  });
  impl_->passed("renamed");
  impl_->step([&] {
    if (impl_->rank == 0) impl_->place.sync_folder();
  });
  impl_->committed = true;
  impl_->passed("published");
}

std::vector<std::string> const& RunFile::variables() const { return impl_->variables; }
std::vector<WrittenPiece> const& RunFile::pieces() const { return impl_->pieces; }

void RunFile::Impl::step(std::function<void()> const& part) const {
  together(
      comm,
      [this](Hdf5Error const& error) { return Error(ExitCode::cannot_write, place.message(place.obstacle(error.what()))); },
      part);
}

void RunFile::Impl::plan(std::size_t bytes) {
  constexpr std::int64_t headers = 16 << 10;  // of one variable, generously
  planned += static_cast<std::int64_t>(bytes) + headers;
  if (rank == 0) place.reserve(planned);
}

}  // namespace bellshard::io
