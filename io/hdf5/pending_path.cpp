#include "io/hdf5/pending_path.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

class Descriptor {
 public:
  Descriptor(std::filesystem::path const& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor const&) = delete;
  Descriptor& operator=(Descriptor const&) = delete;
  bool good() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  bool close() { return fd_ < 0 || ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

std::filesystem::path folder_of(std::filesystem::path const& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

PendingPath::PendingPath(std::filesystem::path path) : path_(std::move(path)), growing_(path_.string() + ".tmp") {}

std::string PendingPath::message(std::string const& reason) const {
  return fmt::format("{} cannot be written: {}; make room there or name another folder (what stood at that path before is untouched)",
                     path_.string(), reason);
}

void PendingPath::fail_with(int error_number) const { fail(ExitCode::cannot_write, "{}", message(std::strerror(error_number))); }

void PendingPath::create() const {
  std::error_code code;
  std::filesystem::create_directories(folder_of(path_), code);
  if (code) fail_with(code.value());
  if (std::filesystem::is_directory(path_, code)) fail_with(EISDIR);
  Descriptor file(growing_, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.good() || !file.close()) fail_with(errno);
}

void PendingPath::reserve(std::int64_t bytes) const {
  rlimit limit{};  // fallocate below does not look at it
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && static_cast<rlim_t>(bytes) > limit.rlim_cur) fail_with(EFBIG);
#ifdef __linux__
  Descriptor const file(growing_, O_WRONLY);
  if (!file.good()) fail_with(errno);
  int result = 0;
  do {
    result = ::fallocate(file.fd(), FALLOC_FL_KEEP_SIZE, 0, bytes);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return;
  bool const unknown = errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL;  // NFS, older Lustre and others
  if (!unknown) fail_with(errno);
#endif
  std::error_code code;
  auto const space = std::filesystem::space(folder_of(path_), code);
  auto const present = std::filesystem::file_size(growing_, code);
  if (!code && present + space.available < static_cast<std::uintmax_t>(bytes)) fail_with(ENOSPC);
}

void PendingPath::trim() const {
  std::error_code ignored;
  auto const bytes = std::filesystem::file_size(growing_, ignored);
  if (!ignored) std::filesystem::resize_file(growing_, bytes, ignored);
}

void PendingPath::sync() const {
  Descriptor file(growing_, O_RDWR);
  if (!file.good() || ::fsync(file.fd()) != 0 || !file.close()) fail_with(errno);
}

void PendingPath::take_name() const {
  if (std::rename(growing_.c_str(), path_.c_str()) != 0) fail_with(errno);
}

void PendingPath::sync_folder() const {
  Descriptor const folder(folder_of(path_), O_RDONLY | O_DIRECTORY);
  bool const synced = folder.good() && (::fsync(folder.fd()) == 0 || errno == EINVAL);  // EINVAL: it knows no such thing
  if (!synced) fail_with(errno);
}

void PendingPath::publish() const {
  take_name();
  sync_folder();
}

void PendingPath::discard() const {
  std::error_code ignored;
  std::filesystem::remove(growing_, ignored);
}

void PendingPath::empty() const {
  std::error_code ignored;
  std::filesystem::resize_file(growing_, 0, ignored);
}

std::string PendingPath::obstacle(std::string const& library_text) const {
  std::array<char, 1 << 12> const zeros{};
  Descriptor file(growing_, O_WRONLY | O_CREAT | O_APPEND);
  bool fine = file.good();
  for (int page = 0; fine && page < 16; ++page) fine = ::write(file.fd(), zeros.data(), zeros.size()) > 0;
  fine = fine && ::fsync(file.fd()) == 0 && file.close();
  return fine ? library_text : std::strerror(errno);
}

void try_to_create(std::filesystem::path const& path) {
  PendingPath const pending(path);
  pending.create();
  pending.discard();
}

}  // namespace bellshard::io
