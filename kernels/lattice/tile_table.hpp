#pragma once
#include <cmath>
#include <cstdint>

#include "kernels/execution.hpp"
#include "src/base/block.hpp"

namespace bellshard::lattice {

/// Are the first and the last tile column neighbours? Their values travel through ghost columns, one sweep later.
enum class Wrap { none, columns };

/// Which tiles of a block wait for a visit: a box of tile rows and columns around them, their number, and the least key of
/// all tiles that are awake, whether within the limit or not.
struct AwakeTiles {
  Block rows, columns;
  std::int64_t count = 0;  ///< within the limit
  float least_key = HUGE_VALF;
  float largest_change = 0;  ///< of any tile in its last visit
};

/// What is known of each tile of a 2-D block: is it awake (something in or around it changed since its last visit), how much
/// did it change in its last visit, and its key. Keys order the work: with a limit, tiles whose key is higher sleep on, but do
/// not forget that they were woken, until the limit is raised. A good key is a distance from where the answers come from.
class TileTable {
 public:
  TileTable(std::int64_t tile_rows, std::int64_t tile_columns, std::int64_t tile, Wrap wrap)
      : tile_rows_(tile_rows), tile_columns_(tile_columns), tile_(tile), wrap_(wrap),
        awake_("bellshard::lattice::tile_awake", static_cast<std::size_t>(tile_rows * tile_columns)),
        woken_across_("bellshard::lattice::tile_woken_across", static_cast<std::size_t>(tile_rows * tile_columns)),
        change_("bellshard::lattice::tile_change", static_cast<std::size_t>(tile_rows * tile_columns)),
        key_("bellshard::lattice::tile_key", static_cast<std::size_t>(tile_rows * tile_columns)) {
    wake_all(Execution());
  }

  KOKKOS_INLINE_FUNCTION std::int64_t tile() const { return tile_; }
  KOKKOS_INLINE_FUNCTION std::int64_t tile_rows() const { return tile_rows_; }
  KOKKOS_INLINE_FUNCTION std::int64_t tile_columns() const { return tile_columns_; }
  KOKKOS_INLINE_FUNCTION std::int64_t index(std::int64_t row, std::int64_t column) const { return row * tile_columns_ + column; }

  Array<float> const& key() const { return key_; }        ///< [tile row][tile column], 0 unless set by the owner of the sweep
  Array<float> const& change() const { return change_; }  ///< [tile row][tile column], of the last visit
  void wake_all(Execution const& space) { Kokkos::deep_copy(space, awake_, std::uint8_t{1}); }

  KOKKOS_INLINE_FUNCTION bool is_awake(std::int64_t row, std::int64_t column, float key_limit) const {
    std::int64_t const t = index(row, column);
    return awake_(t) != 0 && key_(t) <= key_limit;
  }

  /// A tile may be woken by several at once: all write the same.
  KOKKOS_INLINE_FUNCTION void wake(std::int64_t row, std::int64_t column) const { Kokkos::atomic_exchange(&awake_(index(row, column)), std::uint8_t{1}); }

  /// Notes a visit: the tile sleeps, unless it changed by more than the threshold; then it and its neighbours are awake.
  KOKKOS_INLINE_FUNCTION void visited(std::int64_t row, std::int64_t column, float change, float threshold) const {
    std::int64_t const t = index(row, column);
    change_(t) = change;
    awake_(t) = 0;
    if (change > threshold) wake_around(row, column);
  }

  KOKKOS_INLINE_FUNCTION void wake_around(std::int64_t row, std::int64_t column) const {
    for (std::int64_t r = row - 1; r <= row + 1; ++r) {
      if (r < 0 || r >= tile_rows_) continue;
      for (std::int64_t c = column - 1; c <= column + 1; ++c) {
        if (c >= 0 && c < tile_columns_) {
          wake(r, c);
        } else if (wrap_ == Wrap::columns) {
          // Across the wrap no front order holds, and ghosts are one sweep late: told after the sweep.
          Kokkos::atomic_exchange(&woken_across_(index(r, (c + tile_columns_) % tile_columns_)), std::uint8_t{1});
        }
      }
    }
  }

