#pragma once
#include <mpi.h>

#include <cstdint>
#include <span>
#include <vector>

#include "src/dist/partition.hpp"
#include "src/mdp/criterion.hpp"
#include "src/mdp/rows.hpp"

namespace bellshard::mdp {

/// What graph search makes of a model and a criterion: the same optimal values as the solution of
///
///     V(s) = opt over actions of  reward + sum p V(next)
///
/// on the states that are left, where every policy (min: every policy of finite value) leaves them all with probability 1,
/// so that the equation has one solution and any V with T V >= V is a lower bound, any with T V <= V an upper one.
///
///  - states whose value the graph alone decides (the target, probability 0 and 1, infinite) are gone: their share of a
///    transition is folded into the pair's reward;
///  - actions that lead into states of infinite value with positive probability, where the objective shuns those, are gone;
///  - where the objective likes to stay (max probability, min reward), every maximal end component of the rest (min reward: of
///    pairs with reward 0) is one state with the actions that leave it;
///  - self-loops are divided out, and an action that never leaves its state (at a price, for min) is gone.
///
/// Total reward is infinite where the target may be missed: by some policy for max, by every one for min. With a discount below 1
/// nothing is infinite and components do no harm: target states and those not allowed are gone, self-loops are divided out.
///
/// Interval models, where nature chooses against the objective: without discount the graph is known where no lower end is 0 (else
/// exit 4 with the first state). What a decided state adds to a pair is nature's choice too, so states at the end of the axis stand
/// for the values 0 and, for probabilities, 1: each with one pair (pair_state -1) that pays the value and ends the path. Self-loops
/// stay.
///
/// Reduced states keep the order of the least original state that they stand for, so their numbers do not depend on the ranks.
struct Reduction {
  Partition states = Partition::equal(0, 1); ///< of the reduced axis, by pairs and transitions
  Rows rows;                                 ///< own block of the reduced states
  std::vector<std::int64_t> image;           ///< [own original state] reduced state, or -1 where decided
  std::vector<double> decided;               ///< [own original state] value where image is -1, else 0
  std::vector<std::int32_t> decided_action;  ///< [own original state] an action that attains it, where image is -1, else -1
  std::vector<std::int64_t> pair_state;      ///< [own reduced pair] the original state whose action it is, negative for none
  std::vector<std::int32_t> pair_action;     ///< [own reduced pair] its index within that state
  std::int64_t components = 0;               ///< end components that became one state, all ranks
  std::vector<std::uint8_t> internal;        ///< [own original pair] 1 for those that stay inside one; empty where there are none
};

/// Reduces reachability and total_reward (and discounted, which is total_reward with a discount). `target` [own state] 1 where
/// met; `allowed` [own state] 0 at states that end a path without success (the left side of "until"), empty on every rank where
/// all are allowed. Collective. Rewards may have any sign, but for min without discount none is negative inside an end
/// component outside the target, where totals may have no bottom: exit 4 with the first such state.
Reduction reduce(MPI_Comm comm, Partition const& states, Rows const& rows, std::span<std::uint8_t const> target,
                 std::span<std::uint8_t const> allowed, Criterion const& criterion);

/// The policy on the original states [own original state]: decided actions, the chosen pair at the state that owns it, and
/// inside a collapsed end component a way to that state that takes it with probability 1; -1 in components that chose "stay"
/// of reduce_to_components. Of reduction.rows only action_offset is read.
/// `chosen` [own reduced state] index within the reduced state.
std::vector<std::int32_t> lift_policy(MPI_Comm comm, Partition const& states, Rows const& rows, Reduction const& reduction,
                                      std::span<std::int32_t const> chosen);

/// Values of the reduced states [own reduced] on the original ones [own original]: decided ones put in. Collective.
std::vector<double> lift_values(MPI_Comm comm, Partition const& states, Reduction const& reduction, std::span<double const> reduced);

/// The way there: values of original states [own original] on the reduced ones [own reduced]. Of several that became one state the
/// least gives its value; states that stand for none get 0. Collective.
std::vector<double> reduce_values(MPI_Comm comm, Reduction const& reduction, std::span<double const> original);

/// Maximal end components of a model. component [own state]: 0, 1, ... in the order of their least state, or -1; internal
/// [own pair] 1 where all next states of the pair lie in its own component.
struct EndComponents {
  std::int64_t count = 0;
  std::vector<std::int64_t> component;
  std::vector<std::uint8_t> internal;
};
/// `among` [own pair] 1 for the pairs that may be used; empty: all. Collective.
EndComponents end_components(MPI_Comm comm, Partition const& states, Rows const& rows, std::span<std::uint8_t const> among = {});

/// Average reward: the components become one state each with all pairs that leave it, and beside them one pair "stay" whose
/// reward is the component's gain and which ends the path; other states stay as they are. gain [component], the same on every rank.
/// "stay" is the first pair of its state, with pair_state = -1 - component and pair_action = 0.
Reduction reduce_to_components(MPI_Comm comm, Partition const& states, Rows const& rows, EndComponents const& components,
                               std::span<double const> gain);

}  // namespace bellshard::mdp
