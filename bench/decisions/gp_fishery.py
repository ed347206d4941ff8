"""gp_fishery: chains of the Gaussian process, transition tensor, 1000 sweeps of value iteration. NumPy steps all chains at once (batched Cholesky), builds the tensor [harvest, stock, next stock] sample by
sample and sweeps it by one product. Then ranks: a grid whose tensor is streamed from memory.
"""
import math
import statistics
import time

import h5py
import numpy as np

from decisions.runs import bellshard


def add_options(parser):
    parser.add_argument("--fishery-points", type=int, nargs="*", default=[50, 100], help="gp_fishery: grids beside NumPy")
    parser.add_argument("--fishery-large", type=int, default=400, help="gp_fishery: the grid of the race of ranks")


def fishery_series(folder):
    rng, stock = np.random.default_rng(3), [5.5]
    while len(stock) < 40:
        left = stock[-1]
        stock.append(left * math.exp(2 * (1 - left / 8) * (left - 5) / 8 + 0.05 * rng.standard_normal()))
    x, y = np.array([0, *stock[:-1]]), np.array([0, *stock[1:]])
    (folder / "data.csv").write_text("x,y\n" + "".join(f"{a!r},{b!r}\n" for a, b in zip(x.tolist(), y.tolist())))
    return x, y


def fishery_by_numpy(x, y, points, chains, steps, burn_in, thin):
    """Seconds of the chains, of the tensor, of value iteration; the policy."""
    times = [time.monotonic()]
    rng, n = np.random.default_rng(1), len(x)
    square, eye = -np.subtract.outer(x, x) ** 2 / 2, np.eye(n)

    def density(point):
        length, noise = np.exp(point[:, 0]), np.exp(point[:, 1])
        factor = np.linalg.cholesky(np.exp(square / (length ** 2)[:, None, None]) + (noise ** 2)[:, None, None] * eye)
        half = np.linalg.solve(factor, np.broadcast_to(y[:, None], (len(point), n, 1)))[..., 0]
        return (-0.5 * (half ** 2).sum(axis=1) - 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
                + 9 * point[:, 0] - length / 10 + 4 * point[:, 1] - 5 * noise)

    here = np.zeros((chains, 2))
    now, kept = density(here), []
    for step in range(steps):
        there = here + rng.standard_normal(here.shape)
        new = density(there)
        accept = np.log(rng.random(chains)) < new - now
        here, now = np.where(accept[:, None], there, here), np.where(accept, new, now)
        if step >= burn_in and (step - burn_in) % thin == 0:
            kept.append(np.exp(here))
    samples = np.concatenate(kept)
    times.append(time.monotonic())

    grid = np.linspace(0, 15, points)
    left = np.maximum(np.subtract.outer(np.arange(points), np.arange(points)).T - 1, 0)  # [harvest, stock]
    tensor = np.zeros((points, points, points))
    for length, noise in samples:
        across = np.exp(-np.subtract.outer(grid, x) ** 2 / (2 * length ** 2))
        weights = np.linalg.solve(np.exp(square / length ** 2) + noise ** 2 * eye, across.T)
        mean, variance = y @ weights, 1 - (across * weights.T).sum(axis=1)
        centre = np.where(left == 0, 0, mean[left])
        rows = np.exp(-(grid - centre[..., None]) ** 2 / (2 * variance[:, None]))
        gone = centre <= grid[1] / 2
        rows[gone] = 0
        rows[gone, 0] = 1
        tensor += rows / rows.sum(axis=-1, keepdims=True)
    tensor /= tensor.sum(axis=-1, keepdims=True)
    times.append(time.monotonic())

    profit, value = 0.99 * np.minimum(grid[None, :], grid[:, None]), np.zeros(points)
    for _ in range(1000):
        both = tensor @ value + profit
        value = both.max(axis=0)
    times.append(time.monotonic())
    return [b - a for a, b in zip(times, times[1:])], both.argmax(axis=0), len(samples)


def fishery_text(points, chains, steps, burn_in, thin, sweeps=1000):
    return (f'[data]\nfile = "data.csv"\n[grid]\npoints = {points}\n[models]\nnames = ["gp"]\n[posterior]\nchains = {chains}\nsteps = {steps}\nburn_in = {burn_in}\nthin = {thin}\n'
            f'[decision]\nmax_sweeps = {sweeps}\n[simulation]\npaths = 100\n')


def race_gp_fishery(asked, folder):
    x, y = fishery_series(folder)
    if asked.part != "ranks":
        plan = {"chains": 8, "steps": 50000, "burn_in": 5000, "thin": 1200}
        for points in asked.fishery_points:
            parts, policy, samples = fishery_by_numpy(x, y, points, **plan)
            whole, own, file = bellshard(asked, "gp_fishery", fishery_text(points, **plan), folder)
            with h5py.File(file) as opened:
                apart = int((opened["results/harvest_index"][0] != policy).sum())
            print(f"gp_fishery, {points} points, {samples} samples: NumPy {sum(parts):.2f} s (chains {parts[0]:.2f}, tensor {parts[1]:.2f}, value iteration {parts[2]:.2f}); Bellshard, one rank, start to end {whole:.3f} s, "
                  f"its sweeps {own:.3f} s: {sum(parts) / whole:.1f} and {sum(parts) / own:.1f} times as fast; policies differ at {apart} points (other random numbers)", flush=True)
    if asked.part != "numpy":
        text, took = fishery_text(asked.fishery_large, 16, 4000, 1000, 400, 200), {1: [], asked.ranks: []}
        for _ in range(asked.repeats):
            for ranks, seconds in took.items():
                seconds.append(bellshard(asked, "gp_fishery", text, folder, ranks)[:2])
        (one, own_one), (many, own_many) = (map(statistics.median, zip(*took[ranks])) for ranks in took)
        print(f"gp_fishery, {asked.fishery_large} points: one rank {own_one:.2f} s, {asked.ranks} ranks {own_many:.2f} s: {own_one / own_many:.2f} times as fast (start to end {one:.2f} and {many:.2f} s: {one / many:.2f})", flush=True)


RACES = {"gp_fishery": race_gp_fishery}
