#pragma once
#include "io/import/raster.hpp"

namespace bellshard::io {

/// Octile map of the Moving AI Lab's grid benchmarks (Sturtevant 2012): four header lines, then `height` lines of `width`
/// characters. Lines end in LF or CR LF. Every rank reads its own rows.
class OctileMap : public RasterSource {
 public:
  explicit OctileMap(std::filesystem::path path);
  void read(Block rows, std::uint8_t* free) override;

 private:
  std::filesystem::path path_;
  std::int64_t first_row_ = 0;   ///< byte where row 0 begins
  std::int64_t line_bytes_ = 0;  ///< with the line end
};

}  // namespace bellshard::io
