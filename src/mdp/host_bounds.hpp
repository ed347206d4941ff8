#pragma once
#include <utility>
#include <vector>

#include "kernels/dp/bounds.hpp"
#include "kernels/host_copy.hpp"

namespace bellshard::mdp {

/// Both bounds of `size` items from `first` on.
inline std::pair<std::vector<double>, std::vector<double>> bounds_to_host(dp::Bounds const& bounds, std::int64_t first, std::int64_t size) {
  Array<double> const side("bellshard::mdp::bound", static_cast<std::size_t>(size));
  auto const copy = [&](dp::ShiftedValues const& values) {
    dp::write_values(Execution(), {first, size}, values, side);
    return to_host(side);
  };
  auto lower = copy(bounds.lower());
  return {std::move(lower), copy(bounds.upper())};
}

}  // namespace bellshard::mdp
