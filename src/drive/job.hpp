#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/base/error.hpp"
#include "src/config/keys.hpp"
#include "src/runtime/context.hpp"

namespace bellshard {

/// One line of a memory estimate.
struct MemoryItem {
  std::string what;      ///< "values, two stages"
  double bytes = 0;      ///< on the rank that holds most
};

/// What `check` answers: the size of the problem and the memory of the fullest rank.
struct Estimate {
  std::vector<std::pair<std::string, std::string>> facts;  ///< "states", "4 267 343"
  std::vector<MemoryItem> memory;
  std::vector<std::string> forecast;  ///< lines on the time of a sweep, where RunOptions::forecast_ranks asks for them and the job knows
};

/// One thing that a user can run. declare() is called first; its keys fill the object's own config.
class Job {
 public:
  virtual ~Job() = default;
  virtual void declare(Keys& keys) = 0;
  /// Checks between keys that declare() cannot say; rejects with keys.reject(...).
  virtual void check_keys(Keys const&) {}
  virtual Estimate estimate(Context& context) = 0;  ///< `bellshard check`: reads headers, allocates nothing large
  virtual ExitCode run(Context& context, Keys const& keys) = 0;
};

/// The known jobs by name. A job's .cpp registers itself:  BELLSHARD_JOB(value_iteration, ValueIterationJob, "one line");
struct JobEntry {
  std::string name;
  std::string summary;
  std::function<std::unique_ptr<Job>()> make;
};
std::map<std::string, JobEntry>& job_registry();

struct JobRegistration {
  JobRegistration(std::string name, std::string summary, std::function<std::unique_ptr<Job>()> make);
};

}  // namespace bellshard

#define BELLSHARD_JOB(name, Type, summary) \
  static ::bellshard::JobRegistration const bellshard_job_##name{#name, summary, [] { return std::make_unique<Type>(); }}
