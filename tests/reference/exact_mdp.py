"""Small Markov decision processes solved in exact rationals, by graph search and policy iteration (Howard 1960; Puterman 1994).

A model is a list over states of lists of `Pair`. Everything is a Fraction, infinite totals are math.inf. Policies are lists of
action indices. Shares nothing with the program: no iteration of values, no rounding, no bounds.

Solvers return the list of optimal values; `chain(mdp, policy)` makes a policy's own Markov chain, whose value the same solver finds.
"""
import dataclasses
import math
from fractions import Fraction

from exact_graph import avoidable, certain_for_all, certain_for_some, positive

ZERO, ONE = Fraction(0), Fraction(1)


@dataclasses.dataclass(frozen=True)
class Pair:
    """One action of one state. Interval models: `next` holds the lower ends, `upper` the upper ones."""
    reward: Fraction
    next: dict
    upper: dict = None


def chain(mdp, policy):
    return [[pairs[a]] for pairs, a in zip(mdp, policy)]


def with_rewards(mdp, rewards):
    """rewards [state][action]"""
    return [[dataclasses.replace(pair, reward=Fraction(r)) for pair, r in zip(pairs, row)] for pairs, row in zip(mdp, rewards)]


def blocked(mdp, avoid):
    """States to be avoided become traps."""
    return [[Pair(ZERO, {s: ONE}, {s: ONE})] if s in avoid else pairs for s, pairs in enumerate(mdp)]


def best(objective):
    return {"max": max, "min": min}[objective]


def is_better(a, b, objective):
    return a > b if objective == "max" else a < b


def solve(rows, right):
    """Solves sum_j rows[i][j] x[j] = right[i] by sparse elimination. rows: dicts from column to coefficient."""
    rows, right = [dict(row) for row in rows], list(right)
    pivots = []
    for i, row in enumerate(rows):
        for column, p in pivots:
            factor = row.pop(column, ZERO)
            if factor:
                right[i] -= factor * right[p]
                for j, value in rows[p].items():
                    if j != column:
                        row[j] = row.get(j, ZERO) - factor * value
        row = rows[i] = {j: value for j, value in row.items() if value}
        if not row:
            raise ArithmeticError("singular")
        column = i if i in row else min(row)
        scale = row[column]
        rows[i] = {j: value / scale for j, value in row.items()}
        right[i] /= scale
        pivots.append((column, i))
    x = {}
    for column, p in reversed(pivots):
        x[column] = right[p] - sum((value * x[j] for j, value in rows[p].items() if j != column), ZERO)
    return [x[j] for j in range(len(rows))]


def q_value(pair, values, discount=ONE):
    """A next state of value 0 needs no factor, an infinite one makes the sum infinite."""
    return pair.reward + discount * sum((p * values[t] for t, p in pair.next.items() if values[t]), ZERO)


def evaluate(mdp, policy, discount, known):
    """Values of a policy. known: state -> value where that is decided."""
    rows, right = [], []
    for s, pairs in enumerate(mdp):
        rows.append({s: ONE})
        if s in known:
            right.append(known[s])
            continue
        pair = pairs[policy[s]]
        for t, p in pair.next.items():
            rows[s][t] = rows[s].get(t, ZERO) - discount * p
        right.append(pair.reward)
    return solve(rows, right)


def improve(mdp, objective, policy, discount=ONE, known=None, usable=None, settle=lambda policy: {}):
    """Policy iteration from `policy`: an action changes where another one is strictly better. known: values that are decided;
    usable[s]: the actions that may be taken; settle(policy): what a policy's own graph decides besides."""
    known = known or {}
    while True:
        values = evaluate(mdp, policy, discount, {**settle(policy), **known})
        changed = list(policy)
        for s, pairs in enumerate(mdp):
            actions = usable[s] if usable else range(len(pairs))
            if s not in known and actions:
                q = {a: q_value(pairs[a], values, discount) for a in actions}
                top = max(q, key=q.get) if objective == "max" else min(q, key=q.get)
                if is_better(q[top], values[s], objective):
                    changed[s] = top
        if changed == policy:
            return values, policy
        policy = changed


