"""Peers of distributional_vi: the same update in NumPy, and CVaR value iteration over levels (Chow, Tamar, Mannor and Pavone 2015)."""
import time

import numpy as np


# Two actions in each of three states; over three steps, levels promise more than any policy attains.
LEVELS_FAIL = [[[(2, 0.5, 0), (1, 0.5, 10)], [(1, 0.25, 0), (2, 0.75, 1)]],
               [[(1, 0.1, 10), (2, 0.9, 9)], [(1, 1.0, 7)]],
               [[(1, 0.75, 2), (0, 0.25, 7)], [(1, 0.25, 0), (2, 0.75, 3)]]]


class NumpyUpdate:
    """Categorical laws of a cliff's walk at every stock, all states and stocks at once: as distributional_vi, in array operations.

    Every state has the same number of actions and outcomes here; states at an end repeat their one action.
    """

    def __init__(self, rows, columns, slip, step, fall, discount, stocks, atoms, low, high):
        self.discount, self.atoms = discount, np.linspace(low, high, atoms)
        self.stocks = np.linspace(-high, -low, stocks)
        count = rows * columns
        cell = np.arange(count)
        row, column = cell // columns, cell % columns
        moved = np.stack([np.where(row > 0, cell - columns, cell), np.where(column + 1 < columns, cell + 1, cell),
                          np.where(row + 1 < rows, cell + columns, cell), np.where(column > 0, cell - 1, cell)])
        ends = cell > (rows - 1) * columns
        falls = ends & (cell < count - 1)
        self.next = np.where(ends, cell, moved)  # [direction, state]
        self.reward = np.where(ends, 0.0, np.where(falls[self.next], fall, step))
        self.probability = np.full((4, 4), slip / 4) + (1 - slip) * np.eye(4)  # [action, direction]
        self.laws = np.zeros((count, stocks, atoms))
        at = -low / (self.atoms[1] - self.atoms[0])
        k = min(int(at), atoms - 2)
        self.laws[:, :, k], self.laws[:, :, k + 1] = 1 - (at - k), at - k
        # One matrix a reward lays shifted atoms onto the grid, so that BLAS does the projection.
        self.kinds = np.unique(self.reward)
        self.onto, self.place = {}, {}
        for r in self.kinds:
            x = np.clip((r + discount * self.atoms - low) / (self.atoms[1] - self.atoms[0]), 0, atoms - 1)
            j = np.minimum(x.astype(int), atoms - 2)
            matrix = np.zeros((atoms, atoms))
            matrix[np.arange(atoms), j] += 1 - (x - j)
            matrix[np.arange(atoms), j + 1] += x - j
            self.onto[r] = matrix
            steps = np.clip(((self.stocks + r) / discount - self.stocks[0]) / (self.stocks[1] - self.stocks[0]), 0, stocks - 1)
            lower = np.minimum(steps.astype(int), stocks - 2)
            self.place[r] = lower, (steps - lower)[:, None]

    def sweep(self):
        later = []  # [direction]: mixed laws [state, stock, atom], their worth, and what they become on the grid
        for direction in range(4):
            mixed, worth, laid = np.empty_like(self.laws), np.empty(self.laws.shape[:2]), np.empty_like(self.laws)
            for r in self.kinds:
                states = np.flatnonzero(self.reward[direction] == r)
                if not states.size:
                    continue
                lower, upper = self.place[r]
                source = self.laws[self.next[direction, states]]
                part = (1 - upper) * source[:, lower] + upper * source[:, lower + 1]
                total = np.minimum(self.stocks[:, None] + r + self.discount * self.atoms, 0)
                worth[states] = np.einsum("sca,ca->sc", part, total)
                laid[states] = part @ self.onto[r]
            later.append((worth, laid))
        values = np.einsum("ad,dsc->asc", self.probability, np.stack([worth for worth, _ in later]))
        best = np.argmax(values, axis=0)
        chosen = self.probability[best]  # [state, stock, direction]
        self.laws = sum(chosen[:, :, d, None] * later[d][1] for d in range(4))
        return best

    def tail(self, state, level):
        """Greatest -stock + E min(stock + return, 0) / level."""
        return np.max(-self.stocks + (self.laws[state] * np.minimum(self.stocks[:, None] + self.atoms, 0)).sum(-1) / level)


def numpy_seconds(update, sweeps):
    begin = time.monotonic()
    for _ in range(sweeps):
        update.sweep()
    return (time.monotonic() - begin) / sweeps


class LevelIteration:
    """Value iteration over states and levels y: y V(s, y) = max over actions of the least sum of p u (r + V(s', u)) with sum p u = y, u in [0, 1].

    y V is convex and is held at levels between which it is linear; the least sum merges the pieces of all outcomes by their slopes.
    """

    def __init__(self, actions, horizon, levels=2001):
        self.actions, self.horizon = actions, horizon
        self.levels = np.linspace(0, 1, levels)
        self.held = [np.zeros((len(actions), levels))]
        for _ in range(horizon):
            self.held.append(np.stack([np.max([self.merge(pair, self.held[-1])[0] for pair in pairs], axis=0) for pairs in actions]))

    def merge(self, pair, later):
        """-> the least sums at all levels, and by slope the pieces: which outcome, how much of it, slope."""
        width = np.diff(self.levels)
        slope = np.concatenate([r + np.diff(later[n]) / width for n, _, r in pair])
        size = np.concatenate([p * width for _, p, _ in pair])
        who = np.repeat(np.arange(len(pair)), width.size)
        order = np.argsort(slope, kind="stable")
        slope, size, who = slope[order], size[order], who[order]
        filled = np.concatenate([[0], np.cumsum(size)])
        return np.interp(self.levels, filled, np.concatenate([[0], np.cumsum(slope * size)])), (who, size, filled)

    def value(self, state, level):
        return np.interp(level, self.levels, self.held[-1][state]) / level

    def law(self, state, level):
        """The law {return: probability} of its policy, which goes on with the level that the least sum gave each outcome."""
        def follow(steps, s, y):
            if steps == 0:
                return {0: 1.0}
            y = max(y, self.levels[1])  # an outcome that got nothing of the level looks at its worst case
            merged = [self.merge(pair, self.held[steps - 1]) for pair in self.actions[s]]
            sums = [np.interp(y, self.levels, m[0]) for m in merged]
            a = int(np.argmax(np.array(sums) > max(sums) - 1e-9))
            who, size, filled = merged[a][1]
            taken = np.clip(y - filled[:-1], 0, size)
            found = {}
            for i, (n, p, r) in enumerate(self.actions[s][a]):
                for x, q in follow(steps - 1, n, min(1.0, taken[who == i].sum() / p)).items():
                    found[x + r] = found.get(x + r, 0) + p * q
            return found
        return follow(self.horizon, state, level)
