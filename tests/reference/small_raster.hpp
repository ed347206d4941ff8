#pragma once
// A RasterModel of one process on a drawn map, built cell by cell for kernel tests.
#include "kernels/dp/raster_model.hpp"
#include "tests/reference/dense_shortest_path.hpp"

namespace reference {

struct SmallRaster {
  bellshard::dp::RasterModel model;
  bellshard::Array<std::uint8_t> open;
  bellshard::Array<double> values;

  double at(std::vector<double> const& host, int r, int c) const { return host[static_cast<std::size_t>(model.layout.index(r, c))]; }
  std::vector<double> host_values() const {
    auto const mirror = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), values);
    return std::vector<double>(mirror.data(), mirror.data() + mirror.extent(0));
  }
  void set(std::vector<std::vector<double>> const& v) {
    auto const mirror = Kokkos::create_mirror_view(values);
    for (std::size_t r = 0; r < v.size(); ++r) {
      for (std::size_t c = 0; c < v[r].size(); ++c) mirror(model.layout.index(r, c)) = v[r][c];
      mirror(model.layout.index(r, -1)) = v[r].back();
      mirror(model.layout.index(r, v[r].size())) = v[r].front();
    }
    Kokkos::deep_copy(values, mirror);
  }

  explicit SmallRaster(Map const& map) {
    using namespace bellshard;
    auto& m = model;
    m.layout = {map.rows(), map.columns()};
    std::int64_t const s = m.layout.stride();
    std::int64_t const offset[8] = {-s, -s + 1, 1, s + 1, s, s - 1, -1, -s - 1};
    std::copy_n(offset, 8, m.offset);
    m.aimed = map.discount * (1 - 2 * map.drift);
    m.beside = map.discount * map.drift;
    for (unsigned k = 0; k < 8; ++k) {
      double const stay = (k & 1 ? 0 : map.drift) + (k & 2 ? 0 : 1 - 2 * map.drift) + (k & 4 ? 0 : map.drift);
      m.leave[k] = k == 7 ? 1 : k == 0 ? 1 - map.discount : 1 - map.discount * stay;
      m.inverse_leave[k] = 1 / m.leave[k];
    }
    Array<double> cost("test::cost", map.rows() * 8), inverse("test::inverse", map.rows() * 8), least("test::least", map.rows());
    open = Array<std::uint8_t>("test::open", m.layout.size());
    values = Array<double>("test::values", m.layout.size());
    auto const hc = Kokkos::create_mirror_view(cost);
    auto const hi = Kokkos::create_mirror_view(inverse);
    auto const hl = Kokkos::create_mirror_view(least);
    auto const ho = Kokkos::create_mirror_view(open);
    Kokkos::deep_copy(ho, open);
    for (int r = 0; r < map.rows(); ++r) {
      hl(r) = 0;
      for (int d = 0; d < 8; ++d) {
        hc(r * 8 + d) = map.cost(r, d);
        hi(r * 8 + d) = 1 / map.cost(r, d);
        hl(r) = std::max(hl(r), hi(r * 8 + d));
      }
      for (int c = 0; c < map.columns(); ++c) {
        unsigned bits = 0;
        for (int d = 0; d < 8 && map.lines[r][c] == '.'; ++d) {
          if (step(map, r, c, d) != std::pair{r, c}) bits |= 1u << d;
        }
        ho(m.layout.index(r, c)) = static_cast<std::uint8_t>(bits);
      }
    }
    Kokkos::deep_copy(cost, hc);
    Kokkos::deep_copy(inverse, hi);
    Kokkos::deep_copy(least, hl);
    Kokkos::deep_copy(open, ho);
    m.cost = cost;
    m.inverse_cost = inverse;
    m.inverse_least_cost = least;
    m.open = open;
  }
};

}  // namespace reference
