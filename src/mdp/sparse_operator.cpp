#include "src/mdp/sparse_operator.hpp"

#include "kernels/host_copy.hpp"
#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/sparse_operator_impl.hpp"
#include "src/mdp/visiting_order.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::mdp {

extern template std::unique_ptr<Operator> make_operator<dp::IndexedColumns, dp::PlainProbabilities>(SparseParts, Rows);
extern template std::unique_ptr<Operator> make_operator<dp::IndexedColumns, dp::SingleProbabilities>(SparseParts, Rows);
extern template std::unique_ptr<Operator> make_operator<dp::IndexedColumns, dp::TabledProbabilities>(SparseParts, Rows);
extern template std::unique_ptr<Operator> make_operator<dp::IndexedColumns, dp::IntervalProbabilities>(SparseParts, Rows);
extern template std::unique_ptr<Operator> make_operator<dp::NearColumns, dp::PlainProbabilities>(SparseParts, Rows);
extern template std::unique_ptr<Operator> make_operator<dp::NearColumns, dp::SingleProbabilities>(SparseParts, Rows);
extern template std::unique_ptr<Operator> make_operator<dp::NearColumns, dp::TabledProbabilities>(SparseParts, Rows);
extern template std::unique_ptr<Operator> make_operator<dp::RunColumns, dp::PlainProbabilities>(SparseParts, Rows);
extern template std::unique_ptr<Operator> make_operator<dp::RunColumns, dp::SingleProbabilities>(SparseParts, Rows);
extern template std::unique_ptr<Operator> make_operator<dp::RunColumns, dp::TabledProbabilities>(SparseParts, Rows);

namespace {

/// The smallest storage that fits. Where pairs have a transition or two, a run's begin costs more than distances do.
StorageChoice smallest(StorageFit const& fit, bool few_transitions) {
  using enum StorageChoice;
  auto const of = [&](StorageChoice plain, StorageChoice single, StorageChoice table) { return fit.table ? table : fit.single ? single : plain; };
  if (fit.runs && !(fit.near && few_transitions)) return of(runs, runs_single, runs_table);
  if (fit.near) return of(near, near_single, near_table);
  return of(indexed, indexed_single, indexed_table);
}

void check_fit(StorageChoice choice, StorageFit const& fit) {
  using enum StorageChoice;
  BELLSHARD_INPUT(fit.table || (choice != indexed_table && choice != near_table && choice != runs_table),
                  "the model has more than 256 distinct probabilities, too many for a table of them; choose another storage");
  BELLSHARD_INPUT(fit.single || (choice != indexed_single && choice != near_single && choice != runs_single),
                  "a probability of the model is no float32 exactly; choose another storage");
  BELLSHARD_INPUT(fit.near || (choice != near && choice != near_single && choice != near_table),
                  "a transition leads further than 16 bits can say in local storage; choose another storage");
  BELLSHARD_INPUT(fit.runs || (choice != runs && choice != runs_single && choice != runs_table),
                  "the next states of some pair do not follow each other, so they are no runs; choose another storage");
}

std::unique_ptr<Operator> make_stored(StorageChoice storage, SparseParts parts, Rows rows) {
  switch (storage) {
    case StorageChoice::indexed_single:
      return make_operator<dp::IndexedColumns, dp::SingleProbabilities>(std::move(parts), std::move(rows));
    case StorageChoice::indexed_table:
      return make_operator<dp::IndexedColumns, dp::TabledProbabilities>(std::move(parts), std::move(rows));
    case StorageChoice::near:
      return make_operator<dp::NearColumns, dp::PlainProbabilities>(std::move(parts), std::move(rows));
    case StorageChoice::near_single:
      return make_operator<dp::NearColumns, dp::SingleProbabilities>(std::move(parts), std::move(rows));
    case StorageChoice::near_table:
      return make_operator<dp::NearColumns, dp::TabledProbabilities>(std::move(parts), std::move(rows));
    case StorageChoice::runs:
      return make_operator<dp::RunColumns, dp::PlainProbabilities>(std::move(parts), std::move(rows));
    case StorageChoice::runs_single:
      return make_operator<dp::RunColumns, dp::SingleProbabilities>(std::move(parts), std::move(rows));
    case StorageChoice::runs_table:
      return make_operator<dp::RunColumns, dp::TabledProbabilities>(std::move(parts), std::move(rows));
    default:
      return make_operator<dp::IndexedColumns, dp::PlainProbabilities>(std::move(parts), std::move(rows));
  }
}

/// On host threads alone: a device sweeps blocks at once, by number.
Array<std::int32_t const> visit_list(Rows const& localised, GhostExchange const& exchange) {
  auto const order = visiting_order(localised, exchange, Execution().concurrency());
  auto const list = large_array<Array<std::int32_t>>("bellshard::mdp::visit", order.size());
  copy_to_device(order, list, 0);
  return list;
}

}  // namespace

std::unique_ptr<Operator> make_sparse_operator(MPI_Comm comm, Partition const& states, Rows&& given, Objective objective, double discount,
                                               StorageChoice storage, Nature nature, bool in_place) {
  Rows rows = std::move(given);
  bool const interval = any_over_ranks(comm, rows.interval());
  drop_impossible(rows);
  GhostExchange exchange(comm, states, foreign_states(rows), {}, ForeignPlace::around);
  RowExtremes extremes;
  widen(extremes, rows);
  SparseParts parts{comm, states, std::move(exchange), {}, {}, objective, discount, rows.transitions(), extremes_over_ranks(comm, extremes), nature};
  StorageFit fit;
  together(comm, [&] {
    localise(rows, parts.exchange);
    parts.pairs = pack_pairs(rows);
    parts.chunks = sort_chunks(rows, parts.exchange);
    fit = storage_fit(rows, parts.exchange);
    if (runs_on_host && in_place) parts.visit = visit_list(rows, parts.exchange);
  });
  if (interval) return make_operator<dp::IndexedColumns, dp::IntervalProbabilities>(std::move(parts), std::move(rows));
  fit = {!any_over_ranks(comm, !fit.near), !any_over_ranks(comm, !fit.runs), !any_over_ranks(comm, !fit.single), !any_over_ranks(comm, !fit.table)};
  check_fit(storage, fit);
  bool const few_transitions = sum_over_ranks(comm, rows.transitions()) <= 2 * sum_over_ranks(comm, rows.pairs());
  if (storage == StorageChoice::automatic) storage = smallest(fit, few_transitions);
  // Making the operator duplicates the communicator, so it cannot stand in together(): out of memory here ends the run.
  return make_stored(storage, std::move(parts), std::move(rows));
}

}  // namespace bellshard::mdp
