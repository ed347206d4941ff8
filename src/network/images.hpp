#pragma once
#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <vector>

#include "src/base/block.hpp"
#include "src/config/keys.hpp"

namespace bellshard::network {

/// Which images, and how bytes become numbers: (byte / 255 - mean) / deviation of each channel.
struct ImageConfig {
  std::filesystem::path file;
  std::int64_t limit = 0;  ///< the first so many, which there must be; 0: all
  std::int64_t most = 0;   ///< of these at most so many; 0: all of them
  std::vector<double> mean = {0.485, 0.456, 0.406};
  std::vector<double> deviation = {0.229, 0.224, 0.225};

  void declare(Keys& keys);  ///< images.*
  void check(Keys const& keys) const;
  ImageConfig first(std::int64_t count) const;  ///< of these, at most so many
};

struct ImageShape {
  std::int64_t size = 0;  ///< images of all ranks
  std::int64_t rows = 0, columns = 0, channels = 0;
};

/// Of so many pictures in memory.
inline double pixel_bytes(ImageShape const& images, std::int64_t count) { return static_cast<double>(count * images.rows * images.columns * images.channels); }

/// Labelled pictures, sharded over the ranks.
struct Images : ImageShape {
  Block own;
  std::vector<std::uint8_t> pixel;  ///< [own image, row, column, channel]
  std::vector<std::int64_t> label;  ///< [own image] class
  std::vector<float> factor, shift; ///< [channel] a number is factor byte + shift
};

/// What read_images would read, from the headers alone; refuses what does not fit. Collective.
ImageShape read_image_shape(MPI_Comm comm, ImageConfig const& config);

/// From HDF5: image uint8 [image, row, column, channel] and label [image]; exit 4 where they are missing, do not fit, or a label is not a
/// class below `classes`. Collective.
Images read_images(MPI_Comm comm, ImageConfig const& config, std::int64_t classes);

}  // namespace bellshard::network
