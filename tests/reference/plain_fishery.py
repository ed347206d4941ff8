"""The fishery with a tipping point in plain NumPy: Gaussian process, growth models, transitions as a dense tensor [harvest, stock, next stock], value iteration, paths."""
import csv
import math

import numpy as np


def read_pairs(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return np.array([float(row["x"]) for row in rows]), np.array([float(row["y"]) for row in rows])


def read_policies(path, grid):
    """method -> index of the harvest for each stock."""
    policies = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            policies.setdefault(row["method"], []).append(int(np.abs(grid - float(row["value"])).argmin()))
    return {name: np.array(policy) for name, policy in policies.items()}


# The Gaussian process.

def covariance(a, b, length):
    return np.exp(-np.subtract.outer(a, b) ** 2 / (2 * length ** 2))


def log_gamma_density(value, shape, rate):
    return shape * math.log(rate) - math.lgamma(shape) + (shape - 1) * math.log(value) - rate * value


def process_log_density(length, noise, x, y):
    """As it was published: the whole log determinant, priors gamma, no Jacobian."""
    matrix = covariance(x, x, length) + noise ** 2 * np.eye(len(x))
    sign, log_determinant = np.linalg.slogdet(matrix)
    return (-0.5 * y @ np.linalg.solve(matrix, y) - log_determinant - len(x) / 2 * math.log(2 * math.pi)
            + log_gamma_density(length, 10, 1 / 10) + log_gamma_density(noise, 5, 5))


def process_chain(rng, steps, x, y, scale=1.0):
    """Random-walk Metropolis in (log length, log noise) from (0, 0): [step, 2], share of accepted proposals."""
    here = np.zeros(2)
    density = process_log_density(1.0, 1.0, x, y)
    chain, accepted = np.empty((steps, 2)), 0
    for t in range(steps):
        there = here + scale * rng.standard_normal(2)
        new = process_log_density(math.exp(there[0]), math.exp(there[1]), x, y)
        if math.log(rng.random()) < new - density:
            here, density, accepted = there, new, accepted + 1
        chain[t] = here
    return chain, accepted / steps


def process_prediction(length, noise, x, y, grid):
    across = covariance(grid, x, length)
    weights = np.linalg.solve(covariance(x, x, length) + noise ** 2 * np.eye(len(x)), across.T)
    return y @ weights, 1 - (across * weights.T).sum(axis=1)


# Growth models; harvest and stock broadcast against each other.

def allen(stock, harvest, p):
    left = np.maximum(0, stock - harvest)
    return left * np.exp(p[0] * (1 - left / p[1]) * (left - p[2]) / p[1])


def ricker(stock, harvest, p):
    left = np.maximum(0, stock - harvest)
    return left * np.exp(p[0] * (1 - left / p[1]))


def myers(stock, harvest, p):
    return np.maximum(0, p[0] * stock ** p[1] / (1 + stock ** p[1] / p[2]) - harvest)


GROWTH = {"allen": allen, "ricker": ricker, "myers": myers}
MOST = {"allen": (6, 20, 20, 100), "ricker": (20, 40, 100), "myers": (10, 10, 40, 100)}


def growth_log_density(model, points, x, y):
    """points [..., parameter]; -infinity outside of the priors."""
    points = np.asarray(points, dtype=float)
    most = np.array(MOST[model])
    inside = ((points > 0) & (points <= most)).all(axis=-1)
    safe = np.where(inside[..., None], points, 1.0)
    p = [safe[..., k, None] for k in range(points.shape[-1])]
    noise = safe[..., -1]
    mean = np.log(GROWTH[model](x, 0.0, p))
    squares = ((np.log(y) - mean) ** 2).sum(axis=-1)
    density = -0.5 * squares / noise ** 2 - len(x) * np.log(noise) - np.log(y).sum() - len(x) / 2 * math.log(2 * math.pi) - np.log(most).sum()
    return np.where(inside, density, -np.inf)


# Transitions.

def rows_to_zero(centre, grid):
    return np.abs(np.subtract.outer(centre, grid)).argmin(axis=-1) == 0


def normalised(rows):
    total = rows.sum(axis=-1, keepdims=True)
    empty = np.zeros(rows.shape[-1])
    empty[0] = 1
    return np.where(total > 0, rows / np.where(total > 0, total, 1), empty)


def log_normal_rows(centre, noise, grid):
    with np.errstate(all="ignore"):
        ratio = grid / centre[..., None]
        rows = np.exp(-np.log(ratio) ** 2 / (2 * noise ** 2)) / (ratio * noise * math.sqrt(2 * math.pi))
    rows[..., 0] = 0
    rows[rows_to_zero(centre, grid)] = 0
    return normalised(rows)


def growth_tensor(model, draws, grid):
    """Mean over draws [draw, parameter]."""
    tensor = sum(log_normal_rows(GROWTH[model](grid[None, :], grid[:, None], p), p[-1], grid) for p in draws)
    return normalised(tensor)


def process_tensor(samples, x, y, grid, corrected=False):
    """samples [sample, (length, noise)]"""
    n = len(grid)
    left = np.maximum(np.subtract.outer(np.arange(n), np.arange(n)).T - (0 if corrected else 1), 0)  # [harvest, stock]; the published program takes one point more
    tensor = np.zeros((n, n, n))
    for length, noise in samples:
        mean, variance = process_prediction(length, noise, x, y, grid)
        centre = np.where(left == 0, 0.0, mean[left])
        width = (variance[left] + noise ** 2 if corrected else np.broadcast_to(variance, (n, n)))[..., None]
        with np.errstate(under="ignore"):
            rows = np.exp(-(grid - centre[..., None]) ** 2 / (2 * width)) / np.sqrt(2 * math.pi * width)
        rows[rows_to_zero(centre, grid)] = 0
        tensor += normalised(rows)
    return normalised(tensor)


# Value iteration and paths.

def value_iteration(tensor, grid, delta=0.01, tolerance=1e-4, most=1000, discounted=False):
    """What each harvest is worth [harvest, stock] in the last sweep, sweeps."""
    profit = np.minimum(grid[None, :], grid[:, None])  # [harvest, stock]
    value = np.zeros(len(grid))
    for sweep in range(1, most + 1):
        later = tensor @ value
        both = (1 - delta) * later + profit if discounted else later + (1 - delta) * profit
        new = both.max(axis=0)
        change = np.abs(new - value).max()
        value = new
        if change < delta * tolerance / (2 - 2 * delta):
            break
    return both, sweep


def simulate(rng, policy, grid, truth=(2, 8, 5), noise=0.05, start=10.0, years=50, paths=2000):
    """Profit of each path, last stocks."""
    stock, profit = np.full(paths, start), np.zeros(paths)
    for _ in range(years - 1):
        harvest = grid[policy[np.abs(stock[:, None] - grid).argmin(axis=1)]]
        profit += np.minimum(stock, harvest)
        stock = allen(stock, harvest, truth) * np.exp(noise * rng.standard_normal(paths))
    return profit, stock
