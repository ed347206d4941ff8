#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "src/network/images.hpp"

namespace bellshard::depth_shrink {

enum class Kind { network, file };
enum class Metric { accuracy, cross_entropy };
enum class Goal { max, min };

struct Config {
  Kind kind = Kind::network;
  std::filesystem::path network_file;
  network::ImageConfig images;
  Metric metric = Metric::accuracy;
  std::int64_t batch = 0;           ///< images at once; 0: chosen
  std::int64_t activations = 2048;  ///< that are kept for the next evaluations [MiB a rank]
  std::filesystem::path rows;       ///< of masks and their metric
  Goal row_goal = Goal::max;

  std::int64_t min_blocks = 1, kept_first = 0, kept_last = 0;
  std::vector<std::int64_t> kept;
  std::int64_t beam = 1;
  bool contiguous = true, contiguous_of_file = false;
  bool ranking = true;
  std::int64_t brute_force = 512, brute_force_of_file = 0;  ///< masks at most
  std::string file = "depth_shrink.h5";

  bool of_network() const { return kind == Kind::network; }
  Goal goal() const { return of_network() ? (metric == Metric::accuracy ? Goal::max : Goal::min) : row_goal; }
  std::string metric_name() const { return !of_network() ? "metric" : metric == Metric::accuracy ? "accuracy" : "cross-entropy"; }
  std::string metric_unit() const { return of_network() && metric == Metric::cross_entropy ? "nat" : "1"; }
  bool wants_contiguous() const { return of_network() ? contiguous : contiguous_of_file; }
  bool wants_ranking() const { return of_network() && ranking; }
  std::int64_t most_brute_force() const { return of_network() ? brute_force : brute_force_of_file; }
  void declare(Keys& keys);
  void check(Keys const& keys) const;
};

}  // namespace bellshard::depth_shrink
