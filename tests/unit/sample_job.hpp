#pragma once
#include <functional>
#include <string>

#include "src/base/error.hpp"
#include "src/config/job_file.hpp"

/// A job's keys of every type, as a job would declare them.
struct SampleJob {
  enum class Method { jacobi, gauss_seidel };

  std::filesystem::path file;
  double drift = 0.1;
  std::vector<std::array<std::int64_t, 2>> target;
  std::vector<std::array<double, 2>> target_lat_lon;
  std::vector<double> weights = {0.5, 0.25};
  std::vector<std::string> labels = {"init"};
  double discount = 0.9;
  double tolerance = 1e-6;
  std::int64_t max_sweeps = 100;
  Method method = Method::gauss_seidel;
  bool ordered = true;
  double patience = 60;
  std::vector<std::int64_t> seeds;
  std::string title;

  bellshard::Keys keys;

  SampleJob() {
    using bellshard::Border;
    double const infinity = std::numeric_limits<double>::infinity();
    keys.table("model", "what is solved");
    keys.file("model.file", file, "grid of free cells").required().example("\"land.nc\"");
    keys.real("model.drift", drift, "probability of sliding").range(0, 0.5, Border::closed, Border::open);
    keys.pairs("model.target", target, "cells [row, column]").range(0, infinity);
    keys.pairs("model.target_lat_lon", target_lat_lon, "places [lat, lon]").unit("degree");
    keys.reals("model.weights", weights, "a list").range(0, 1);
    keys.texts("model.labels", labels, "labels of states");
    keys.table("solver", "how it is solved");
    keys.real("solver.discount", discount, "weight of the next stage")
        .range(0, 1, Border::open, Border::open, "for an undiscounted problem set criterion = \"total_reward\"");
    keys.real("solver.tolerance", tolerance, "largest gap").range(0, infinity, Border::open);
    keys.integer("solver.max_sweeps", max_sweeps, "limit of sweeps").unit("count").range(1, 1e9);
    keys.choice<Method>("solver.method", method, {{"jacobi", Method::jacobi}, {"gauss_seidel", Method::gauss_seidel}}, "kind of sweep");
    keys.flag("solver.ordered", ordered, "visit states by distance");
    keys.real("solver.patience", patience, "time without progress").unit("s").range(0, infinity).or_infinity();
    keys.integers("solver.seeds", seeds, "seeds of the random numbers");
    keys.table("output", "what is written");
    keys.text("output.title", title, "title of the result");
  }

  void apply(std::string const& text, std::vector<std::string> overrides = {}) {
    bellshard::apply({text, "job.toml", std::move(overrides)}, keys);
  }
};

/// The message of the Error that a call throws, behind its exit code: "3 job.toml:1:1: ...".
inline std::string refusal(std::function<void()> const& call) {
  try {
    call();
  } catch (bellshard::Error const& error) {
    return fmt::format("{} {}", static_cast<int>(error.code()), error.what());
  }
  return "no error";
}
