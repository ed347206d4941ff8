#pragma once
#include "kernels/network/feature_maps.hpp"

namespace bellshard::network {

/// Maps of images, one image behind the other, so that any of them can be taken: [image, channel x row x column].
using Samples = Kokkos::View<float**, Kokkos::LayoutRight, Memory>;

/// Puts the images of maps at the places from `first` on, as many as there are places.
inline void keep_samples(Execution const& execution, ConstFeatureMaps const& maps, Samples const& samples, std::int64_t first) {
  auto const cells = static_cast<std::int64_t>(samples.extent(1)), size = static_cast<std::int64_t>(samples.extent(0));
  Kokkos::parallel_for(
      "bellshard::network::keep_samples", items(execution, static_cast<std::int64_t>(maps.extent(0)) * cells), KOKKOS_LAMBDA(std::int64_t item) {
        auto const group = item / cells, cell = item % cells;
        float const* const from = maps.data() + item * lanes;
        for (int l = 0; l < lanes; ++l) {
          auto const image = first + group * lanes + l;
          if (image < size) samples(image, cell) = from[l];
        }
      });
}

/// maps = the images chosen(first), chosen(first + 1) ... of `samples`, `count` of them and then zeros.
inline void take_samples(Execution const& execution, Samples const& samples, Array<std::int64_t const> const& chosen, std::int64_t first, std::int64_t count, FeatureMaps const& maps) {
  auto const cells = static_cast<std::int64_t>(samples.extent(1));
  Kokkos::parallel_for(
      "bellshard::network::take_samples", items(execution, static_cast<std::int64_t>(maps.extent(0)) * cells), KOKKOS_LAMBDA(std::int64_t item) {
        auto const group = item / cells, cell = item % cells;
        float* const to = maps.data() + item * lanes;
        for (int l = 0; l < lanes; ++l) {
          auto const image = group * lanes + l;
          to[l] = image < count ? samples(chosen(first + image), cell) : 0.0f;
        }
      });
}

}  // namespace bellshard::network
