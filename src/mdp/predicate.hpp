#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bellshard::mdp {

/// What the states of a model can be asked: labels (1 or 0) and variables (numbers).
struct StateNames {
  std::vector<std::string> labels;
  std::vector<std::string> variables;
};

/// A set of states in words, over labels and state variables:
///
///     goal      !agree & finished      s1=12 & c2<=3      "x-pos" < y | (done & coin != 0)
///
/// Binding from loose to tight: `|`, `&`, `!`, then = != < <= > >= between variables and numbers (true is 1, false is 0). A name
/// that stands alone is a label, or else a variable that is not 0. Names of letters, digits, `_` and `.` need no quotes.
class Predicate {
 public:
  /// Exit 3 with the column for what cannot be read, with the nearest name for an unknown one.
  Predicate(std::string text, StateNames const& names);

  /// The columns of one block of states: [state] each. Each name is asked for once, in the same order on every rank, so that
  /// reading may be collective.
  struct Columns {
    std::function<std::vector<std::uint8_t>(std::string const&)> label;
    std::function<std::vector<double>(std::string const&)> variable;
  };
  /// 1 where the predicate holds, else 0 [state].
  std::vector<std::uint8_t> evaluate(std::int64_t states, Columns const& columns) const;

 private:
  friend class PredicateParser;
  enum class Op { constant, label, variable, negation, conjunction, disjunction, equal, unequal, less, at_most, more, at_least };
  struct Node {
    Op op;
    int left = -1;      ///< operands, as places in nodes_
    int right = -1;
    double number = 0;  ///< of a constant
    int name = -1;      ///< of a label or a variable, as a place in labels_ or variables_
  };

  std::vector<Node> nodes_;  ///< operands before those that need them; the last is the root
  std::vector<std::string> labels_;
  std::vector<std::string> variables_;
};

}  // namespace bellshard::mdp
