"""Long-run average reward per step in exact rationals: multichain policy iteration (Puterman 1994, section 9.2)."""
from fractions import Fraction

from exact_graph import strong_components
from exact_mdp import ONE, ZERO, chain, is_better, q_value, solve


def recurrent_classes(markov_chain):
    edges = {s: set(pairs[0].next) for s, pairs in enumerate(markov_chain)}
    return [part for part in strong_components(set(edges), edges) if all(edges[s] <= part for s in part)]


def gain_and_bias(markov_chain):
    """gain = P gain; bias + gain = reward + P bias; bias 0 at the least state of each recurrent class."""
    size, anchors = len(markov_chain), {min(part): part for part in recurrent_classes(markov_chain)}
    # Unknowns: gain [0, size), bias [size, 2 size). In a recurrent class gain = P gain says once too often that it is constant:
    # the row of the anchor makes room for bias = 0.
    rows, right = [], []
    for s, (pair,) in enumerate(markov_chain):
        rows.append({size + s: ONE} if s in anchors else minus(s, pair, 0))
        right.append(ZERO)
    for s, (pair,) in enumerate(markov_chain):
        rows.append({**minus(s, pair, size), s: ONE})
        right.append(pair.reward)
    solution = solve(rows, right)
    return solution[:size], solution[size:]


def minus(s, pair, first):
    """The row of x - P x, columns from `first` on."""
    row = {first + s: ONE}
    for t, p in pair.next.items():
        row[first + t] = row.get(first + t, ZERO) - p
    return row


def average_reward(mdp, objective):
    """The gain first, then the bias among the actions that keep the gain; what is as good stays."""
    policy = [0] * len(mdp)
    for _ in range(1000):
        gain, bias = gain_and_bias(chain(mdp, policy))
        changed = better_actions(mdp, objective, policy, gain, bias)
        if changed == policy:
            return gain
        policy = changed
    raise ArithmeticError("policy iteration goes in circles")


def better_actions(mdp, objective, policy, gain, bias):
    drift = [[sum((p * gain[t] for t, p in pair.next.items()), ZERO) for pair in pairs] for pairs in mdp]
    higher = [pick(row, objective, a) for row, a in zip(drift, policy)]
    if higher != policy:
        return higher
    changed = []
    for s, pairs in enumerate(mdp):
        keep = [a for a in range(len(pairs)) if drift[s][a] == gain[s]]
        q = [q_value(pair, bias) for pair in pairs]
        top = keep[pick([q[a] for a in keep], objective, keep.index(policy[s]))]
        changed.append(top)
    return changed


def pick(values, objective, old):
    """The old index where it is as good as any, else the first best one."""
    top = values.index((max if objective == "max" else min)(values))
    return top if is_better(values[top], values[old], objective) else old
