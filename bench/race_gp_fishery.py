#!/usr/bin/env python3
"""Jobs that decide under uncertainty beside what a user would write in NumPy, in the same run.

    bench/race_decisions.py build/bin/bellshard --only bid_optimization

bid_optimization: the table row by row. NumPy goes through the prices on whole rows, Python's loops cell by cell; values must agree. Then ranks: a large table of which few rows are kept, on one rank and on --ranks, by
turns. Seconds are of the sweeps.

gp_fishery: chains of the Gaussian process, transition tensor, 1000 sweeps of value iteration. NumPy steps all chains at once (batched Cholesky), builds the tensor [harvest, stock, next stock] sample by sample and
sweeps it by one product. Then ranks: a grid whose tensor is streamed from memory.
"""
import argparse
import json
import math
import pathlib
import subprocess
import tempfile
import time


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built bellshard")
    parser.add_argument("--only", choices=list(RACES), help="one job alone")
    parser.add_argument("--part", choices=["numpy", "ranks"], help="one part of a race alone")
    parser.add_argument("--bidding-rows", type=int, default=120, help="bid_optimization: rows in the race of ranks")
    parser.add_argument("--bidding-budget", type=int, default=1_000_000, help="bid_optimization: budget in the race of ranks")
    parser.add_argument("--fishery-points", type=int, nargs="*", default=[50, 100], help="gp_fishery: grids beside NumPy")
    parser.add_argument("--fishery-large", type=int, default=400, help="gp_fishery: the grid of the race of ranks")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--mpiexec", nargs="*", default=["mpirun", "--bind-to", "none", "--oversubscribe"])
    return parser.parse_args()


def bellshard(asked, job, text, folder, ranks=1):
    """Seconds from start to end, seconds of all sweeps, the result's file."""
    (folder / "job.toml").write_text(text)
    start = [*asked.mpiexec, "-n", str(ranks)] if ranks > 1 else []
    begin = time.monotonic()
    run = subprocess.run([*start, asked.program.resolve(), "run", job, "-c", "job.toml", "--restart", "never"], cwd=folder, capture_output=True, text=True)
    seconds = time.monotonic() - begin
    if run.returncode:
        raise SystemExit(run.stderr)
    import h5py
    file = folder / f"{job}.h5"
    with h5py.File(file) as opened:
        return seconds, float(opened["trace/seconds"][-1]), file


