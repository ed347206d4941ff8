#include "src/mdp/sparse_operator_impl.hpp"

namespace bellshard::mdp {

template <>
std::unique_ptr<Operator> make_operator<dp::IndexedColumns, dp::PlainProbabilities>(SparseParts parts, Rows const& localised) {
  return std::make_unique<SparseOperator<dp::IndexedColumns, dp::PlainProbabilities>>(
      std::move(parts), dp::IndexedColumns{to_device<std::int32_t>("bellshard::mdp::column", localised.next_state)},
      dp::PlainProbabilities{to_device<double>("bellshard::mdp::probability", localised.probability)});
}

}  // namespace bellshard::mdp
