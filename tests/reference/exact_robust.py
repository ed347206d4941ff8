"""Interval models in exact rationals: nature chooses the probabilities of each state and action, against the objective.

A game of two: the maximiser's strategy is improved, the minimiser's best answer to it is a Markov decision process that
`exact_mdp` solves exactly (Hoffman and Karp 1966). Where we maximise, nature answers with vertices of its polytopes; where we
minimise, nature is the maximiser. Lower ends are positive, so that the graph is nature's in no case.
"""
import dataclasses
import itertools
from fractions import Fraction

import exact_mdp
from exact_mdp import ONE, ZERO, best, blocked, is_better, q_value, without_rewards


def filled(pair, order):
    """The distribution that gives as much as it can to the next states in this order."""
    p, rest = dict(pair.next), ONE - sum(pair.next.values(), ZERO)
    for t in order:
        share = min(rest, pair.upper[t] - pair.next[t])
        p[t] += share
        rest -= share
    return dataclasses.replace(pair, next={t: x for t, x in p.items() if x}, upper=None)


def vertices(pair):
    found = {tuple(sorted(filled(pair, order).next.items())) for order in itertools.permutations(pair.next)}
    return [dataclasses.replace(pair, next=dict(items), upper=None) for items in sorted(found)]


def extreme(pair, values, objective):
    """Nature's choice where it wants the most ("max") or the least of sum p values."""
    return filled(pair, sorted(pair.next, key=lambda t: values[t], reverse=objective == "max"))


def with_nature(mdp):
    """Nature on our side: what it may choose is ours to choose, a Markov decision process."""
    return [[vertex for pair in pairs for vertex in vertices(pair)] for pairs in mdp]


def opponent(objective):
    return "min" if objective == "max" else "max"


def play(mdp, objective, solve, discount, settled):
    """solve(model, objective) -> values of a model whose nature is fixed, or whose actions are nature's; settled: states whose
    value no choice changes."""
    if objective == "max":
        policy = [0] * len(mdp)
        while True:
            values = solve([vertices(pairs[a]) for pairs, a in zip(mdp, policy)], "min")
            changed = list(policy)
            for s, pairs in enumerate(mdp):
                q = [q_value(extreme(pair, values, "min"), values, discount) for pair in pairs]
                if s not in settled and is_better(max(q), values[s], "max"):
                    changed[s] = q.index(max(q))
            if changed == policy:
                return values
            policy = changed
    nature = [[filled(pair, pair.next) for pair in pairs] for pairs in mdp]
    while True:
        values = solve(nature, "min")
        changed = [[extreme(pair, values, "max") if is_better(q_value(extreme(pair, values, "max"), values, discount), q_value(now, values, discount), "max")
                    else now for pair, now in zip(pairs, fixed)] for pairs, fixed in zip(mdp, nature)]
        if changed == nature:
            return values
        nature = changed


def discounted(mdp, objective, discount):
    discount = Fraction(discount)
    return play(mdp, objective, lambda model, goal: exact_mdp.discounted(model, goal, discount), discount, ())


def reachability(mdp, objective, target, avoid=()):
    mdp = blocked(without_rewards(mdp), set(avoid) - set(target))
    return play(mdp, objective, lambda model, goal: exact_mdp.reachability(model, goal, target), ONE, set(target))


def finite_horizon(mdp, objective, horizon, discount=ONE, known=None):
    known = known or {}
    values = [known.get(s, ZERO) for s in range(len(mdp))]
    for _ in range(horizon):
        values = [known[s] if s in known else
                  best(objective)(q_value(extreme(pair, values, opponent(objective)), values, discount) for pair in pairs)
                  for s, pairs in enumerate(mdp)]
    return values


def bounded_reachability(mdp, objective, horizon, target, avoid=()):
    mdp = blocked(without_rewards(mdp), set(avoid) - set(target))
    return finite_horizon(mdp, objective, horizon, known={s: ONE for s in target})
