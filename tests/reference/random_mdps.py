"""Random small Markov decision processes, and all of them as one model: their disjoint union.

2 to 7 states, 1 to 3 actions each, probabilities in sixteenths or thirds, absorbing states, end components, loops without
reward, parts that nothing leads to, actions that tie. One run of the program on the union solves them all.
"""
import dataclasses
import random
from fractions import Fraction

from exact_mdp import Pair

COUNT, SEED = 500, 20240229


@dataclasses.dataclass
class Case:
    """One model. mdp holds the signed rewards; cost and whole are rewards [state][action] that are not negative."""
    mdp: list
    cost: list
    whole: list
    goal: set
    hazard: set


def distribution(rng, size, targets, thirds):
    """Over at most `targets` next states, all probabilities positive."""
    parts = 3 if thirds else 16
    chosen = rng.sample(range(size), min(targets, size, parts))
    cuts = sorted(rng.sample(range(1, parts), len(chosen) - 1))
    return {t: Fraction(b - a, parts) for t, a, b in zip(chosen, [0, *cuts], [*cuts, parts])}


def random_case(rng):
    size, thirds = rng.randint(2, 7), rng.random() < 0.3
    sparse, homeward, trapped, free_moves = rng.random() < 0.4, rng.random() < 0.4, rng.random() < 0.6, rng.choice([0.1, 0.5, 0.9])
    goal = set(rng.sample(range(size), rng.choice([0, 1, 1, 1, 1, 2]))) if size > 2 else {0}
    trap = rng.choice([s for s in range(size) if s not in goal]) if trapped else None
    mdp, cost, whole = [], [], []
    for s in range(size):
        absorbing = s == trap or rng.random() < 0.05
        pairs, costs, wholes = [], [], []
        for _ in range(1 if absorbing else rng.randint(1, 3)):
            if absorbing:
                p = {s: Fraction(1)}
            elif pairs and rng.random() < 0.15:
                p = dict(pairs[-1].next)  # may tie
            else:
                p = distribution(rng, size, rng.choice([1, 1, 2] if sparse else [1, 2, 3, 3, 4]), thirds)
                if homeward and goal and not goal & p.keys() and rng.random() < 0.6:
                    moved = min(goal)  # the likeliest part goes home, so that totals are finite now and then
                    p[moved] = p.pop(max(p, key=p.get))
            free = rng.random() < free_moves
            pairs.append(Pair(Fraction(rng.randint(-8, 8), 4), p))
            costs.append(Fraction(0) if free else Fraction(rng.randint(1, 12), 4))
            wholes.append(0 if free else rng.randint(1, 3))
        mdp.append(pairs)
        cost.append(costs)
        whole.append(wholes)
    hazard = set(rng.sample(range(size), rng.choice([0, 0, 1])))
    return Case(mdp, cost, whole, goal, hazard)


def random_cases(count=COUNT, seed=SEED):
    rng = random.Random(seed)
    return [random_case(rng) for _ in range(count)]


def widened(rng, pair):
    """An interval around each probability of a pair; lower ends stay positive."""
    if len(pair.next) == 1:
        return dataclasses.replace(pair, upper=dict(pair.next))
    widths = {t: [p * rng.randint(0, 8) / 16, (1 - p) * rng.randint(0, 8) / 16] for t, p in pair.next.items()}
    return dataclasses.replace(pair, next={t: p - widths[t][0] for t, p in pair.next.items()},
                               upper={t: p + widths[t][1] for t, p in pair.next.items()})


def random_interval_cases(count=100, seed=SEED + 1):
    rng = random.Random(seed)
    cases = [random_case(rng) for _ in range(count)]
    return [dataclasses.replace(case, mdp=[[widened(rng, pair) for pair in pairs] for pairs in case.mdp]) for case in cases]


@dataclasses.dataclass
class Union:
    """All cases one after the other; first[i] is the number of case i's state 0."""
    mdp: list
    rewards: dict
    labels: dict
    coordinates: dict
    first: list


def shifted(pair, by):
    def move(p):
        return p and {t + by: x for t, x in p.items()}
    return dataclasses.replace(pair, next=move(pair.next), upper=move(pair.upper))


def union(cases):
    joined = Union([], {"cost": [], "whole": []}, {"goal": set(), "hazard": set(), "init": set()}, {"case": [], "number": []}, [])
    for number, case in enumerate(cases):
        first = len(joined.mdp)
        joined.first.append(first)
        joined.mdp += [[shifted(pair, first) for pair in pairs] for pairs in case.mdp]
        joined.rewards["cost"] += case.cost
        joined.rewards["whole"] += case.whole
        joined.labels["goal"] |= {first + s for s in case.goal}
        joined.labels["hazard"] |= {first + s for s in case.hazard}
        joined.labels["init"].add(first)
        joined.coordinates["case"] += [number] * len(case.mdp)
        joined.coordinates["number"] += list(range(len(case.mdp)))
    return joined
