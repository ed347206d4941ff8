#include "src/network/images.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "io/hdf5/input_file.hpp"
#include "src/base/error.hpp"
#include "src/dist/partition.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::network {

void ImageConfig::declare(Keys& keys) {
  keys.table("images", "what the network is tried on");
  keys.file("images.file", file, "HDF5: image uint8 [image, row, column, channel] and label [image]");
  keys.integer("images.limit", limit, "the first so many images; 0: all").range(0, 1e12).unit("count");
  keys.reals("images.mean", mean, "of each channel, where bytes are taken as 0 to 1").range(-1e6, 1e6);
  keys.reals("images.deviation", deviation, "of each channel; a byte b becomes (b / 255 - mean) / deviation").range(0, 1e6, Border::open);
}

void ImageConfig::check(Keys const& keys) const {
  if (mean.size() == deviation.size() && !mean.empty()) return;
  keys.reject("images.deviation", fmt::format("images.deviation has {} numbers and images.mean {} (must have one for each channel)", deviation.size(), mean.size()));
}

ImageConfig ImageConfig::first(std::int64_t count) const {
  auto fewer = *this;
  fewer.most = count;
  return fewer;
}

namespace {

ImageShape shape_of(io::InputFile const& file, ImageConfig const& config) {
  auto const path = config.file.string();
  for (auto const* dataset : {"image", "label"}) BELLSHARD_INPUT(file.has(dataset), "{}: {} is missing; images need image uint8 [image, row, column, channel] and label [image]", path, dataset);
  auto const shape = file.shape("image"), labels = file.shape("label");
  BELLSHARD_INPUT(shape.size() == 4 && shape[0] > 0 && shape[1] > 0 && shape[2] > 0 && shape[3] > 0, "{}: image has the shape [{}]; it must be [image, row, column, channel], none of them empty", path, fmt::join(shape, ", "));
  BELLSHARD_INPUT(file.type("image") == io::ElementType::uint8, "{}: image is not uint8; write bytes from 0 to 255", path);
  BELLSHARD_INPUT(labels.size() == 1 && labels[0] == shape[0], "{}: label has the shape [{}]; there are {} images", path, fmt::join(labels, ", "), shape[0]);
  BELLSHARD_INPUT(shape[3] == static_cast<std::int64_t>(config.mean.size()), "{}: images have {} channels, and images.mean {} numbers", path, shape[3], config.mean.size());
  BELLSHARD_INPUT(config.limit <= shape[0], "images.limit = {}, and {} has {} images; lower it, or 0 for all", config.limit, path, shape[0]);
  auto const size = config.limit > 0 ? config.limit : shape[0];
  return {config.most > 0 ? std::min(size, config.most) : size, shape[1], shape[2], shape[3]};
}

}  // namespace

ImageShape read_image_shape(MPI_Comm comm, ImageConfig const& config) { return shape_of(io::InputFile(comm, config.file), config); }

Images read_images(MPI_Comm comm, ImageConfig const& config, std::int64_t classes) {
  io::InputFile const file(comm, config.file);
  int rank = 0, ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &ranks);
  Images images;
  static_cast<ImageShape&>(images) = shape_of(file, config);
  images.own = Partition::equal(images.size, ranks).block(rank);
  images.pixel.resize(static_cast<std::size_t>(images.own.size() * images.rows * images.columns * images.channels));
  images.label.resize(static_cast<std::size_t>(images.own.size()));
  file.read<std::uint8_t>("image", images.own, images.pixel);
  file.read<std::int64_t>("label", images.own, images.label);
  auto const wrong = std::find_if(images.label.begin(), images.label.end(), [&](std::int64_t label) { return label < 0 || label >= classes; });
  auto const first = min_over_ranks(comm, wrong == images.label.end() ? images.size : images.own.begin + (wrong - images.label.begin()));
  BELLSHARD_INPUT(first == images.size, "{}: label of image {} is no class of the network, which has {} (0 to {})", config.file.string(), first, classes, classes - 1);
  for (std::size_t c = 0; c < config.mean.size(); ++c) {
    images.factor.push_back(static_cast<float>(1 / (255 * config.deviation[c])));
    images.shift.push_back(static_cast<float>(-config.mean[c] / config.deviation[c]));
  }
  return images;
}

}  // namespace bellshard::network
