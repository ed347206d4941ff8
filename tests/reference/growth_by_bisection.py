"""Stochastic growth (Aruoba and Fernandez-Villaverde 2015) by synchronous sweeps in NumPy; the best next capital by bisection.

Values are nearly concave in the next capital; `sweep_of_all` tries every one.
"""
import numpy as np

DISCOUNT, SHARE = 0.95, 1 / 3
STEADY = (DISCOUNT * SHARE) ** (1 / (1 - SHARE))
LEVELS = np.array([.9792, .9896, 1, 1.0106, 1.0212])
PUBLISHED_CHAIN = np.array([[.9727, .0273, 0, 0, 0], [.0041, .9806, .0153, 0, 0], [0, .0082, .9837, .0082, 0], [0, 0, .0153, .9806, .0041], [0, 0, 0, .0273, .9727]])
CHAIN = PUBLISHED_CHAIN - np.diag([0, 0, 1e-4, 0, 0])  # the middle row of the published one sums to 1.0001


class Growth:
    def __init__(self, points, step, chain):
        self.chain = chain
        self.capital = 0.5 * STEADY + step * np.arange(points)
        self.output = np.outer(self.capital ** SHARE, LEVELS)  # [capital, productivity]

    def sweep(self, value):
        """New values and next capitals [capital, productivity]."""
        expected, new, policy = DISCOUNT * value @ self.chain.T, np.empty_like(value), np.empty(value.shape, dtype=int)
        for z in range(len(LEVELS)):
            def gain(following):
                return (1 - DISCOUNT) * np.log(self.output[:, z] - self.capital[following]) + expected[following, z]
            low = np.zeros(len(value), dtype=int)
            high = np.minimum(len(value) - 1, np.searchsorted(self.capital, self.output[:, z]) - 1)
            while np.any(low < high):
                middle = (low + high) // 2
                rises = gain(np.minimum(middle + 1, high)) > gain(middle)
                low, high = np.where(rises & (low < high), middle + 1, low), np.where(rises, high, middle)
            policy[:, z], new[:, z] = low, gain(low)
        return new, policy

    def sweep_of_all(self, value):
        expected = DISCOUNT * value @ self.chain.T
        return np.array([[((1 - DISCOUNT) * np.log(out - self.capital[self.capital < out]) + expected[self.capital < out, z]).max()
                          for z, out in enumerate(row)] for row in self.output])

    def solve(self, change):
        """Sweeps from 0 until none changes a value by as much; values, next capitals, number of sweeps."""
        value, sweeps = np.zeros((len(self.capital), len(LEVELS))), 0
        while True:
            new, policy = self.sweep(value)
            sweeps += 1
            if np.abs(new - value).max() < change:
                return new, policy, sweeps
            value = new
