"""Two published models of goods that perish, as MDP files: platelets by the day of the week, and two products of which one replaces the other.

Plain NumPy from the descriptions in the papers; shares no code with the program.
"""
import math

import h5py
import numpy as np


class ModelFile:
    """Pairs of a state and an action, state by state, as the MDP file has them."""

    def __init__(self):
        self.next_state, self.probability, self.reward, self.counts = [], [], [], []

    def add_pairs(self, next_state, probability, reward):
        """next_state [pair, transition], probability [transition] of each of them, reward [pair]."""
        pairs, transitions = next_state.shape
        self.next_state.append(next_state.astype(np.int32).ravel())
        self.probability.append(np.tile(probability / probability.sum(), pairs))
        self.reward += list(reward)
        self.counts += [transitions] * pairs

    def write(self, path, actions):
        states = len(self.counts) // actions
        with h5py.File(path, "w") as file:
            file.attrs["schema"], file.attrs["schema_version"] = "bellshard.mdp", 1
            file["action_offset"] = np.arange(states + 1, dtype=np.int64) * actions
            file["transition_offset"] = np.concatenate([[0], np.cumsum(np.asarray(self.counts, dtype=np.int64))])
            file["next_state"] = np.concatenate(self.next_state)
            file["probability"] = np.concatenate(self.probability)
            file["reward"] = np.asarray(self.reward, dtype=float)


def poisson(mean, last=70):
    return np.array([math.exp(d * math.log(mean) - mean - math.lgamma(d + 1)) for d in range(last + 1)])


def negative_binomial(n, mean, last):
    """0 .. last, what is more counts as last; n successes, mean failures before them."""
    p = n / (n + mean)
    odds = np.array([math.exp(math.lgamma(d + n) - math.lgamma(d + 1) - math.lgamma(n) + n * math.log(p) + d * math.log(1 - p)) for d in range(last + 1)])
    odds[last] += 1 - odds.sum()
    return odds


class Platelets:
    """Mirjalili (2022), three periods of life: state = (weekday, units that live two periods, units that live one), 21 orders.

    What arrives lives 3, 2 or 1 periods, by a multinomial; no age holds more than 20; the oldest are used first. Costs: 10 an order, 20
    a unit short, 5 a unit thrown away, 1 a unit left at the end of the day.
    """
    MOST, DAYS = 20, 7
    DEMAND_N, DEMAND_MEAN = (3.5, 11.0, 7.2, 11.1, 5.9, 5.5, 2.2), (5.7, 6.9, 6.5, 6.2, 5.8, 3.3, 3.4)
    WEIGHTS = np.exp([0.5, 1.0, 0.0])  # of the lives 3, 2, 1

    def __init__(self):
        self.levels = self.MOST + 1
        self.demand = np.array([negative_binomial(n, mean, self.MOST) for n, mean in zip(self.DEMAND_N, self.DEMAND_MEAN)])
        self.arrivals = [self.lives(order) for order in range(self.levels)]

    def lives(self, order):
        """What may arrive [case, age], and with which probability."""
        cases = np.array([(a, b, order - a - b) for a in range(order + 1) for b in range(order + 1 - a)])
        share = np.log(self.WEIGHTS / self.WEIGHTS.sum())
        ways = [math.lgamma(order + 1) - sum(math.lgamma(r + 1) for r in case) for case in cases]
        return cases, np.exp(ways + cases @ share)

    def write(self, path):
        file = ModelFile()
        days = [[self.day(young, old, order) for order in range(self.levels)] for young in range(self.levels) for old in range(self.levels)]
        for weekday in range(self.DAYS):
            first = (weekday + 1) % self.DAYS * self.levels ** 2
            for row in days:
                for by_demand, cost in row:
                    odds = self.demand[weekday] @ by_demand
                    there = np.flatnonzero(odds)
                    file.add_pairs(first + there[None, :], odds[there], [-self.demand[weekday] @ cost])
        file.write(path, self.levels)

    def day(self, young, old, order):
        """[demand, stock after], and cost [demand]."""
        cases, odds = self.arrivals[order]
        stock = np.minimum(cases + [0, young, old], self.MOST)[:, :, None]
        wanted = np.arange(self.levels)[None, :]
        oldest = np.maximum(stock[:, 2] - wanted, 0)
        wanted = np.maximum(wanted - stock[:, 2], 0)
        middle = np.maximum(stock[:, 1] - wanted, 0)
        wanted = np.maximum(wanted - stock[:, 1], 0)
        newest = np.maximum(stock[:, 0] - wanted, 0)
        short = np.maximum(wanted - stock[:, 0], 0)
        after = np.arange(self.levels)[None, :] * self.levels ** 2 + newest * self.levels + middle
        by_demand = np.bincount(after.ravel(), np.broadcast_to(odds[:, None], after.shape).ravel(), self.levels ** 3)
        cost = 10 * (order > 0) + odds @ (20 * short + 5 * oldest + newest + middle + oldest)
        return by_demand.reshape(self.levels, -1), cost


class TwoProducts:
    """Hendrix et al. (2019), two periods of life: state = (a new, a old, b new, b old). Who finds no b takes an a with probability 1/2.

    A unit costs 1/2 and sells for 1; the oldest are sold first; orders arrive at the next period's start.
    """

    def __init__(self, mean_a, mean_b, most_a, most_b):
        self.most = (most_a, most_b)
        self.demand_a, self.demand_b = poisson(mean_a), poisson(mean_b)

    def sold(self, stock_a, stock_b):
        """Probability [units of a, units of b]."""
        odds = np.zeros((stock_a + 1, stock_b + 1))
        for wanted_b, p in enumerate(self.demand_b):
            missed = max(wanted_b - stock_b, 0)
            change = np.array([math.comb(missed, u) for u in range(missed + 1)], dtype=float) / 2.0 ** missed
            wanted_a = np.convolve(self.demand_a, change)
            a = wanted_a[:stock_a + 1].copy()
            a[stock_a] = wanted_a[stock_a:].sum()
            odds[:, min(wanted_b, stock_b)] += p * a
        return odds

    def write(self, path):
        a, b = (most + 1 for most in self.most)
        sold = [[self.sold(x, y) for y in range(2 * b - 1)] for x in range(2 * a - 1)]
        order_a, order_b = (x.ravel()[:, None, None] for x in np.meshgrid(np.arange(a), np.arange(b), indexing="ij"))
        file = ModelFile()
        for new_a, old_a, new_b, old_b in np.ndindex(a, a, b, b):
            odds = sold[new_a + old_a][new_b + old_b]
            left = rest(new_a, old_a) @ odds @ rest(new_b, old_b).T  # [a, b] that grow old
            next_state = ((order_a * a + np.arange(new_a + 1)[:, None]) * b + order_b) * b + np.arange(new_b + 1)
            revenue = np.arange(odds.shape[0]) @ odds.sum(axis=1) + odds.sum(axis=0) @ np.arange(odds.shape[1])
            file.add_pairs(next_state.reshape(a * b, -1), left.ravel(), revenue - 0.5 * (order_a + order_b).ravel())
        file.write(path, a * b)


def rest(new, old):
    """[new units left, units sold]: 1 where so many are left, the oldest sold first."""
    units = np.arange(new + old + 1)
    return (np.arange(new + 1)[:, None] == new - np.maximum(units - old, 0)).astype(float)
