#include "src/mdp/sparse_operator_impl.hpp"

namespace bellshard::mdp {

template std::unique_ptr<Operator> make_operator<dp::RunColumns, dp::PlainProbabilities>(SparseParts, Rows);
template std::unique_ptr<Operator> make_operator<dp::RunColumns, dp::SingleProbabilities>(SparseParts, Rows);
template std::unique_ptr<Operator> make_operator<dp::RunColumns, dp::TabledProbabilities>(SparseParts, Rows);

}  // namespace bellshard::mdp
