#include "jobs/distributional_vi/host_law.hpp"

#include <algorithm>

namespace bellshard::distributional_vi {
namespace {

/// Mean of the share `level` that comes first.
template <class Value, class Probability>
double first_mean(Value value, Probability probability, std::size_t size, double level) {
  double left = level, sum = 0;
  for (std::size_t i = 0; i < size && left > 0; ++i) {
    double const taken = std::min(left, probability(i));
    sum += taken * value(i);
    left -= taken;
  }
  if (left > 0) sum += left * value(size - 1);  // rounding
  return sum / level;
}

}  // namespace

double HostLaw::mean(std::function<double(double)> const& of) const {
  double sum = 0;
  for (std::size_t i = 0; i < value.size(); ++i) sum += probability[i] * of(value[i]);
  return sum;
}

double HostLaw::lower_tail(double level) const {
  return first_mean([&](std::size_t i) { return value[i]; }, [&](std::size_t i) { return probability[i]; }, value.size(), level);
}

double HostLaw::upper_tail(double level) const {
  auto const last = value.size() - 1;
  return first_mean([&](std::size_t i) { return value[last - i]; }, [&](std::size_t i) { return probability[last - i]; }, value.size(), level);
}

HostLaw host_law(LawKind kind, dp::AtomGrid const& atoms, double const* row) {
  HostLaw law;
  for (int i = 0; i < atoms.atoms; ++i) {
    law.value.push_back(kind == LawKind::quantile ? row[i] : atoms.at(i));
    law.probability.push_back(kind == LawKind::quantile ? 1.0 / atoms.atoms : row[i]);
  }
  return law;
}

double utility_of(dp::UtilityKind kind, double rate, double total) {
  double worth = 0;
  dp::with_utility(kind, rate, [&](auto const& utility) { worth = utility(total); });
  return worth;
}

double objective_unit(dp::UtilityKind kind, double unit) {
  return kind == dp::UtilityKind::squared ? unit * unit : kind == dp::UtilityKind::threshold ? 1 : unit;
}

}  // namespace bellshard::distributional_vi
