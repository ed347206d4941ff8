#pragma once
#include <limits>
#include <vector>

#include "kernels/linalg/combinations.hpp"
#include "src/mdp/iteration.hpp"

namespace bellshard::mdp {

/// Value iteration with Anderson acceleration (Walker & Ni 2011, type II; of Bellman operators: Geist & Scherrer 2018, Zhang, O'Donoghue
/// & Boyd 2020). From the last m + 1 sweeps it goes to that combination of their outcomes whose changes all but cancel:
///
///     V <- T V - sum of x[k] dG[k],  x least squares of f ~ sum of x[k] dF[k],  f = T V - V,
///
/// dF and dG the differences of f and of T V from sweep to sweep. Discounted, f counts but for a number everywhere, and T V is moved to the
/// middle of its bounds (MacQueen 1966). A step that makes the change greater than plain sweeps have brought it to before, by more than a
/// little, is undone: T V itself is taken, the differences are forgotten, and plain sweeps follow, twice as many after each failure; so too where
/// steps no longer shrink the change as plain sweeps would. Sums over ranks are added in MPI's order: the bits depend on the number of ranks.
class Anderson : public Iteration {
 public:
  Anderson(Operator& op, SolverOptions const& options);
  void advance(std::int64_t sweep) override;
  std::vector<io::ShardedArray> arrays() override;

 protected:
  bool undo(Change change) override;
  void refine() override;

 private:
  /// Does what was done pay? `size` of the change that it led to.
  void watch(double size);
  void give_up();
  /// values_ = T V, next_ = f: the last differences become whole, values_ moves on, and both are kept for the next ones.
  void step();
  linalg::ProductTable products(linalg::VectorList list) const;

  // Slot k of both lists holds a difference, but `newest_` the f or T V of the last sweep.
  std::vector<Array<double>> change_, swept_;
  int pairs_ = 0;  ///< slots in use
  int newest_ = 0;
  double most_ = std::numeric_limits<double>::infinity();  ///< the greatest change that the last step may lead to; infinite after a plain sweep
  double least_ = std::numeric_limits<double>::infinity(); ///< change of all sweeps
  int vain_ = 0;                                           ///< steps since it fell
  std::int64_t plain_ = 0;                                 ///< plain sweeps to come
  int failures_ = 0;
  bool refined_ = false;
};

}  // namespace bellshard::mdp
