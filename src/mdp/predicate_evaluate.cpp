#include <functional>

#include "src/mdp/predicate.hpp"

namespace bellshard::mdp {
namespace {

using Truth = std::vector<std::uint8_t>;
using Column = std::vector<double>;

template <class Combine>
Truth combined(Truth left, Truth const& right, Combine combine) {
  for (std::size_t s = 0; s < left.size(); ++s) left[s] = combine(left[s], right[s]) ? 1 : 0;
  return left;
}

template <class Compare>
Truth compared(Column const& left, Column const& right, Compare compare) {
  Truth result(left.size());
  for (std::size_t s = 0; s < result.size(); ++s) result[s] = compare(left[s], right[s]) ? 1 : 0;
  return result;
}

}  // namespace

std::vector<std::uint8_t> Predicate::evaluate(std::int64_t states, Columns const& columns) const {
  auto const size = static_cast<std::size_t>(states);
  std::vector<Truth> labels;
  std::vector<Column> variables;
  for (auto const& name : labels_) labels.push_back(columns.label(name));
  for (auto const& name : variables_) variables.push_back(columns.variable(name));

  auto const number = [&](int place) {
    auto const& node = nodes_[static_cast<std::size_t>(place)];
    return node.op == Op::variable ? variables[static_cast<std::size_t>(node.name)] : Column(size, node.number);
  };
  std::function<Truth(int)> const truth = [&](int place) -> Truth {
    auto const& node = nodes_[static_cast<std::size_t>(place)];
    auto const numbers = [&](auto compare) { return compared(number(node.left), number(node.right), compare); };
    switch (node.op) {
      case Op::label: return combined(labels[static_cast<std::size_t>(node.name)], Truth(size, 0), std::not_equal_to());
      case Op::negation: return combined(truth(node.left), Truth(size, 1), std::not_equal_to());
      case Op::conjunction: return combined(truth(node.left), truth(node.right), std::logical_and());
      case Op::disjunction: return combined(truth(node.left), truth(node.right), std::logical_or());
      case Op::equal: return numbers(std::equal_to());
      case Op::unequal: return numbers(std::not_equal_to());
      case Op::less: return numbers(std::less());
      case Op::at_most: return numbers(std::less_equal());
      case Op::more: return numbers(std::greater());
      case Op::at_least: return numbers(std::greater_equal());
      case Op::constant:
      case Op::variable: break;
    }
    return Truth(size, node.number != 0 ? 1 : 0);
  };
  return truth(static_cast<int>(nodes_.size()) - 1);
}

}  // namespace bellshard::mdp