def bidding_market(folder):
    """A campaign of many cheap auctions, as the public ones are."""
    count = [int(1 + 4000 * math.exp(-d / 45) * (1 + math.sin(d / 5) ** 2)) for d in range(301)]
    info = {"imp_train": sum(count), "clk_train": sum(count) // 225, "cost_train": sum(d * c for d, c in enumerate(count)), "price_counter_train": count}
    (folder / "info.json").write_text(json.dumps(info))
    return info


def bidding_text(episode, budget, spacing=0.0):
    return f'[campaign]\ninfo = "info.json"\n[auction]\nepisode = {episode}\nbudget = {budget}\n[table]\nspacing = {spacing}\n[output]\nvalue = {str(spacing == 0).lower()}\n'


def bidding_rows_by_numpy(info, rows, budget):
    """The table price by price on whole rows; prices beyond the last one that anybody buys at are left out."""
    import numpy as np
    count = np.array(info["price_counter_train"], dtype=float)
    chance, gain = (count + 1) / (count.sum() + len(count)), info["clk_train"] / info["imp_train"]
    value = np.zeros((rows, budget + 1))
    for n in range(1, rows):
        before, after = value[n - 1], value[n]
        np.copyto(after, before)
        for d in range(min(300, budget) + 1):
            worth = before[:budget + 1 - d] - before[d:]
            worth += gain
            np.maximum(worth, 0, out=worth)  # worth falls with the price: what is not bought at adds nothing
            if not worth.any():
                break
            worth *= chance[d]
            after[d:] += worth
        after[0] = 0
    return value


def bidding_rows_by_loops(info, rows, budget):
    count = info["price_counter_train"]
    chance, gain = [(c + 1) / (sum(count) + len(count)) for c in count], info["clk_train"] / info["imp_train"]
    value = [[0.0] * (budget + 1)]
    for n in range(1, rows):
        before, after = value[-1], [0.0] * (budget + 1)
        for b in range(1, budget + 1):
            here, more = before[b], 0.0
            for d in range(min(300, b) + 1):
                worth = gain + before[b - d] - here
                if worth < 0:
                    break
                more += chance[d] * worth
            after[b] = here + more
        value.append(after)
    return value


def race_bid_optimization(asked, folder):
    import h5py
    import numpy as np
    info = bidding_market(folder)

    def own(text, ranks=1):
        _, seconds, file = bellshard(asked, "bid_optimization", text, folder, ranks)
        with h5py.File(file) as opened:
            return seconds, opened["results/value"][()] if "value" in opened["results"] else None

    if asked.part != "ranks":
        for episode, budget, name, peer, repeats in ((1000, 1969, "NumPy", bidding_rows_by_numpy, 3), (40, 200_000, "NumPy", bidding_rows_by_numpy, 2), (30, 1969, "Python's loops", bidding_rows_by_loops, 1)):
            ours, theirs = [], []
            for _ in range(repeats):
                begin = time.perf_counter()
                again = peer(info, episode, budget)
                theirs.append(time.perf_counter() - begin)
                seconds, value = own(bidding_text(episode, budget))
                ours.append(seconds)
            print(f"bid_optimization, {episode} rows of {budget + 1:,} budgets: {name} {min(theirs):.2f} s, Bellshard, one rank, {min(ours):.4f} s: {min(theirs) / min(ours):.0f} times as fast; "
                  f"values differ by {np.abs(value - np.array(again)).max():.1e}", flush=True)
    if asked.part != "numpy":
        took = {1: [], asked.ranks: []}
        for _ in range(3):
            for ranks, seconds in took.items():
                seconds.append(own(bidding_text(asked.bidding_rows, asked.bidding_budget, 1.0), ranks)[0])
        one, many = (min(took[ranks]) for ranks in took)
        print(f"bid_optimization, {asked.bidding_rows} rows of {asked.bidding_budget + 1:,} budgets: one rank {one:.3f} s, {asked.ranks} ranks {many:.3f} s: {one / many:.2f} times as fast", flush=True)


def fishery_series(folder):
    import numpy as np
    rng, stock = np.random.default_rng(3), [5.5]
    while len(stock) < 40:
        left = stock[-1]
        stock.append(left * math.exp(2 * (1 - left / 8) * (left - 5) / 8 + 0.05 * rng.standard_normal()))
    x, y = np.array([0, *stock[:-1]]), np.array([0, *stock[1:]])
    (folder / "data.csv").write_text("x,y\n" + "".join(f"{a!r},{b!r}\n" for a, b in zip(x.tolist(), y.tolist())))
    return x, y


def fishery_by_numpy(x, y, points, chains, steps, burn_in, thin):
    """Seconds of the chains, of the tensor, of value iteration; the policy."""
    import numpy as np
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
            import h5py
            with h5py.File(file) as opened:
                apart = int((opened["results/harvest_index"][0] != policy).sum())
            print(f"gp_fishery, {points} points, {samples} samples: NumPy {sum(parts):.2f} s (chains {parts[0]:.2f}, tensor {parts[1]:.2f}, value iteration {parts[2]:.2f}); Bellshard, one rank, start to end {whole:.3f} s, "
                  f"its sweeps {own:.3f} s: {sum(parts) / whole:.1f} and {sum(parts) / own:.1f} times as fast; policies differ at {apart} points (other random numbers)", flush=True)
    if asked.part != "numpy":
        text, took = fishery_text(asked.fishery_large, 16, 4000, 1000, 400, 200), {1: [], asked.ranks: []}
        for _ in range(3):
            for ranks, seconds in took.items():
                seconds.append(bellshard(asked, "gp_fishery", text, folder, ranks)[:2])
        (one, own_one), (many, own_many) = (map(min, zip(*took[ranks])) for ranks in took)
        print(f"gp_fishery, {asked.fishery_large} points: one rank {own_one:.2f} s, {asked.ranks} ranks {own_many:.2f} s: {own_one / own_many:.2f} times as fast (start to end {one:.2f} and {many:.2f} s: {one / many:.2f})", flush=True)


RACES = {"bid_optimization": race_bid_optimization, "gp_fishery": race_gp_fishery}


def main():
    asked = options()
    for name, race in RACES.items():
        if asked.only in (None, name):
            with tempfile.TemporaryDirectory(prefix="bellshard-race-") as folder:
                race(asked, pathlib.Path(folder))


if __name__ == "__main__":
    main()
