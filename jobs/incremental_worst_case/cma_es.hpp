#pragma once
#include <cstdint>
#include <vector>

namespace bellshard::incremental_worst_case {

/// Covariance matrix adaptation for a least value over the unit box (Hansen 2016, the CMA evolution strategy with weighted
/// recombination, rank-one and rank-mu updates). The same draws on every rank. Candidates outside the box
/// are moved to its border, where worst cases often lie.
class CmaEs {
 public:
  CmaEs(std::int64_t dimension, std::int64_t population, double spread, std::uint32_t seed, std::uint64_t search);

  std::vector<std::vector<double>> ask();                ///< [candidate, dimension] in [0, 1]
  void tell(std::vector<double> const& values);          ///< [candidate] less is better
  bool narrow() const { return sigma_ * largest_ < 1e-10; }

 private:
  std::int64_t n_, population_;
  std::uint32_t seed_;
  std::uint64_t search_, draws_ = 0;
  std::vector<double> weight_;   ///< [parent] descending
  double parents_ = 0;           ///< effective number of parents
  double sigma_, largest_ = 1;
  std::vector<double> mean_, path_, sigma_path_, covariance_, axis_, length_;
  std::vector<std::vector<double>> steps_;  ///< [candidate] (x - mean) / sigma
};

}  // namespace bellshard::incremental_worst_case
