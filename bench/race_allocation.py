#!/usr/bin/env python3
"""One amount for each layer of a network of ResNet-50's shape: Bellshard's table and its search beside HiGHS (scipy.optimize.milp), same table, same machine, one run.

    bench/race_allocation.py build/bin/bellshard --ranks 2

The weights of the 54 layers are ResNet-50's; 101 amounts each, losses drawn: rising with the amount, with steps. The table answers every budget up to the largest one, the search and
HiGHS those asked for. All must give the same sums. Needs numpy, scipy and h5py.
"""
import argparse
import json
import pathlib
import random
import resource
import subprocess
import tempfile
import time

import h5py
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

AMOUNTS = 101


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built bellshard")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--left", type=float, nargs="*", default=[0.59, 0.4, 0.2], help="shares of the weights that may be left")
    parser.add_argument("--mpiexec", nargs="*", default=["mpirun", "--bind-to", "none", "--oversubscribe"])
    return parser.parse_args()


def layers_of_resnet50():
    yield "conv1", 3 * 64 * 49
    channels = 64
    for stage, (middle, blocks) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)], 1):
        for block in range(blocks):
            name = f"layer{stage}.{block}"
            yield f"{name}.conv1", channels * middle
            yield f"{name}.conv2", middle * middle * 9
            yield f"{name}.conv3", middle * 4 * middle
            if block == 0:
                yield f"{name}.downsample", channels * 4 * middle
            channels = 4 * middle
    yield "fc", 2048 * 1000


def write_table(path, seed):
    rng, table = random.Random(seed), []
    for name, weights in layers_of_resnet50():
        scale, power = 0.1 + 3 * rng.random(), rng.choice([1.5, 2, 3, 4])
        loss = np.maximum.accumulate([scale * (k / (AMOUNTS - 1)) ** power * (1 + 0.05 * rng.random()) for k in range(AMOUNTS)])
        table.append({"layer": name, "cost": [weights - weights * k // (AMOUNTS - 1) for k in range(AMOUNTS)], "loss": loss.tolist()})
    path.write_text("".join(json.dumps(layer) + "\n" for layer in table))
    return table


def by_bellshard(asked, folder, budgets, frontier):
    words = ["--set", 'model.table="table.jsonl"', "--set", f"solver.budget={budgets}", "--set", f"output.frontier={str(frontier).lower()}", "--restart", "never"]
    begin = time.monotonic()
    run = subprocess.run([*asked.mpiexec, "-n", str(asked.ranks), asked.program.resolve(), "run", "prune_allocation", *words], cwd=folder, capture_output=True, text=True)
    seconds = time.monotonic() - begin
    if run.returncode:
        raise SystemExit(run.stderr)
    with h5py.File(folder / "allocation.h5") as file:
        return seconds, file["results/loss"][()]


def by_highs(table, budget):
    loss, cost = (np.concatenate([layer[what] for layer in table]).astype(float) for what in ("loss", "cost"))
    one_each = np.kron(np.eye(len(table)), np.ones(AMOUNTS))
    begin = time.monotonic()
    found = milp(loss, integrality=np.ones(len(loss)), bounds=Bounds(0, 1), options={"mip_rel_gap": 0},
                 constraints=[LinearConstraint(one_each, 1, 1), LinearConstraint(cost[None, :], -np.inf, budget)])
    return time.monotonic() - begin, found.fun


def main():
    asked = options()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        table = write_table(folder / "table.jsonl", asked.seed)
        weights = sum(layer["cost"][0] for layer in table)
        budgets = [int(share * weights) for share in asked.left]
        print(f"{len(table)} layers, {weights:,} weights, {AMOUNTS} amounts each; budgets {budgets}; {asked.ranks} ranks")
        seconds, by_table = by_bellshard(asked, folder, budgets, True)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"table, all {max(budgets):,} budgets   {seconds:8.2f} s from start to end, largest process {peak:.0f} MiB")
        seconds, by_search = by_bellshard(asked, folder, budgets, False)
        print(f"search, {len(budgets)} budgets            {seconds:8.2f} s from start to end")
        for q, budget in enumerate(budgets):
            seconds, loss = by_highs(table, budget)
            print(f"HiGHS, budget {budget:>12,}     {seconds:8.2f} s   sum {loss:.9f}, table {by_table[q]:.9f}, search {by_search[q]:.9f}")
            if max(abs(by_table[q] - loss), abs(by_search[q] - loss)) > 1e-6 * loss:
                raise SystemExit("the sums differ")


if __name__ == "__main__":
    main()
