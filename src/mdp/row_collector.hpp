#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "src/mdp/rows.hpp"

namespace bellshard::mdp {

/// Puts together the rows of a block, pair by pair in order: next states ascending, those that came twice merged. What is no
/// probability distribution is refused with state and action, exit 4.
class RowCollector {
 public:
  /// `model`: what messages call it.
  RowCollector(std::string model, Block own, std::int64_t states);

  void begin_state();
  /// One action of the state begun last, its transitions in any order.
  void add_pair(double reward, std::span<std::int64_t const> next_state, std::span<double const> probability);
  Rows finish() &&;

 private:
  [[noreturn]] void refuse(std::string const& problem) const;

  std::string model_;
  Rows rows_;
  std::vector<std::pair<std::int64_t, double>> sorted_;
};

}  // namespace bellshard::mdp
