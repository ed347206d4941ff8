"""The same criteria from the definitions: every memoryless deterministic policy is tried, its Markov chain solved by other means
than in `exact_mdp`: all probabilities come from one matrix, the limit of (P + P^2 + ... + P^n) / n, found by taking states out.

Exponential: for models of a few states and actions, to test the oracle itself.
"""
import itertools
import math
from fractions import Fraction

from exact_mdp import blocked


def policies(mdp):
    return itertools.product(*[range(len(pairs)) for pairs in mdp])


def matrix(mdp, policy):
    size = len(mdp)
    return [[Fraction(mdp[s][policy[s]].next.get(t, 0)) for t in range(size)] for s in range(size)]


def rewards(mdp, policy):
    return [mdp[s][a].reward for s, a in enumerate(policy)]


def inverse(a):
    """Gauss and Jordan, dense."""
    size = len(a)
    work = [list(row) + [Fraction(int(i == j)) for j in range(size)] for i, row in enumerate(a)]
    for k in range(size):
        pivot = next(i for i in range(k, size) if work[i][k])
        work[k], work[pivot] = work[pivot], work[k]
        work[k] = [x / work[k][k] for x in work[k]]
        for i in range(size):
            if i != k and work[i][k]:
                work[i] = [x - work[i][k] * y for x, y in zip(work[i], work[k])]
    return [row[size:] for row in work]


def times(a, vector):
    return [sum(x * y for x, y in zip(row, vector)) for row in a]


def closure(p):
    """reach[s][t]: t is met from s in any number of steps."""
    size = len(p)
    reach = [[p[s][t] > 0 or s == t for t in range(size)] for s in range(size)]
    for k in range(size):
        for s in range(size):
            for t in range(size):
                reach[s][t] = reach[s][t] or (reach[s][k] and reach[k][t])
    return reach


def first_passage(p, target):
    """Probability to ever meet a set of states; those that cannot are 0, the others leave for it or for where they cannot."""
    size, reach = len(p), closure([[Fraction(int(s == t)) if s in target else x for t, x in enumerate(row)] for s, row in enumerate(p)])
    open_states = [s for s in range(size) if s not in target and any(reach[s][t] for t in target)]
    fundamental = inverse([[Fraction(int(s == t)) - p[s][t] for t in open_states] for s in open_states]) if open_states else []
    met = times(fundamental, [sum((p[s][t] for t in target), Fraction(0)) for s in open_states])
    values = {s: Fraction(1) for s in target} | dict(zip(open_states, met))
    return [values.get(s, Fraction(0)) for s in range(size)]


def total(p, r, target):
    """Expected reward up to the target, math.inf where it may be missed."""
    met = first_passage(p, target)
    sure = [s for s in range(len(p)) if s not in target and met[s] == 1]
    fundamental = inverse([[Fraction(int(s == t)) - p[s][t] for t in sure] for s in sure]) if sure else []
    values = {s: Fraction(0) for s in target} | dict(zip(sure, times(fundamental, [r[s] for s in sure])))
    return [values.get(s, math.inf) for s in range(len(p))]


def gain(p, r):
    """Average of each recurrent class by its stationary distribution, weighted with the chances to end up there."""
    size, reach = len(p), closure(p)
    classes = {frozenset(t for t in range(size) if reach[s][t]) for s in range(size)
               if all(reach[t][s] for t in range(size) if reach[s][t])}
    values = [Fraction(0)] * size
    for part in classes:
        members = sorted(part)
        # pi (I - P + ones) = ones: stationary, and sums to 1
        balance = inverse([[Fraction(int(s == t)) - p[s][t] + 1 for t in members] for s in members])
        stationary = [sum(row[j] for row in balance) for j in range(len(members))]
        average = sum(x * r[s] for x, s in zip(stationary, members))
        values = [v + q * average for v, q in zip(values, first_passage(p, part))]
    return values


def best_of(candidates, objective):
    return [(max if objective == "max" else min)(values) for values in zip(*candidates)]


def discounted(mdp, objective, discount):
    def value(policy):
        p = matrix(mdp, policy)
        return times(inverse([[Fraction(int(s == t)) - discount * x for t, x in enumerate(row)] for s, row in enumerate(p)]), rewards(mdp, policy))
    return best_of(map(value, policies(mdp)), objective)


def reachability(mdp, objective, target, avoid=()):
    mdp = blocked(mdp, set(avoid) - set(target))
    return best_of((first_passage(matrix(mdp, policy), target) for policy in policies(mdp)), objective)


def total_reward(mdp, objective, target):
    return best_of((total(matrix(mdp, policy), rewards(mdp, policy), target) for policy in policies(mdp)), objective)


def average_reward(mdp, objective):
    return best_of((gain(matrix(mdp, policy), rewards(mdp, policy)) for policy in policies(mdp)), objective)


def finite_horizon(mdp, objective, horizon, discount):
    """By the tree of all that may happen."""
    def value(s, left):
        return Fraction(0) if left == 0 else (max if objective == "max" else min)(
            pair.reward + discount * sum(p * value(t, left - 1) for t, p in pair.next.items()) for pair in mdp[s])
    return [value(s, horizon) for s in range(len(mdp))]


def until_budget(mdp, objective, target, budget, avoid, steps):
    """Probability to meet the target within `steps` steps and within a budget of rewards, by the tree: from below as steps grow."""
    pick = max if objective == "max" else min

    def value(s, left, reward_left):
        if s in target or s in avoid or left == 0:
            return Fraction(int(s in target))
        return pick(sum(p * value(t, left - 1, reward_left - pair.reward) for t, p in pair.next.items()) if pair.reward <= reward_left
                    else Fraction(0) for pair in mdp[s])
    return [value(s, steps, budget) for s in range(len(mdp))]
