#include "src/mdp/sparse_operator_impl.hpp"

namespace bellshard::mdp {

template std::unique_ptr<Operator> make_operator<dp::NearColumns, dp::PlainProbabilities>(SparseParts, Rows);
template std::unique_ptr<Operator> make_operator<dp::NearColumns, dp::SingleProbabilities>(SparseParts, Rows);
template std::unique_ptr<Operator> make_operator<dp::NearColumns, dp::TabledProbabilities>(SparseParts, Rows);

}  // namespace bellshard::mdp
