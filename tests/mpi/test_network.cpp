#include <hdf5.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>

#include "hdf5_fixture.hpp"
#include "scratch_folder.hpp"
#include "src/base/error.hpp"
#include "src/dist/gather.hpp"
#include "src/network/forward.hpp"
#include "src/network/metric.hpp"

using namespace bellshard;
using namespace bellshard::test;
using Catch::Contains;

namespace {

struct Tensor {
  std::vector<hsize_t> shape;
  std::vector<double> value;
};
using Tensors = std::map<std::string, Tensor>;

/// Numbers like those of a trained network, all different.
Tensor random_tensor(std::mt19937& draw, std::vector<hsize_t> shape, double low, double high) {
  std::size_t n = 1;
  for (auto e : shape) n *= e;
  Tensor tensor{std::move(shape), std::vector<double>(n)};
  for (auto& x : tensor.value) x = std::uniform_real_distribution(low, high)(draw);
  return tensor;
}

/// Two stages of two blocks, 4 and 8 channels, 3 classes.
Tensors small_network() {
  std::mt19937 draw(3);
  Tensors tensors;
  auto const convolution = [&](std::string const& name, std::string const& norm, hsize_t outputs, hsize_t inputs) {
    tensors[name + "/weight"] = random_tensor(draw, {outputs, inputs, 3, 3}, -0.5, 0.5);
    for (auto const* part : {"weight", "bias", "running_mean", "running_var"}) tensors[norm + "/" + part] = random_tensor(draw, {outputs}, 0.2, 1.5);
  };
  convolution("conv1", "bn1", 4, 3);
  for (auto const* block : {"layer1/0", "layer1/1", "layer2/0", "layer2/1"}) {
    hsize_t const outputs = block[5] == '1' ? 4 : 8, inputs = std::string(block) == "layer2/0" ? 4 : outputs;
    convolution(block + std::string("/conv1"), block + std::string("/bn1"), outputs, inputs);
    convolution(block + std::string("/conv2"), block + std::string("/bn2"), outputs, outputs);
  }
  tensors["linear/weight"] = random_tensor(draw, {3, 8}, -1, 1);
  tensors["linear/bias"] = random_tensor(draw, {3}, -1, 1);
  return tensors;
}

/// Rank 0 writes, the others wait.
void write_file(std::filesystem::path const& path, Tensors const& tensors, hid_t type) {
  if (rank() == 0) {
    auto const file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    for (auto const& [name, tensor] : tensors) {
      auto const space = H5Screate_simple(static_cast<int>(tensor.shape.size()), tensor.shape.data(), nullptr);
      auto const set = H5Dcreate2(file, name.c_str(), type, space, links, H5P_DEFAULT, H5P_DEFAULT);
      H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, tensor.value.data());
      H5Dclose(set);
      H5Sclose(space);
    }
    H5Pclose(links);
    H5Fclose(file);
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

Tensors some_images(hsize_t n) {
  std::mt19937 draw(5);
  Tensors tensors{{"image", random_tensor(draw, {n, 6, 7, 3}, 0, 255)}, {"label", random_tensor(draw, {n}, 0, 2.99)}};
  for (auto& [name, tensor] : tensors) {
    for (auto& x : tensor.value) x = std::floor(x);
  }
  return tensors;
}

network::Images open_images(std::filesystem::path const& path, std::int64_t classes, std::int64_t limit = 0) {
  network::ImageConfig config;
  config.file = path;
  config.limit = limit;
  return network::read_images(MPI_COMM_WORLD, config, classes);
}

std::vector<double> of_all_ranks(std::vector<float> const& own) { return gather_from_ranks(MPI_COMM_WORLD, {own.begin(), own.end()}); }

/// Small tensors as nested loops see them: [channel][row][column], in double.
using Maps = std::vector<std::vector<std::vector<double>>>;

Maps plain_convolution(Maps const& in, Tensors const& net, std::string const& name, std::string const& norm, int stride) {
  auto const& weight = net.at(name + "/weight");
  auto const of = [&](char const* part, std::size_t o) { return net.at(norm + "/" + part).value[o]; };
  int const rows = static_cast<int>(in[0].size()), columns = static_cast<int>(in[0][0].size());
  Maps out;
  for (std::size_t o = 0; o < weight.shape[0]; ++o) {
    auto& map = out.emplace_back();
    for (int r = 0; r < rows; r += stride) {
      auto& line = map.emplace_back();
      for (int k = 0; k < columns; k += stride) {
        double sum = 0;
        for (std::size_t n = 0; n < in.size(); ++n) {
          for (int t = 0; t < 9; ++t) {
            int const y = r + t / 3 - 1, x = k + t % 3 - 1;
            if (y >= 0 && y < rows && x >= 0 && x < columns) sum += weight.value[(o * in.size() + n) * 9 + static_cast<std::size_t>(t)] * in[n][static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
          }
        }
        line.push_back((sum - of("running_mean", o)) / std::sqrt(of("running_var", o) + 1e-5) * of("weight", o) + of("bias", o));
      }
    }
  }
  return out;
}

void rectify(Maps& maps) {
  for (auto& map : maps) {
    for (auto& line : map) {
      for (auto& x : line) x = std::max(0.0, x);
    }
  }
}

/// Logits of one image, all blocks but those of `off`.
std::vector<double> plain_logits(Tensors const& net, Tensors const& images, std::size_t image, std::vector<std::string> const& off) {
  double const mean[] = {0.485, 0.456, 0.406}, deviation[] = {0.229, 0.224, 0.225};
  Maps maps(3, std::vector(6, std::vector<double>(7)));
  for (std::size_t i = 0; i < 6 * 7 * 3; ++i) maps[i % 3][i / 21][i / 3 % 7] = (images.at("image").value[image * 126 + i] / 255 - mean[i % 3]) / deviation[i % 3];
  maps = plain_convolution(maps, net, "conv1", "bn1", 1);
  rectify(maps);
  for (std::string const block : {"layer1/0", "layer1/1", "layer2/0", "layer2/1"}) {
    if (std::find(off.begin(), off.end(), block) != off.end()) continue;
    int const stride = block == "layer2/0" ? 2 : 1;
    auto out = plain_convolution(maps, net, block + "/conv1", block + "/bn1", stride);
    rectify(out);
    out = plain_convolution(out, net, block + "/conv2", block + "/bn2", 1);
    auto const before = (out.size() - maps.size()) / 2;
    for (std::size_t c = 0; c < maps.size(); ++c) {
      for (std::size_t r = 0; r < out[0].size(); ++r) {
        for (std::size_t k = 0; k < out[0][0].size(); ++k) out[c + before][r][k] += maps[c][r * static_cast<std::size_t>(stride)][k * static_cast<std::size_t>(stride)];
      }
    }
    rectify(out);
    maps = out;
  }
  std::vector<double> logits = net.at("linear/bias").value;
  for (std::size_t c = 0; c < maps.size(); ++c) {
    double sum = 0;
    for (auto const& line : maps[c]) {
      for (auto const x : line) sum += x;
    }
    for (std::size_t o = 0; o < logits.size(); ++o) logits[o] += net.at("linear/weight").value[o * maps.size() + c] * sum / static_cast<double>(maps[c].size() * maps[c][0].size());
  }
  return logits;
}

void check_close(std::vector<double> const& found, std::vector<double> const& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO(i);
    REQUIRE(found[i] == Approx(expected[i]).epsilon(2e-4).margin(2e-4));
  }
}

std::string refusal(std::function<void()> const& part) {
  try {
    part();
  } catch (Error const& error) {
    CHECK(error.code() == ExitCode::bad_input);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a forward pass is what nested loops give, with any blocks off, from any block on, in any batches") {
  ScratchFolder const folder;
  auto const tensors = small_network(), pictures = some_images(37);
  write_file(folder / "net.h5", tensors, H5T_IEEE_F64LE);
  write_file(folder / "images.h5", pictures, H5T_STD_U8LE);
  auto const net = network::read_network(MPI_COMM_WORLD, folder / "net.h5");
  auto const images = open_images(folder / "images.h5", net.classes());
  std::vector<double> expected, without;
  for (std::size_t i = 0; i < 37; ++i) {
    auto const one = plain_logits(tensors, pictures, i, {}), other = plain_logits(tensors, pictures, i, {"layer1/1", "layer2/1"});
    expected.insert(expected.end(), one.begin(), one.end());
    without.insert(without.end(), other.begin(), other.end());
  }
  network::Forward forward(net, images);

  auto const logits = forward.logits({1, 1, 1, 1});

  check_close(of_all_ranks(logits), expected);
  check_close(of_all_ranks(forward.logits({1, 0, 1, 0})), without);
  CHECK(network::Forward(net, images, 1).logits({1, 1, 1, 1}) == logits);
  CHECK(network::Forward(net, images, 1000).logits({1, 1, 1, 1}) == logits);
  auto const few = open_images(folder / "images.h5", net.classes(), 2);  // some ranks have none
  auto const whole = of_all_ranks(logits);
  CHECK(of_all_ranks(network::Forward(net, few).logits({1, 1, 1, 1})) == std::vector<double>(whole.begin(), whole.begin() + 6));
  auto const second = forward.until(1, {1, 1, 1, 1});
  auto const last = forward.until(3, {1, 0, 1, 1}, &second);
  CHECK(forward.logits({1, 1, 1, 1}, &second) == logits);
  CHECK(forward.logits({1, 0, 1, 0}, &last) == forward.logits({1, 0, 1, 0}));
  auto const end = forward.until(4, {1, 1, 1, 1});
  CHECK(forward.logits({1, 1, 1, 1}, &end) == logits);
}

TEST_CASE("weights and norms that are replaced are in force, and can be put back") {
  ScratchFolder const folder;
  auto tensors = small_network();
  auto const pictures = some_images(5);
  write_file(folder / "net.h5", tensors, H5T_IEEE_F64LE);
  write_file(folder / "images.h5", pictures, H5T_STD_U8LE);
  auto const net = network::read_network(MPI_COMM_WORLD, folder / "net.h5");
  auto const images = open_images(folder / "images.h5", net.classes());
  network::Forward forward(net, images);
  auto const before = forward.logits({1, 1, 1, 1});
  for (auto const& [layer, name] : {std::pair<std::size_t, std::string>{0, "conv1"}, {6, "layer2/0/conv2"}, {9, "linear"}}) {
    INFO(name);
    CHECK(net.layers[layer].name == name);
    auto pruned = net.layers[layer].weight;
    auto changed = tensors;
    for (std::size_t i = 0; i < pruned.size(); i += 2) pruned[i] = 0, changed[name + "/weight"].value[i] = 0;

    forward.replace_weight(layer, pruned);

    check_close(of_all_ranks(forward.logits({1, 1, 1, 1})), [&] {
      std::vector<double> all;
      for (std::size_t i = 0; i < 5; ++i) {
        for (auto const x : plain_logits(changed, pictures, i, {})) all.push_back(x);
      }
      return all;
    }());
    forward.replace_weight(layer, net.layers[layer].weight);
    CHECK(forward.logits({1, 1, 1, 1}) == before);
  }
  forward.replace_norm(1, std::vector<float>(4, 0.0f), std::vector<float>(4, 1.0f));
  if (images.own.size() > 0) CHECK(forward.logits({1, 1, 1, 1}) != before);
  forward.replace_norm(1, net.layers[1].scale, net.layers[1].shift);
  CHECK(forward.logits({1, 1, 1, 1}) == before);
}

TEST_CASE("metrics do not depend on the ranks") {
  ScratchFolder const folder;
  write_file(folder / "images.h5", some_images(6), H5T_STD_U8LE);
  auto const images = open_images(folder / "images.h5", 3, 5);
  std::vector<float> logits, reference;
  double right = 0, loss = 0, apart = 0;
  auto const label = some_images(6).at("label").value;
  for (std::size_t i = 0; i < 5; ++i) {
    double const own[] = {0.5 * static_cast<double>(i), 1.0, -3.0};
    right += (i > 2 ? 0 : i == 2 ? 0 : 1) == static_cast<int>(label[i]);
    loss += std::log(std::exp(own[0]) + std::exp(own[1]) + std::exp(own[2])) - own[static_cast<std::size_t>(label[i])];
    double const wanted[] = {2.0, -0.25 * static_cast<double>(i), 0.5};
    auto const share = [](double const* of, int c) { return std::exp(of[c]) / (std::exp(of[0]) + std::exp(of[1]) + std::exp(of[2])); };
    for (int c : {0, 1, 2}) apart += share(wanted, c) * std::log(share(wanted, c) / share(own, c));
    if (!images.own.contains(static_cast<std::int64_t>(i))) continue;
    logits.insert(logits.end(), {static_cast<float>(own[0]), 1.0f, -3.0f});
    reference.insert(reference.end(), {2.0f, static_cast<float>(wanted[1]), 0.5f});
  }

  CHECK(images.size == 5);
  CHECK(network::accuracy(MPI_COMM_WORLD, images, logits) == right / 5);
  CHECK(network::cross_entropy(MPI_COMM_WORLD, images, logits) == Approx(loss / 5).epsilon(1e-8));
  CHECK(network::divergence(MPI_COMM_WORLD, images, reference, logits) == Approx(apart / 5).epsilon(1e-8));
  CHECK(network::divergence(MPI_COMM_WORLD, images, logits, logits) == 0);
  if (!reference.empty()) reference.front() = INFINITY;
  auto const broken = [&] { network::divergence(MPI_COMM_WORLD, images, reference, logits); };
  CHECK_THAT(refusal(broken), Contains("not finite; a divergence cannot be taken"));
}

TEST_CASE("a network that is not whole is refused with the tensor's name") {
  ScratchFolder const folder;
  auto const whole = small_network();
  auto const refused = [&](std::function<void(Tensors&)> const& change) {
    auto tensors = whole;
    change(tensors);
    write_file(folder / "net.h5", tensors, H5T_IEEE_F32LE);
    auto const text = refusal([&] { network::read_network(MPI_COMM_WORLD, folder / "net.h5"); });
    MPI_Barrier(MPI_COMM_WORLD);
    return text;
  };
  for (auto const& [name, tensor] : whole) {
    INFO(name);
    CHECK_THAT(refused([&, name = name](Tensors& t) { t.erase(name); }), Contains(name.find("bias") < name.size() || name.find("running") < name.size() ? name : name.substr(0, name.rfind('/'))) && Contains("missing"));
    CHECK_THAT(refused([&, name = name](Tensors& t) { t[name].value.back() = NAN; }), Contains(name + " has nan"));
  }
  CHECK_THAT(refused([](Tensors& t) { t["layer1/1/conv2/weight"] = {{4, 5, 3, 3}, std::vector<double>(180)}; }), Contains("layer1/1/conv2/weight has the shape [4, 5, 3, 3], where the layers before it lead to [4, 4, 3, 3]"));
  CHECK_THAT(refused([](Tensors& t) { t["linear/weight"] = {{24}, std::vector<double>(24)}; }), Contains("linear/weight has the shape [24]; it must have 2 axes"));
  CHECK_THAT(refused([](Tensors& t) { t["layer2/0/shortcut/weight"] = {{8, 4}, std::vector<double>(32)}; }), Contains("layer2/0/shortcut is not known"));
  CHECK_THAT(refused([](Tensors& t) { t["layer1/0/conv1/bias"] = {{4}, std::vector<double>(4)}; }), Contains("layer1/0/conv1/bias is not known"));
  CHECK_THAT(refused([](Tensors& t) { t["layer1/3/conv1/weight"] = t["layer1/1/conv1/weight"]; }), Contains("layer1/2 is missing"));
  CHECK_THAT(refused([](Tensors& t) { t["bn1/running_var"].value[1] = -1; }), Contains("bn1/running_var has -1 at 1"));
}

TEST_CASE("images that do not fit are refused") {
  ScratchFolder const folder;
  auto const refused = [&](std::function<void(Tensors&)> const& change, std::int64_t limit = 0, hid_t type = H5T_STD_U8LE) {
    auto tensors = some_images(4);
    change(tensors);
    write_file(folder / "images.h5", tensors, type);
    auto const text = refusal([&] { open_images(folder / "images.h5", 3, limit); });
    MPI_Barrier(MPI_COMM_WORLD);
    return text;
  };
  CHECK(refused([](Tensors&) {}) == "accepted");
  CHECK_THAT(refused([](Tensors& t) { t.erase("label"); }), Contains("label is missing"));
  CHECK_THAT(refused([](Tensors& t) { t["label"].value[3] = 3; }), Contains("label of image 3 is no class"));
  CHECK_THAT(refused([](Tensors& t) { t["label"] = {{3}, {0, 1, 2}}; }), Contains("label has the shape [3]; there are 4 images"));
  CHECK_THAT(refused([](Tensors& t) { t["image"].shape = {4, 6, 3, 7}; }), Contains("7 channels"));
  CHECK_THAT(refused([](Tensors& t) { t["image"].shape = {4, 126}; }), Contains("[4, 126]"));
  CHECK_THAT(refused([](Tensors&) {}, 0, H5T_IEEE_F32LE), Contains("image is not uint8"));
  CHECK_THAT(refused([](Tensors&) {}, 5), Contains("images.limit = 5"));
}

TEST_CASE("trained networks reach their accuracy on real images") {
  auto const* const named = std::getenv("BELLSHARD_DATA");
  auto const* const source = std::getenv("BELLSHARD_SOURCE_DIR");
  auto const folder = (named != nullptr ? std::filesystem::path(named) : std::filesystem::path(source != nullptr ? source : ".") / ".." / "shared" / "data") / "resnet_cifar10";
  if (!std::filesystem::exists(folder / "resnet20.h5")) {
    WARN("skipped: " << folder.string() << "/resnet20.h5 is absent");
    return;
  }
  for (auto const& [name, accuracy] : {std::pair{"resnet20.h5", 0.8135}, {"resnet56.h5", 0.8315}}) {
    auto const net = network::read_network(MPI_COMM_WORLD, folder / name);
    auto const images = open_images(folder / "cifar10_test_2000.h5", net.classes());
    network::Forward const forward(net, images);

    auto const logits = forward.logits(network::Mask(net.blocks.size(), 1));

    INFO(name);
    CHECK(network::accuracy(MPI_COMM_WORLD, images, logits) == accuracy);
    if (rank() == 0 && accuracy == 0.8135) {
      double const golden[] = {7.8901, -1.0876, 2.6342, -1.0125};
      for (std::size_t c = 0; c < 4; ++c) CHECK(static_cast<double>(logits[c]) == Approx(golden[c]).margin(1e-4));
    }
  }
}
