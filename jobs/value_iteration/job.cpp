#include "src/drive/job.hpp"

#include "jobs/value_iteration/runs.hpp"
#include "src/config/job_file.hpp"

namespace bellshard::value_iteration {
namespace {

class ValueIterationJob : public Job {
 public:
  void declare(Keys& keys) override { value_iteration::declare(keys, config_); }
  void check_keys(Keys const& keys) override { check(keys, config_); }
  Estimate estimate(Context& context) override {
    return on_raster(config_) ? estimate_raster(context, config_) : estimate_model(context, config_);
  }
  ExitCode run(Context& context, Keys const& keys) override {
    return on_raster(config_) ? run_raster(context, keys, config_) : run_model(context, keys, config_);
  }

 private:
  Config config_;
};

BELLSHARD_JOB(value_iteration, ValueIterationJob, "optimal values and policy of a Markov decision process, with a proven enclosure; sharded");

}  // namespace

std::string problem_text(Keys const& keys, std::string const& criterion_table, std::string const& method, io::RunRecord const& record) {
  std::string text = canonical_text(keys, {"model", criterion_table});
  text += "# method: " + method + "\n";
  for (auto const& [path, sha256] : record.inputs) text += "# " + path + ": SHA-256 " + sha256 + "\n";
  return text;
}

}  // namespace bellshard::value_iteration
