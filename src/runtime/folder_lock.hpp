#pragma once
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace bellshard {

/// Who holds a folder, as its lock says: a line each, and a count that rises while the holder lives.
struct LockHolder {
  std::string host;
  std::string machine;             ///< boot and process name space: two holders of the same one see each other's processes
  std::int64_t process = 0;
  std::int64_t process_start = 0;  ///< [clock ticks since boot]: a process number may be given out again
  std::string slurm_job;           ///< "12", "12_3", or ""
  std::int64_t slurm_restarts = 0;
  std::string since;               ///< ISO 8601 UTC
  std::int64_t beat = 0;

  static LockHolder self();
  std::string text() const;
  static LockHolder parse(std::string const& text);  ///< what is missing stays as above
  std::string words() const;                         ///< for messages: "process 12 on node1 (Slurm job 3) since ..."
};

struct LockTimes {
  std::chrono::milliseconds beat{10'000};   ///< between two counts of a holder
  std::chrono::milliseconds watch{45'000};  ///< without a count: the holder of another machine is gone
  std::chrono::milliseconds leave{5'000};   ///< that a process of this machine is given to end: what was just killed is there for a moment
};

/// Keeps other runs out of a folder of results: FOLDER/.bellshard.lock, made here and removed at the end. One process of a run holds it. Exit 6 while another
/// run does. The lock of a run that is gone is taken over: its process is not there any more; it was an earlier life of this Slurm job; or it lay on
/// another machine and did not count on while it was watched. Where a lock is lost (its holder slept too long), the process ends at once with exit code 6.
class FolderLock {
 public:
  using Say = std::function<void(std::string const&)>;
  explicit FolderLock(std::filesystem::path const& folder, Say const& say = {}, LockTimes times = {});
  ~FolderLock();
  FolderLock(FolderLock const&) = delete;
  FolderLock& operator=(FolderLock const&) = delete;

 private:
  bool create();
  void take_over(std::string const& judged);
  void keep_beating();
  bool still_own() const;

  std::filesystem::path path_;
  LockTimes times_;
  LockHolder self_;
  std::mutex mutex_;
  std::condition_variable ends_;
  bool ended_ = false;
  std::thread beating_;
};

}  // namespace bellshard
