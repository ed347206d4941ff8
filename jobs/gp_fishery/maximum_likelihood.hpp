#pragma once
#include <vector>

#include "jobs/gp_fishery/series.hpp"

namespace bellshard::gp_fishery {

/// Growth, capacity, threshold and noise of the Allen model under which the series is most likely. With log-normal noise log(y / x) is a parabola of x with normal
/// noise, so that is a least squares fit; capacity and threshold are where the parabola is 0, the greater one named capacity. Exit 4 where the best parabola has no two such stocks.
std::vector<double> most_likely_allen(Series const& alive, std::string const& place);

}  // namespace bellshard::gp_fishery
