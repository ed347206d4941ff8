#pragma once
// The stage of buying at random prices on the vectors of a host: a correlation of values and chances, one multiply-add for each budget and price.
// Lane l of a vector holds budgets of the l-th part of a tile, so that a shift by a price shifts whole vectors: every load is aligned. Prices
// that are bought at in all lanes of a group need no comparison; those that only some buy at are compared one by one.
#include "kernels/dp/price_stage.hpp"

#if defined(BELLSHARD_VECTORS)

namespace bellshard::dp::price_lanes {

using Values = Vector<double>;
using Wholes = Vector<std::int64_t>;
inline constexpr int lanes = lanes_of<Values>;
inline constexpr int group = lanes > 4 ? 16 : 8;
inline constexpr std::int32_t first_hint = 16;  // of the prices that are bought at: few where budgets are scarce
inline constexpr std::int64_t part = PriceStage::tile / lanes;

/// The values of one tile and of the budgets below it, as far down as it takes, counted from the tile's first budget.
struct TileValues {
  alignas(vector_bytes) Values place[PriceStage::most_prices + part];
  Values* at;            ///< at[i][l]: budget l part + i of the tile, i = -filled .. part - 1
  double const* tile;    ///< value of the tile's first budget
  std::int32_t filled = 0;

  TileValues(PriceStage const& stage, std::int64_t first) : at(place + stage.prices), tile(stage.before + first) {
    auto* const numbers = reinterpret_cast<double*>(at);
    for (std::int64_t l = 0; l < lanes; ++l) {
      for (std::int64_t i = 0; i < part; ++i) numbers[i * lanes + l] = tile[l * part + i] - tile[0];
    }
  }

  /// Sees to it that price d reaches values in all of the tile.
  void reach(std::int32_t d) {
    auto* const numbers = reinterpret_cast<double*>(at);
    for (; filled < d; ++filled) {  // lane l is where lane l - 1 is a part further on
      std::int64_t const i = -filled - 1;
      at[i] = load_vector<Values>(numbers + (i + part) * lanes - 1);
      numbers[i * lanes] = tile[i] - tile[0];
    }
  }
};

/// What the vectors at[k .. k + group) have in common.
struct Group {
  PriceStage const& stage;
  Values const* at;

  Values worth(int j, std::int32_t d) const { return stage.gain[d] + stage.discount * (at[j - d] - at[j]); }
  /// Is price d worth it in each of its budgets, or in none?
  bool all(std::int32_t d) const {
    Values least = worth(0, d);
    for (int j = 1; j < group; ++j) {
      auto const next = worth(j, d);
      least = next < least ? next : least;
    }
    for (int l = 0; l < lanes; ++l) {
      if (!(least[l] >= 0)) return false;
    }
    return true;
  }
  bool none(std::int32_t d) const {
    Values most = worth(0, d);
    for (int j = 1; j < group; ++j) {
      auto const next = worth(j, d);
      most = next > most ? next : most;
    }
    for (int l = 0; l < lanes; ++l) {
      if (most[l] >= 0) return false;
    }
    return true;
  }
};

/// The largest number in [least, most] for which `holds`, which holds up to it and not beyond, and at `least` for sure; sought around `hint`.
template <class Holds>
std::int32_t last_that(std::int32_t least, std::int32_t most, std::int32_t hint, Holds const& holds) {
  std::int32_t low = least, high = most + 1, step = 1;
  auto at = hint < least ? least : hint > most ? most : hint;
  if (at == least || holds(at)) {
    for (low = at; low + step < high; step *= 2) {
      if (!holds(low + step)) { high = low + step; break; }
      low += step;
    }
  } else {
    for (high = at; high - step > low; step *= 2) {
      if (holds(high - step)) { low = high - step; break; }
      high -= step;
    }
  }
  while (high - low > 1) {
    auto const middle = (low + high) / 2;
    (holds(middle) ? low : high) = middle;
  }
  return low;
}

/// Prices up to `all` are worth it in each budget of a group, those beyond `any` in none.
struct Reach {
  std::int32_t all = 0, any = 0;
};

/// The group of vectors from at[k] on.
inline void sweep_group(PriceStage const& stage, std::int64_t tile, TileValues& values, std::int64_t k, Reach& reach) {
  Group const here{stage, values.at + k};
  auto const asked = [&](std::int32_t d) {
    values.reach(d);
    return d;
  };
  reach.all = last_that(0, stage.prices, reach.all, [&](std::int32_t d) { return here.all(asked(d)); });
  reach.any = last_that(reach.all, stage.prices, reach.any, [&](std::int32_t d) { return !here.none(asked(d)); });

  Values sum[group];
  for (int j = 0; j < group; ++j) sum[j] = Values{};
  for (std::int32_t d = 0; d <= reach.all; ++d) {
    auto const chance = all_lanes<Values>(stage.chance[d]);
    Values const* const from = here.at - d;
    for (int j = 0; j < group; ++j) sum[j] = fused(chance, from[j], sum[j]);
  }
  alignas(vector_bytes) double change[group * lanes];  // by way of memory to where each lane has its place: cheaper than taking vectors apart
  for (int j = 0; j < group; ++j) {
    // The sums of chances and gains go on as those of the table do: the same bits.
    Values chance = Values{} + stage.chance_sum[reach.all], gain = Values{} + stage.gain_sum[reach.all];
    for (std::int32_t d = reach.all + 1; d <= reach.any; ++d) {
      Wholes const bought = here.worth(j, d) >= 0;
      Values const value = bought ? here.at[j - d] : Values{}, with = bought ? Values{} + stage.chance[d] : Values{};
      sum[j] = fused(all_lanes<Values>(stage.chance[d]), value, sum[j]);
      chance += with;
      gain += with * stage.gain[d];
    }
    store_vector(change + j * lanes, gain + stage.discount * (sum[j] - chance * here.at[j]));
  }
  for (int l = 0; l < lanes; ++l) {
    auto const first = tile + l * part + k;
    for (int j = 0; j < group; ++j) stage.after[first + j] = stage.before[first + j] + change[j * lanes + l];
  }
}

/// The tile of budgets from index `tile` on.
inline void sweep_tile(PriceStage const& stage, std::int64_t tile) {
  TileValues values(stage, tile);
  Reach reach{first_hint, first_hint};
  for (std::int64_t k = 0; k < part; k += group) sweep_group(stage, tile, values, k, reach);
  if (stage.first + tile == 0) stage.after[tile] = 0;
}

}  // namespace bellshard::dp::price_lanes
#endif
