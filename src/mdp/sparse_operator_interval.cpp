#include "src/mdp/sparse_operator_impl.hpp"

namespace bellshard::mdp {

template std::unique_ptr<Operator> make_operator<dp::IndexedColumns, dp::IntervalProbabilities>(SparseParts, Rows);

}  // namespace bellshard::mdp