  /// Wakes the tiles that were told across the wrap during a sweep.
  void wake_across_wrap(Execution const& space) {
    if (wrap_ == Wrap::none) return;
    auto const table = *this;
    Kokkos::parallel_for(
        "bellshard::lattice::wake_across_wrap", Kokkos::RangePolicy<Execution>(space, 0, 2 * tile_rows_), KOKKOS_LAMBDA(std::int64_t k) {
          std::int64_t const t = table.index(k / 2, k % 2 == 0 ? 0 : table.tile_columns_ - 1);
          if (table.woken_across_(t) != 0) table.awake_(t) = 1;
          table.woken_across_(t) = 0;
        });
  }

  /// Largest finite key; 0 where there is none.
  float largest_key(Execution const& space) const {
    float largest = 0;
    auto const key = key_;
    Kokkos::parallel_reduce(
        "bellshard::lattice::largest_key", Kokkos::RangePolicy<Execution>(space, 0, tile_rows_ * tile_columns_),
        KOKKOS_LAMBDA(std::int64_t t, float& most) { most = key(t) > most && key(t) < HUGE_VALF ? key(t) : most; },
        Kokkos::Max<float>(largest));
    return largest > 0 ? largest : 0;
  }

  /// Summary of the tiles that are awake.
  AwakeTiles awake(Execution const& space, float key_limit) const;

 private:
  friend struct CountAwake;
  std::int64_t tile_rows_, tile_columns_, tile_;
  Wrap wrap_;
  Array<std::uint8_t> awake_, woken_across_;
  Array<float> change_, key_;
};

/// Reduction behind TileTable::awake.
struct CountAwake {
  using value_type = AwakeTiles;
  TileTable table;
  float key_limit;

  KOKKOS_INLINE_FUNCTION void init(AwakeTiles& a) const {
    a = AwakeTiles{{INT64_MAX, 0}, {INT64_MAX, 0}, 0, HUGE_VALF, 0};
  }
  template <class To, class From>
  KOKKOS_INLINE_FUNCTION static void add(To& a, From& b) {
    a.rows.begin = b.rows.begin < a.rows.begin ? b.rows.begin : a.rows.begin;
    a.rows.end = b.rows.end > a.rows.end ? b.rows.end : a.rows.end;
    a.columns.begin = b.columns.begin < a.columns.begin ? b.columns.begin : a.columns.begin;
    a.columns.end = b.columns.end > a.columns.end ? b.columns.end : a.columns.end;
    a.count = a.count + b.count;
    a.least_key = b.least_key < a.least_key ? b.least_key : a.least_key;
    a.largest_change = b.largest_change > a.largest_change ? b.largest_change : a.largest_change;
  }
  KOKKOS_INLINE_FUNCTION void join(AwakeTiles& a, AwakeTiles const& b) const { add(a, b); }
  KOKKOS_INLINE_FUNCTION void join(AwakeTiles volatile& a, AwakeTiles const volatile& b) const { add(a, b); }  // Kokkos before 4
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t t, AwakeTiles& a) const {
    float const change = table.change_(t);
    a.largest_change = change > a.largest_change ? change : a.largest_change;
    if (table.awake_(t) == 0) return;
    std::int64_t const row = t / table.tile_columns_, column = t % table.tile_columns_;
    float const key = table.key_(t);
    a.least_key = key < a.least_key ? key : a.least_key;
    if (key > key_limit) return;
    AwakeTiles const here{{row, row + 1}, {column, column + 1}, 1, key, change};
    add(a, here);
  }
};

inline AwakeTiles TileTable::awake(Execution const& space, float key_limit) const {
  AwakeTiles result;
  CountAwake const count{*this, key_limit};
  Kokkos::parallel_reduce("bellshard::lattice::count_awake", Kokkos::RangePolicy<Execution>(space, 0, tile_rows_ * tile_columns_),
                          count, result);
  if (tile_rows_ * tile_columns_ == 0) count.init(result);
  return result;
}

}  // namespace bellshard::lattice
