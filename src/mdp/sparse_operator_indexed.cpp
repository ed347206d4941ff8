#include "src/mdp/sparse_operator_impl.hpp"

namespace bellshard::mdp {

template std::unique_ptr<Operator> make_operator<dp::IndexedColumns, dp::PlainProbabilities>(SparseParts, Rows);
template std::unique_ptr<Operator> make_operator<dp::IndexedColumns, dp::SingleProbabilities>(SparseParts, Rows);
template std::unique_ptr<Operator> make_operator<dp::IndexedColumns, dp::TabledProbabilities>(SparseParts, Rows);

}  // namespace bellshard::mdp
