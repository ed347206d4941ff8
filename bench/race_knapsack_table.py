#!/usr/bin/env python3
"""The whole table of a knapsack over layers, each budget's optimum: Bellshard's sweeps beside the same stages in NumPy and PyTorch on the processor, same layers, same order, same bits.

    bench/race_knapsack_table.py build/bin/bellshard

The layers are the largest of a network of ResNet-50's shape (--layers), 101 amounts each (race_allocation.py draws them). NumPy and PyTorch keep the least loss and the choice of each cell as a
stage does, candidate by candidate, in blocks of --block cells that fit the cache, the fastest of those tried; Bellshard also writes each choice into its table. All frontiers must be
the same bits. Needs numpy and h5py; PyTorch takes part where it can be imported (Debian: python3-torch).
"""
import argparse
import json
import pathlib
import tempfile
import time

import h5py
import numpy as np

from race_allocation import by_bellshard, write_table


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built bellshard")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--block", type=int, nargs="*", default=[1 << 14, 1 << 17], help="cells")
    parser.add_argument("--threads", type=int, default=1, help="of PyTorch")
    parser.add_argument("--ranks", type=int, default=1, help="of Bellshard")
    parser.add_argument("--mpiexec", nargs="*", default=["mpirun", "--bind-to", "none", "--oversubscribe"])
    return parser.parse_args()


def stages(table):
    """Costs above the cheapest and losses of each stage, as Bellshard orders them; no choice of these tables is dominated but by those of equal loss."""
    made = []
    for layer in table:
        kept = [k for k in range(len(layer["cost"])) if not any(layer["loss"][j] <= layer["loss"][k] and layer["cost"][j] <= layer["cost"][k] and j != k and
                                                                (layer["loss"][j], layer["cost"][j], j) < (layer["loss"][k], layer["cost"][k], k) for j in range(len(layer["cost"])))]
        made.append(([layer["cost"][k] for k in kept], [layer["loss"][k] for k in kept]))
    return sorted(made, key=lambda stage: max(stage[0]))


def by_numpy(made, cells, block):
    before, updates = np.zeros(cells), 0
    for costs, losses in made:
        after, choice = np.empty(cells), np.empty(cells, np.uint8)
        for first in range(0, cells, block):
            end = min(cells, first + block)
            least, taken = np.full(end - first, np.inf), np.zeros(end - first, np.uint8)
            for k, (cost, loss) in enumerate(zip(costs, losses)):
                low = max(first, cost)
                if low >= end:
                    continue
                value = before[low - cost:end - cost] + loss
                better = value < least[low - first:]
                np.minimum(least[low - first:], value, out=least[low - first:])
                taken[low - first:][better] = k
            after[first:end], choice[first:end] = least, taken
        before = after
        updates += cells * len(costs)
    return before, updates


def by_torch(made, cells, block, torch):
    before, updates = torch.zeros(cells, dtype=torch.float64), 0
    for costs, losses in made:
        after, choice = torch.empty(cells, dtype=torch.float64), torch.empty(cells, dtype=torch.uint8)
        for first in range(0, cells, block):
            end = min(cells, first + block)
            least, taken = torch.full((end - first,), float("inf"), dtype=torch.float64), torch.zeros(end - first, dtype=torch.uint8)
            for k, (cost, loss) in enumerate(zip(costs, losses)):
                low = max(first, cost)
                if low >= end:
                    continue
                value = before[low - cost:end - cost] + loss
                taken[low - first:].masked_fill_(value < least[low - first:], k)
                torch.minimum(least[low - first:], value, out=least[low - first:])
            after[first:end], choice[first:end] = least, taken
        before = after
        updates += cells * len(costs)
    return before.numpy(), updates


def main():
    asked = options()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_table(folder / "table.jsonl", "rising", 1)
        lines = sorted((folder / "table.jsonl").read_text().splitlines(), key=lambda line: json.loads(line)["cost"][0])[-asked.layers:]
        (folder / "table.jsonl").write_text("".join(line + "\n" for line in lines))
        table = [json.loads(line) for line in lines]
        budget = int(0.59 * sum(layer["cost"][0] for layer in table))
        by_bellshard(asked, folder, [budget], True, asked.ranks)
        with h5py.File(folder / "allocation.h5") as file:
            frontier = file["results/frontier"][()]
            seconds, rate = file["trace/seconds"][()], file["trace/updates_per_second"][()]
        sweeps = len(table)
        took = np.diff(np.r_[0, seconds])[:sweeps]
        updates = float((took * rate[:sweeps]).sum())
        print(f"{len(table)} layers, {len(frontier):,} cells; Bellshard, {asked.ranks} rank(s): {took.sum():.2f} s of sweeps, {updates / took.sum() / 1e9:.2f} G additions and minima a second", flush=True)
        made = stages(table)
        tried = [("NumPy", by_numpy, ())]
        try:
            import torch
            torch.set_num_threads(asked.threads)
            tried.append((f"PyTorch {torch.__version__}, {asked.threads} thread(s)", by_torch, (torch,)))
        except ImportError:
            print("PyTorch is not here: it takes no part")
        for peer, solve, more in tried:
            best = None
            for block in asked.block:
                begin = time.perf_counter()
                found, updates = solve(made, len(frontier), block, *more)
                lasted = time.perf_counter() - begin
                if not np.array_equal(found, frontier):
                    raise SystemExit(f"{peer}: the frontiers differ")
                best = min(best or (lasted, block), (lasted, block))
            print(f"{peer}, blocks of {best[1]:,} cells: {best[0]:.2f} s, {updates / best[0] / 1e9:.3f} G a second, {best[0] / took.sum():.1f} times Bellshard's", flush=True)


if __name__ == "__main__":
    main()
