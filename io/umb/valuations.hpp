#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/mdp/explicit_mdp.hpp"
#include "io/umb/index.hpp"

namespace bellshard::io {

/// Values of the variables of all states, packed by bits: the variables of a state's class one after the other, whole
/// bytes a state. A variable of text counts as the number of its string, except for `state_name`, which is the state's name.
struct Valuations {
  std::vector<ExplicitMdp::Named<double>> coordinates;  ///< NaN where a state has no such variable
  std::vector<std::string> state_name;                  ///< [state] or empty
};

/// `class_of` [state], empty: all of class 0. Exit 4 with `origin` where bytes or strings do not fit the classes.
Valuations unpack_valuations(UmbIndex const& index, std::span<std::byte const> bytes, std::span<std::uint32_t const> class_of,
                             std::vector<std::string> const& strings, std::string const& origin);

/// Packs coordinates and names of the states: whole numbers with as many bits as they need, others as double. Adds the
/// class to the index and gives back the bytes.
std::vector<std::byte> pack_valuations(ExplicitMdp const& mdp, UmbIndex& index);

}  // namespace bellshard::io
