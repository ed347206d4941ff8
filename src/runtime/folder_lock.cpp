#include "src/runtime/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include "src/base/error.hpp"

namespace bellshard {
namespace {

std::string read_text(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// When a process of this machine began [clock ticks since boot]; nothing where there is none, or where it is dead and nobody has asked for its exit code yet.
std::optional<std::int64_t> start_of(std::int64_t process) {
  auto const stat = read_text(fmt::format("/proc/{}/stat", process));
  auto const name_end = stat.rfind(')');  // the name may hold blanks and brackets
  if (name_end == std::string::npos) return {};
  std::istringstream fields(stat.substr(name_end + 1));
  std::string state, field;
  fields >> state;
  if (state == "Z" || state == "X") return {};
  constexpr int start_time = 19;  // fields behind the state, proc(5)
  for (int f = 0; f < start_time; ++f) fields >> field;
  return std::atoll(field.c_str());
}

std::string environment(char const* name) {
  auto const* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// Everything that is not of the count.
std::string name_of(std::string const& text) { return text.substr(0, text.find("beat ")); }

bool write_new(std::filesystem::path const& path, std::string const& text) {
  int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return false;
  bool const written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  int const reason = errno;
  ::close(file);
  if (!written) ::unlink(path.c_str());
  errno = reason;
  return written;
}

}  // namespace

LockHolder LockHolder::self() {
  LockHolder holder;
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  holder.host = host.data();
  std::error_code none;
  auto boot = read_text("/proc/sys/kernel/random/boot_id");
  while (!boot.empty() && boot.back() == '\n') boot.pop_back();
  holder.machine = boot + "/" + std::filesystem::read_symlink("/proc/self/ns/pid", none).string();
  holder.process = ::getpid();
  holder.process_start = start_of(holder.process).value_or(0);
  holder.slurm_job = environment("SLURM_JOB_ID");
  if (auto const array = environment("SLURM_ARRAY_JOB_ID"); !array.empty()) holder.slurm_job = array + "_" + environment("SLURM_ARRAY_TASK_ID");
  holder.slurm_restarts = std::atoll(environment("SLURM_RESTART_COUNT").c_str());
  holder.since = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  return holder;
}

std::string LockHolder::text() const {
  auto const slurm = slurm_job.empty() ? "" : fmt::format("slurm_job {}\nslurm_restarts {}\n", slurm_job, slurm_restarts);
  return fmt::format("host {}\nmachine {}\nprocess {}\nprocess_start {}\n{}since {}\nbeat {:012}\n", host, machine, process, process_start, slurm, since, beat);
}

LockHolder LockHolder::parse(std::string const& text) {
  LockHolder holder;
  std::istringstream lines(text);
  for (std::string key, value; lines >> key >> value;) {
    auto const number = std::atoll(value.c_str());
    if (key == "host") holder.host = value;
    if (key == "machine") holder.machine = value;
    if (key == "process") holder.process = number;
    if (key == "process_start") holder.process_start = number;
    if (key == "slurm_job") holder.slurm_job = value;
    if (key == "slurm_restarts") holder.slurm_restarts = number;
    if (key == "since") holder.since = value;
    if (key == "beat") holder.beat = number;
  }
  return holder;
}

std::string LockHolder::words() const {
  return fmt::format("process {} on {}{} since {}", process, host, slurm_job.empty() ? "" : fmt::format(" (Slurm job {})", slurm_job), since);
}

FolderLock::FolderLock(std::filesystem::path const& folder, Say const& say, LockTimes times)
    : path_(folder / ".bellshard.lock"), times_(times), self_(LockHolder::self()) {
  while (!create()) {
    auto const text = read_text(path_);
    if (text.empty() && !std::filesystem::exists(path_)) continue;  // it has just gone
    auto const holder = LockHolder::parse(text);
    auto const tell = [&](std::string const& why) {
      if (say) say(fmt::format("{}: {}; {}", path_.string(), holder.words(), why));
    };
    auto const refuse = [&] {
      fail(ExitCode::cannot_write, "{}: another run writes here, {}; wait until it ends or choose another folder with -o", folder.string(), holder.words());
    };
    if (!holder.slurm_job.empty() && holder.slurm_job == self_.slurm_job && holder.slurm_restarts < self_.slurm_restarts) {
      tell("taken over from an earlier life of this job");
    } else if (holder.machine == self_.machine) {
      auto const lives = [&] { return start_of(holder.process) == holder.process_start && std::filesystem::exists(path_); };
      auto const patience = std::chrono::steady_clock::now() + times_.leave;
      while (lives() && std::chrono::steady_clock::now() < patience) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (lives()) refuse();
      if (!std::filesystem::exists(path_)) continue;  // it ended well meanwhile
      tell("taken over: that process has ended");
    } else {
      tell(fmt::format("watched for {} s, whether that run still lives", times_.watch.count() / 1000));
      std::this_thread::sleep_for(times_.watch);
      if (auto const later = read_text(path_); later != text) {
        if (later.empty() || name_of(later) != name_of(text)) continue;  // it has gone, or another one came
        refuse();
      }
      tell("taken over: nothing was heard of it");
    }
    take_over(text);
  }
  beating_ = std::thread([this] { keep_beating(); });
}

FolderLock::~FolderLock() {
  {
    std::lock_guard const guard(mutex_);
    ended_ = true;
  }
  ends_.notify_one();
  beating_.join();
  if (still_own()) ::unlink(path_.c_str());
}

/// False where there is a lock. A link is made whole or not at all, also where several hosts try.
bool FolderLock::create() {
  auto const own = path_.string() + fmt::format(".{}.{}", self_.host, self_.process);
  ::unlink(own.c_str());
  bool made = write_new(own, self_.text());
  if (made) {
    made = ::link(own.c_str(), path_.c_str()) == 0;
    int const reason = errno;
    ::unlink(own.c_str());
    errno = reason;
    if (!made && (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS)) made = write_new(path_, self_.text());  // a file system without links
  }
  if (made || errno == EEXIST) return made;
  fail(ExitCode::cannot_write, "{}: cannot be written: {}; make room there or name another folder with -o", path_.string(), std::strerror(errno));
}

/// Removes a lock, if it still is the one that was judged: two may have judged it, and the faster one's new lock lie there.
void FolderLock::take_over(std::string const& judged) {
  auto const aside = path_.string() + fmt::format(".{}.{}.stale", self_.host, self_.process);
  if (std::rename(path_.c_str(), aside.c_str()) != 0) return;  // it has gone by itself
  if (name_of(read_text(aside)) != name_of(judged)) (void)!::link(aside.c_str(), path_.c_str());
  ::unlink(aside.c_str());
}

bool FolderLock::still_own() const { return name_of(read_text(path_)) == name_of(self_.text()); }

void FolderLock::keep_beating() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);  // signals are the main thread's
  std::unique_lock guard(mutex_);
  while (!ends_.wait_for(guard, times_.beat, [this] { return ended_; })) {
    ++self_.beat;
    auto const text = read_text(path_);
    if (!text.empty() && name_of(text) != name_of(self_.text())) {
      fmt::print(stderr, "bellshard: {}: lost to {}, which took this run for ended; it goes on there\n", path_.string(), LockHolder::parse(text).words());
      std::_Exit(static_cast<int>(ExitCode::cannot_write));
    }
    int const file = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0) continue;  // a file system that is away for a while; or the folder has gone, which writing will find
    auto const count = fmt::format("{:012}\n", self_.beat);
    (void)!::pwrite(file, count.data(), count.size(), static_cast<off_t>(self_.text().size() - count.size()));
    ::close(file);
  }
}

}  // namespace bellshard
