#include "jobs/value_iteration/start.hpp"

#include <cmath>

#include "io/hdf5/input_file.hpp"
#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::value_iteration {
namespace {

constexpr char const* schema = "bellshard.value_iteration";
std::vector<double> read_values(Context& context, std::filesystem::path const& path, std::string const& name, Partition const& states) {
  io::InputFile const file(context.comm(), path);
  auto const own_group = fmt::format("/results/{}", name);
  auto const dataset = !name.empty() && file.has(own_group) && !file.has("/results/value") ? own_group + "/value" : std::string("/results/value");
  auto const told = file.text_attribute("/", "schema").value_or("");
  BELLSHARD_INPUT(told == schema, "{}: its schema is \"{}\" (want \"{}\"); solver.start takes the result of an earlier run of value_iteration",
                  path.string(), told, schema);
  BELLSHARD_INPUT(file.has(dataset), "{}: has no dataset {}; solver.start takes a result with the criteria of this job, not a checkpoint", path.string(), dataset);
  auto const shape = file.shape(dataset);
  BELLSHARD_INPUT(shape.size() == 1, "{}:{}: has {} axes (want one, of states); solver.start takes no result of a raster", path.string(), dataset,
                  shape.size());
  BELLSHARD_INPUT(shape[0] == states.size(), "{}:{}: holds {} states, the model has {}; start from the result of a model with the same states",
                  path.string(), dataset, shape[0], states.size());
  auto const own = states.block(context.rank());
  std::vector<double> values(static_cast<std::size_t>(own.size()));
  file.read(dataset, own, std::span(values));
  return values;
}

}  // namespace

void start_from_result(Context& context, std::filesystem::path const& path, std::string const& name, Partition const& states, mdp::Problem& problem) {
  auto values = read_values(context, path, name, states);
  std::int64_t replaced = 0;
  for (auto& value : values) {
    if (std::isfinite(value)) continue;
    value = 0;
    ++replaced;
  }
  replaced = sum_over_ranks(context.comm(), replaced);
  context.log().info("starts from {}{}", path.string(), replaced > 0 ? fmt::format("; {} values that are not finite count as 0", replaced) : "");
  problem.start_from(values);
}

}  // namespace bellshard::value_iteration
