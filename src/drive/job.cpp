#include "src/drive/job.hpp"

namespace bellshard {

std::map<std::string, JobEntry>& job_registry() {
  // Inside a function: registrations of other files run before main in no fixed order.
  static std::map<std::string, JobEntry> registry;
  return registry;
}

JobRegistration::JobRegistration(std::string name, std::string summary, std::function<std::unique_ptr<Job>()> make) {
  auto const entry = JobEntry{name, std::move(summary), std::move(make)};
  if (!job_registry().emplace(name, entry).second) fail(ExitCode::bug, "two jobs register the name {}", name);
}

}  // namespace bellshard
