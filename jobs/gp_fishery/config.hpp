#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "kernels/regression/gaussian_process.hpp"
#include "src/config/keys.hpp"

namespace bellshard::gp_fishery {

/// What a harvest policy is made from.
enum class Model { true_model, gaussian_process, allen, ricker, myers, maximum_likelihood };

enum class Form { published, corrected };
enum class Criterion { published, discounted };

std::string name_of(Model model);
inline bool is_sampled(Model model) { return model != Model::true_model && model != Model::maximum_likelihood; }

struct Config {
  std::filesystem::path data;
  std::int64_t points = 50;
  double most_stock = 15;
  std::vector<double> truth{2, 8, 5};  ///< growth, capacity, threshold
  double noise = 0.05;                 ///< deviation of the logarithm of the growth
  std::vector<std::string> model_names{"true", "gp", "allen", "ricker", "myers", "mle"};

  std::int64_t chains = 8, steps = 20000, burn_in = 2000, thin = 480, seed = 1;
  double step = 1;  ///< deviation of the proposals of the Gaussian process
  regression::GammaPriors priors;
  std::int64_t candidate_draws = 100, stretch = 10;
  std::vector<double> allen_most{6, 20, 20, 100}, ricker_most{20, 40, 100}, myers_most{10, 10, 40, 100};

  Form form = Form::published;
  Criterion criterion = Criterion::published;
  double discount = 0.01, tolerance = 1e-4;
  std::int64_t max_sweeps = 1000;

  double first_stock = 10;
  std::int64_t years = 50, paths = 100, kept_paths = 100;
  std::filesystem::path policies;
  std::string file = "gp_fishery.h5";

  double grid_step() const { return most_stock / static_cast<double>(points - 1); }
  std::vector<double> grid() const;
  std::vector<Model> models() const;
  void declare(Keys& keys);
  void check(Keys const& keys) const;
};

}  // namespace bellshard::gp_fishery
