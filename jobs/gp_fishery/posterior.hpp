#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/sharded_array.hpp"
#include "jobs/gp_fishery/series.hpp"
#include "kernels/sample/metropolis.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::gp_fishery {

/// What the chains of a model kept, on every rank.
struct Draws {
  std::int64_t chains = 0, of_chain = 0;
  int parameters = 0;
  std::vector<double> value;        ///< [chain, draw, parameter]
  std::vector<double> log_density;  ///< [chain, draw]
  std::vector<double> acceptance;   ///< [chain], share of the proposals after burning in

  std::int64_t size() const { return chains * of_chain; }
  std::vector<double> of_parameter(int p) const;  ///< [chain, draw]
  /// Every k-th draw, so that no more than `most` are left.
  Draws thinned(std::int64_t most) const;
};

/// The chains of one sampled model: the rank has a contiguous block of them. A chain has the same numbers wherever it lies.
class Chains {
 public:
  Chains(Context& context, Config const& config, Model model, Series const& series);

  void advance(Block steps);  ///< of the Gaussian process; those of candidates are stretched
  Draws gather() const;  ///< collective
  std::vector<io::ShardedArray> arrays() const;

  std::string const& name() const { return name_; }
  std::vector<std::string> const& parameter_names() const { return parameter_names_; }

  static std::vector<std::string> parameters_of_model(Model model);
  /// Bytes of the chains of one model on the fullest of so many ranks.
  static double bytes(Config const& config, Model model, std::int64_t observations, int ranks);

 private:
  template <class Density>
  void bind(Density const& density);
  io::ShardedArray array(std::string const& name, PackedTable const& table) const;

  MPI_Comm comm_;
  std::string name_;
  std::vector<std::string> parameter_names_;
  std::int64_t chains_, stretch_, steps_;
  Block own_;
  sample::ChainPlan plan_;
  PackedTable state_, kept_;
  std::function<void(Block)> run_;
};

}  // namespace bellshard::gp_fishery
