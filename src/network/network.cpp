#include "src/network/network.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include "io/hdf5/input_file.hpp"
#include "src/base/error.hpp"

namespace bellshard::network {
namespace {

constexpr double epsilon = 1e-5;  // of the batch norm

class Reader {
 public:
  explicit Reader(io::InputFile const& file) : file_(file) {}

  /// Shape of a tensor, which must have so many axes.
  std::vector<std::int64_t> shape(std::string const& tensor, std::size_t axes) const {
    BELLSHARD_INPUT(file_.has(tensor), "{}: {} is missing; src/network/README.md lists the tensors of a network", path(), tensor);
    auto const found = file_.shape(tensor);
    BELLSHARD_INPUT(found.size() == axes && *std::min_element(found.begin(), found.end()) > 0, "{}: {} has the shape [{}]; it must have {} axes, none of them empty", path(), tensor, fmt::join(found, ", "), axes);
    return found;
  }

  std::vector<float> tensor(std::string const& name, std::vector<std::int64_t> const& expected) const {
    auto const found = shape(name, expected.size());
    BELLSHARD_INPUT(found == expected, "{}: {} has the shape [{}], where the layers before it lead to [{}]", path(), name, fmt::join(found, ", "), fmt::join(expected, ", "));
    auto values = file_.read_all<float>(name);
    auto const bad = std::find_if(values.begin(), values.end(), [](float v) { return !std::isfinite(v); });
    BELLSHARD_INPUT(bad == values.end(), "{}: {} has {} at {}; weights must be finite", path(), name, *bad, bad - values.begin());
    return values;
  }

  /// The groups of a group must be these; a layer that is not known would be left out without a word.
  void expect_children(std::string const& group, std::vector<std::string> const& known) const {
    for (auto const& child : file_.children(group)) {
      BELLSHARD_INPUT(std::find(known.begin(), known.end(), child) != known.end(), "{}: {}/{} is not known; of such a group {} are read", path(), group, child, fmt::join(known, ", "));
    }
  }

  /// A convolution and its batch norm. outputs 0: as many as it has.
  Layer convolution(std::string const& name, std::string const& norm, std::int64_t outputs, std::int64_t inputs, int stride) const {
    Layer layer{name, outputs, inputs, stride, {}, {}, {}};
    if (outputs == 0) layer.outputs = shape(name + "/weight", 4).front();
    layer.weight = tensor(name + "/weight", {layer.outputs, inputs, 3, 3});
    expect_children(name, {"weight"});
    std::vector<std::int64_t> const each{layer.outputs};
    auto const weight = tensor(norm + "/weight", each), bias = tensor(norm + "/bias", each), mean = tensor(norm + "/running_mean", each), variance = tensor(norm + "/running_var", each);
    for (std::size_t o = 0; o < weight.size(); ++o) {
      BELLSHARD_INPUT(variance[o] >= 0, "{}: {}/running_var has {} at {} (must not be negative)", path(), norm, variance[o], o);
      double const scale = static_cast<double>(weight[o]) / std::sqrt(static_cast<double>(variance[o]) + epsilon);
      layer.scale.push_back(static_cast<float>(scale));
      layer.shift.push_back(static_cast<float>(static_cast<double>(bias[o]) - scale * static_cast<double>(mean[o])));
    }
    return layer;
  }

  Layer linear(std::int64_t inputs) const {
    auto const outputs = shape("linear/weight", 2).front();
    Layer layer{"linear", outputs, inputs, 1, tensor("linear/weight", {outputs, inputs}), std::vector<float>(static_cast<std::size_t>(outputs), 1.0f), tensor("linear/bias", {outputs})};
    expect_children("linear", {"weight", "bias"});
    return layer;
  }

  /// PREFIX + first, first + 1, ... as many as the group has of that kind; all must be there.
  std::int64_t count(std::string const& group, std::string const& prefix, std::int64_t first) const {
    std::int64_t n = 0;
    if (file_.has(group)) {
      for (auto const& child : file_.children(group)) n += child.starts_with(prefix) && child.size() > prefix.size() && std::all_of(child.begin() + static_cast<std::ptrdiff_t>(prefix.size()), child.end(), ::isdigit);
    }
    n = std::max<std::int64_t>(n, 1);
    auto const under = group == "/" ? std::string() : group + "/";
    for (auto k = first; k < first + n; ++k) {
      auto const name = under + prefix + std::to_string(k);
      BELLSHARD_INPUT(file_.has(name), "{}: {} is missing; src/network/README.md lists the tensors of a network", path(), name);
    }
    return n;
  }

 private:
  std::string path() const { return file_.path().string(); }
  io::InputFile const& file_;
};

}  // namespace

Network read_network(MPI_Comm comm, std::filesystem::path const& path) {
  io::InputFile const file(comm, path);
  Reader const reader(file);
  Network network;
  network.layers.push_back(reader.convolution("conv1", "bn1", 0, reader.shape("conv1/weight", 4)[1], 1));
  auto width = network.layers.back().outputs;
  auto const stages = reader.count("/", "layer", 1);
  for (std::int64_t s = 1; s <= stages; ++s) {
    auto const stage = "layer" + std::to_string(s);
    auto const blocks = reader.count(stage, "", 0);
    for (std::int64_t k = 0; k < blocks; ++k) {
      ResidualBlock block{stage + "/" + std::to_string(k), width, 0, s > 1 && k == 0 ? 2 : 1};
      reader.expect_children(block.name, {"conv1", "bn1", "conv2", "bn2"});
      auto const& first = network.layers.emplace_back(reader.convolution(block.name + "/conv1", block.name + "/bn1", 0, width, block.stride));
      block.outputs = first.outputs;
      BELLSHARD_INPUT(block.outputs >= width && (block.outputs - width) % 2 == 0, "{}: {} makes {} channels of {}; a shortcut adds as many channels before as behind", path.string(), block.name, block.outputs, width);
      network.layers.push_back(reader.convolution(block.name + "/conv2", block.name + "/bn2", block.outputs, block.outputs, 1));
      network.blocks.push_back(block);
      width = block.outputs;
    }
  }
  network.layers.push_back(reader.linear(width));
  return network;
}

}  // namespace bellshard::network
