#pragma once
#include <cmath>
#include <memory>
#include <numeric>
#include <string>

#include "src/mdp/generated_source.hpp"
#include "src/mdp/model_kind.hpp"
#include "src/runtime/context.hpp"
#include "tests/unit/sample_job.hpp"

/// The source of a kind with these lines below [model] in the job file.
inline std::unique_ptr<bellshard::mdp::Source> make_source(std::string const& name, std::string const& model_keys) {
  auto const kind = bellshard::mdp::model_registry().at(name).make();
  bellshard::Keys keys;
  keys.table("model", "what is solved");
  kind->declare(keys);
  bellshard::apply({"[model]\n# " + name + "\n" + model_keys, "job.toml", {}}, keys);
  kind->check_keys(keys);
  bellshard::Context context(MPI_COMM_WORLD, {}, bellshard::Verbosity::quiet);
  return kind->make(context);
}

inline bellshard::mdp::Rows all_rows(bellshard::mdp::Source const& source) {
  return source.rows(MPI_COMM_WORLD, {0, source.states()}, "");
}
