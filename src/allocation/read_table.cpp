#include <cmath>
#include <limits>
#include <set>

#include "io/hdf5/input_file.hpp"
#include "io/text/json_line.hpp"
#include "src/allocation/table.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::allocation {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void check(Layer const& layer) {
  auto const where = layer.place + ": layer " + layer.name;
  BELLSHARD_INPUT(!layer.cost.empty(), "{} has no choices; a layer needs at least one cost and its loss", where);
  BELLSHARD_INPUT(layer.cost.size() == layer.loss.size(), "{} has {} costs and {} losses; each choice has one of both", where, layer.cost.size(), layer.loss.size());
  for (std::size_t k = 0; k < layer.cost.size(); ++k) {
    BELLSHARD_INPUT(layer.cost[k] >= 0 && layer.cost[k] <= most_cost, "{}: the cost of choice {} is {} (must lie in [0, {}])", where, k, layer.cost[k], most_cost);
    BELLSHARD_INPUT(!std::isnan(layer.loss[k]),
                    "{}: the loss of choice {} is NaN; measure it again, or forbid the choice with an infinite loss (null in JSONL)", where, k);
  }
  BELLSHARD_INPUT(layer.least >= 0 && layer.least < static_cast<std::int64_t>(layer.cost.size()), "{}: least = {} is no number of a choice (0 to {})", where, layer.least,
                  layer.cost.size() - 1);
}

Layer read_layer(io::JsonLine const& json, std::string const& place) {
  Layer layer;
  layer.place = place;
  auto const name = json.word("layer");
  BELLSHARD_INPUT(name && !name->empty(), "{}: the field \"layer\" is absent; it holds the layer's name", layer.place);
  layer.name = *name;
  auto const cost = json.wholes("cost");
  BELLSHARD_INPUT(cost.has_value(), "{}: layer {} has no field \"cost\" with a list of whole numbers", layer.place, layer.name);
  auto const loss = json.numbers("loss", infinity);
  BELLSHARD_INPUT(loss.has_value(), "{}: layer {} has no field \"loss\" with a list of numbers (null: forbidden)", layer.place, layer.name);
  layer.cost = *cost;
  layer.loss = *loss;
  if (json.has("least")) {
    auto const least = json.number("least");
    BELLSHARD_INPUT(least && std::floor(*least) == *least && std::abs(*least) < 1e9,
                    "{}: layer {}: \"least\" is no whole number; it is the lowest choice that is allowed", layer.place, layer.name);
    layer.least = static_cast<std::int64_t>(*least);
  }
  return layer;
}

/// Names of the layers; without a dataset of them, their numbers.
std::vector<std::string> names_in(io::InputFile const& file, std::size_t layers) {
  std::vector<std::string> names;
  if (!file.has("layer_name")) {
    for (std::size_t l = 0; l < layers; ++l) names.push_back(std::to_string(l));
    return names;
  }
  auto const text = file.read_text("layer_name");
  for (std::size_t at = 0; at <= text.size();) {
    auto const end = std::min(text.find('\n', at), text.size());
    names.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  BELLSHARD_INPUT(names.size() == layers, "{}: layer_name has {} names for {} layers", file.path().string(), names.size(), layers);
  return names;
}

Table read_hdf5(MPI_Comm comm, std::filesystem::path const& path) {
  io::InputFile const file(comm, path);
  auto const offset = file.read_all<std::int64_t>("choice_offset");
  auto const cost = file.read_all<std::int64_t>("cost");
  auto const loss = file.read_all<double>("loss");
  BELLSHARD_INPUT(!offset.empty() && offset.front() == 0 && offset.back() == static_cast<std::int64_t>(cost.size()) && cost.size() == loss.size(),
                  "{}: choice_offset must run from 0 to the length of cost and of loss ({} and {})", path.string(), cost.size(), loss.size());
  auto const layers = offset.size() - 1;
  auto const names = names_in(file, layers);
  std::vector<std::int64_t> least(layers, 0);
  if (file.has("least")) least = file.read_all<std::int64_t>("least");
  BELLSHARD_INPUT(least.size() == layers, "{}: least has {} numbers for {} layers", path.string(), least.size(), layers);
  Table table(layers);
  for (std::size_t l = 0; l < layers; ++l) {
    BELLSHARD_INPUT(offset[l] <= offset[l + 1], "{}: choice_offset falls at {}", path.string(), l + 1);
    table[l] = {names[l], {cost.begin() + offset[l], cost.begin() + offset[l + 1]}, {loss.begin() + offset[l], loss.begin() + offset[l + 1]}, least[l], path.string()};
  }
  return table;
}

}  // namespace

Table read_table(MPI_Comm comm, std::filesystem::path const& path) {
  Table table;
  if (path.extension() == ".h5" || path.extension() == ".hdf5") {
    table = read_hdf5(comm, path);
  } else {
    together(comm, [&] { io::for_each_record(path, [&](io::JsonLine const& record, std::string const& place) { table.push_back(read_layer(record, place)); }); });
  }
  BELLSHARD_INPUT(!table.empty(),
                  "{}: there is no layer in it; write one a line, as in {{\"layer\": \"conv1\", \"cost\": [432, 0], \"loss\": [0.0, 0.3]}}", path.string());
  std::set<std::string> names;
  for (auto const& layer : table) {
    check(layer);
    BELLSHARD_INPUT(names.insert(layer.name).second, "{}: a second layer of the name {}; give each its own", layer.place, layer.name);
  }
  return table;
}

}  // namespace bellshard::allocation
