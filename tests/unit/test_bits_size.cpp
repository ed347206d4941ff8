#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "jobs/bit_allocation/size.hpp"

using namespace bellshard;
using bellshard::bit_allocation::ratio;

namespace {

using Sizes = std::vector<std::int64_t>;

/// Weights without biases and batch norm, layer by layer (He et al. 2016, table 1): 7 x 7 convolution, two 3 x 3 a block, 1 x 1 where a stage changes width.
Sizes resnet18() {
  Sizes sizes{7 * 7 * 3 * 64};
  std::int64_t inputs = 64;
  for (std::int64_t const width : {64, 128, 256, 512}) {
    if (inputs != width) sizes.push_back(inputs * width);
    sizes.insert(sizes.end(), {9 * inputs * width, 9 * width * width, 9 * width * width, 9 * width * width});
    inputs = width;
  }
  sizes.push_back(512 * 1000);
  return sizes;
}

/// Bottlenecks 1 x 1, 3 x 3, 1 x 1 to four times the width; 1 x 1 beside the first one of each stage.
Sizes resnet50() {
  Sizes sizes{7 * 7 * 3 * 64};
  std::int64_t inputs = 64, width = 64;
  for (int const blocks : {3, 4, 6, 3}) {
    sizes.push_back(inputs * 4 * width);
    for (int b = 0; b < blocks; ++b) {
      sizes.insert(sizes.end(), {inputs * width, 9 * width * width, width * 4 * width});
      inputs = 4 * width;
    }
    width *= 2;
  }
  sizes.push_back(2048 * 1000);
  return sizes;
}

std::int64_t sum(Sizes const& sizes) { return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}); }

/// The last layer that first made each sum [sum / unit]; -1: no layers have it, or it is 0.
struct Sums {
  std::int64_t unit = 0;
  std::vector<std::int8_t> last;
};

Sums sums_of(Sizes const& sizes) {
  Sums sums;
  for (auto const size : sizes) sums.unit = std::gcd(sums.unit, size);
  sums.last.assign(static_cast<std::size_t>(sum(sizes) / sums.unit) + 1, -1);
  for (std::size_t l = 0; l < sizes.size(); ++l) {
    auto const step = static_cast<std::size_t>(sizes[l] / sums.unit);
    for (auto c = sums.last.size() - 1; c >= step; --c) {
      bool const before = c == step || sums.last[c - step] >= 0;
      if (sums.last[c] < 0 && before) sums.last[c] = static_cast<std::int8_t>(l);
    }
  }
  return sums;
}

/// 8 or 4 bits for each layer, so that the ratio has these five digits; empty where none has.
std::vector<std::int32_t> bits_with(double digits, Sizes const& sizes, Sums const& sums) {
  for (std::size_t c = 1; c < sums.last.size(); ++c) {
    auto const in_eight = static_cast<double>(c) * static_cast<double>(sums.unit) / static_cast<double>(sum(sizes));
    if (sums.last[c] < 0 || std::round((4 + 4 * in_eight) / 32 * 1e5) != std::round(digits * 1e5)) continue;
    std::vector<std::int32_t> bits(sizes.size(), 4);
    for (auto left = c; left > 0;) {
      auto const l = static_cast<std::size_t>(sums.last[left]);
      bits[l] = 8;
      left -= static_cast<std::size_t>(sizes[l] / sums.unit);
    }
    return bits;
  }
  return {};
}

/// The limits D that were scanned, and the ratio of the published list for each.
using Published = std::vector<std::pair<double, double>>;

void check_published(Sizes const& sizes, Published const& published) {
  auto const sums = sums_of(sizes);
  for (auto const& [limit, digits] : published) {
    auto const bits = bits_with(digits, sizes, sums);
    INFO(digits);
    REQUIRE(bits.size() == sizes.size());
    CHECK(std::round(ratio(bits, sizes) * 1e5) == std::round(digits * 1e5));
    CHECK(ratio(bits, sizes) <= limit);
  }
  CHECK(bits_with(0.12501, sizes, sums).empty());  // fewer weights than any layer has
}

}  // namespace

TEST_CASE("the ratio counts the bits of all weights") {
  std::vector<std::int32_t> const bits{8, 4, 2};
  Sizes const weights{10, 20, 30};

  CHECK(ratio(bits, weights) == Approx((80 + 80 + 60) / (32.0 * 60)));
  CHECK(bit_allocation::operation_ratio(bits, weights) == Approx((640 + 320 + 120) / (1024.0 * 60)));
}

TEST_CASE("published allocations of 8 and 4 bits are sums of layers: ResNet-18, ResNet-50 (Hubara et al. 2021)") {
  CHECK(resnet18().size() == 21);
  CHECK(sum(resnet18()) == 11'678'912);
  check_published(resnet18(), {{.13, .12931}, {.14, .13720}, {.15, .14899}, {.16, .15531}, {.17, .16162}, {.18, .17424}, {.19, .17424}, {.20, .19950}, {.21, .19950}, {.22, .19950}, {.23, .22475}, {.24, .22475}});

  CHECK(resnet50().size() == 54);
  CHECK(sum(resnet50()) == 25'502'912);
  check_published(resnet50(), {{.13, .12978}, {.14, .13910}, {.15, .14938}, {.16, .15773}, {.17, .16929}, {.18, .17957}, {.19, .18985}, {.20, .19499}, {.21, .20503}, {.22, .21531}, {.23, .22687}, {.24, .23844}});
}