def discounted(mdp, objective, discount):
    return improve(mdp, objective, [0] * len(mdp), Fraction(discount))[0]


def finite_horizon(mdp, objective, horizon, discount=ONE, known=None):
    """[stage][state], stage 0 has all `horizon` steps before it, the last one none. known: values that no step changes."""
    known = known or {}
    stages = [[known.get(s, ZERO) for s in range(len(mdp))]]
    for _ in range(horizon):
        stages.insert(0, [known[s] if s in known else best(objective)(q_value(pair, stages[0], discount) for pair in pairs)
                          for s, pairs in enumerate(mdp)])
    return stages


def evaluate_stages(mdp, stage_policy, discount=ONE, known=None):
    """Value of a policy by stages, stage_policy [stage][state]."""
    known = known or {}
    values = [known.get(s, ZERO) for s in range(len(mdp))]
    for policy in reversed(stage_policy):
        values = [known[s] if s in known else q_value(pairs[policy[s]], values, discount) for s, pairs in enumerate(mdp)]
    return values


def without_rewards(mdp):
    return [[dataclasses.replace(pair, reward=ZERO) for pair in pairs] for pairs in mdp]


def bounded_reachability(mdp, objective, horizon, target, avoid=()):
    mdp = blocked(without_rewards(mdp), set(avoid) - set(target))
    return finite_horizon(mdp, objective, horizon, known={s: ONE for s in target})[0]


def reachability(mdp, objective, target, avoid=()):
    """The least solution of v = opt P v. A policy iteration that ends in a fixed point has found it: for max since the value of
    a policy is never above the least one, for min since without the states of value 0 there is one solution only."""
    target = set(target)
    mdp = blocked(without_rewards(mdp), set(avoid) - target)
    hopeless = set(range(len(mdp))) - positive(mdp, target) if objective == "max" else avoidable(mdp, target)
    known = {**{s: ONE for s in target}, **{s: ZERO for s in hopeless}}

    def never(policy):
        return {s: ZERO for s in set(range(len(mdp))) - positive(chain(mdp, policy), target)}

    return improve(mdp, objective, [0] * len(mdp), known=known, settle=never)[0]


def proper_policy(mdp, target, usable):
    """A policy of usable actions that comes nearer to the target with positive probability in each step."""
    policy, nearer = [0] * len(mdp), set(target)
    while True:
        new = {s: a for s in range(len(mdp)) if s not in nearer for a in usable[s] if mdp[s][a].next.keys() & nearer}
        if not new:
            return policy
        for s, a in new.items():
            policy[s] = a
        nearer |= new.keys()


def total_reward(mdp, objective, target, avoid=()):
    """Rewards, not negative, until the target is met; +inf where it is missed with positive probability. max: by some policy;
    min: by all, and the least is over policies that meet it almost surely (zero-reward loops are no way out)."""
    target = set(target)
    mdp = blocked(mdp, set(avoid) - target)
    finite = certain_for_all(mdp, target) if objective == "max" else certain_for_some(mdp, target)
    usable = [[a for a, pair in enumerate(pairs) if pair.next.keys() <= finite] for pairs in mdp]
    known = {**{s: ZERO for s in range(len(mdp)) if s not in finite}, **{s: ZERO for s in target}}
    values = improve(mdp, objective, proper_policy(mdp, target, usable), known=known, usable=usable)[0]
    return [v if s in finite else math.inf for s, v in enumerate(values)]


def reward_reachability(mdp, objective, target, budget, avoid=()):
    """Probability to meet the target while the sum of whole rewards is at most `budget`: reachability of (state, budget left)."""
    target, size = set(target), len(mdp)
    lost = size * (budget + 1)

    def pair_at(pair, left):
        if pair.reward > left:
            return Pair(ZERO, {lost: ONE})
        return Pair(ZERO, {int(left - pair.reward) * size + t: p for t, p in pair.next.items()})

    unfolded = [[pair_at(pair, left) for pair in pairs] for left in range(budget + 1) for pairs in mdp] + [[Pair(ZERO, {lost: ONE})]]
    levels = range(0, lost, size)
    values = reachability(unfolded, objective, {b + s for b in levels for s in target}, {b + s for b in levels for s in avoid})
    return values[budget * size:lost]
