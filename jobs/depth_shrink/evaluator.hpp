#pragma once
#include <memory>
#include <string>
#include <vector>

#include "jobs/depth_shrink/blocks.hpp"
#include "src/drive/job.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::depth_shrink {

/// Says how good the network is with some blocks replaced by the identity. Every call is collective, its answer the same on every rank.
class Evaluator {
 public:
  virtual ~Evaluator() = default;

  virtual std::vector<std::string> block_names() const = 0;
  virtual std::vector<bool> removable() const = 0;
  virtual std::int64_t images() const = 0;  ///< of one evaluation; 0: there are none

  /// Loads what evaluations need; once, before the calls below.
  virtual void load() = 0;
  /// The masks to come agree with this one before `block`: what they share may be computed now.
  virtual void begin_at(std::size_t block, Mask const& mask) = 0;
  /// [mask]; exit 4 where one cannot be evaluated.
  virtual std::vector<double> metrics(std::vector<Mask> const& masks) = 0;
  /// [block] 1 - cosine of its input and output, mean over the images (Men et al. 2024); not a number where it cannot be removed.
  virtual std::vector<double> influence() = 0;
  virtual std::vector<MemoryItem> memory() const = 0;  ///< on the rank that holds most
};

/// Forward passes over sharded images.
std::unique_ptr<Evaluator> make_network_evaluator(Context& context, Config const& config);
/// JSONL: {"mask": "110111", "metric": 0.53} a line. Exit 4 where a line is broken, or a mask is asked for that no line has, with the mask.
std::unique_ptr<Evaluator> make_file_evaluator(Context& context, Config const& config);

}  // namespace bellshard::depth_shrink
