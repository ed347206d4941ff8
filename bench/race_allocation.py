#!/usr/bin/env python3
"""One amount for each layer of a network of ResNet-50's shape within one budget: Bellshard's search beside solvers of mixed integer programs, all to a proven gap of zero.

    bench/race_allocation.py build/bin/bellshard

The weights of the 54 layers are ResNet-50's; 101 amounts each, losses drawn in several ways (LOSSES). Seconds of the solvers alone (Bellshard's are the result's
attribute solver_seconds: from the choices read to the choice made, on one rank), and from start to end of a process. Peers come from PyPI into a private virtual environment below
--cache. --table sweeps the whole table too, which answers every budget, on --ranks ranks.
"""
import argparse
import json
import os
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from private_environment import inside_environment

PACKAGES = ["numpy", "h5py", "highspy", "ortools"]
PEERS = ["HiGHS", "CP-SAT", "CBC", "SCIP"]
AMOUNTS = 101
LOSSES = {  # at share x of the amounts, before the scale of the layer; what power may be, how much of it is drawn, the unit
    "rising": ([1.5, 2, 3, 4], 0.05, None),  # convex, made to rise everywhere
    "mixed": ([0.3, 0.5, 0.8, 1.5, 3], 0.2, None),  # concave and convex, with large steps up and down
    "whole": ([1.5, 2, 3, 4], 0.05, 1 / 300),  # counted, as of answers that turn wrong: many equal ones
    "linear": ([1], 0.02, None),  # the weights that are lost, nearly: each layer is as good as the other
}


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built bellshard")
    parser.add_argument("--losses", nargs="*", choices=list(LOSSES), default=list(LOSSES))
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--left", type=float, nargs="*", default=[0.59, 0.2], help="shares of the weights that may be left")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    parser.add_argument("--limit", type=float, default=10, help="seconds after which a peer is stopped")
    parser.add_argument("--table", action="store_true", help="sweep the table, too")
    parser.add_argument("--ranks", type=int, default=2, help="of the table")
    parser.add_argument("--mpiexec", nargs="*", default=["mpirun", "--bind-to", "none", "--oversubscribe"])
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "bellshard-race")
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


def write_table(path, kind, seed):
    powers, drawn, unit = LOSSES[kind]
    rng, table = random.Random(seed), []
    for name, weights in layers_of_resnet50():
        scale, power = (weights / 1e6 if kind == "linear" else 0.1 + 3 * rng.random()), rng.choice(powers)
        loss = [scale * (k / (AMOUNTS - 1)) ** power * (1 + drawn * rng.random()) for k in range(AMOUNTS)]
        if kind == "rising":
            loss = [max(loss[:k + 1]) for k in range(AMOUNTS)]
        if unit:
            loss = [float(round(x / unit)) for x in loss]
        table.append({"layer": name, "cost": [weights - weights * k // (AMOUNTS - 1) for k in range(AMOUNTS)], "loss": loss})
    path.write_text("".join(json.dumps(layer) + "\n" for layer in table))
    return sum(layer["cost"][0] for layer in table)


def by_bellshard(asked, folder, budgets, frontier, ranks):
    """Seconds from start to end, those of the solver, losses, costs."""
    import h5py
    words = ["--set", 'model.table="table.jsonl"', "--set", f"solver.budget={budgets}", "--set", f"output.frontier={str(frontier).lower()}", "--restart", "never"]
    start = [*asked.mpiexec, "-n", str(ranks)] if ranks > 1 else []
    begin = time.monotonic()
    run = subprocess.run([*start, asked.program.resolve(), "run", "prune_allocation", *words], cwd=folder, capture_output=True, text=True)
    seconds = time.monotonic() - begin
    if run.returncode:
        raise SystemExit(run.stderr)
    with h5py.File(folder / "allocation.h5") as file:
        results = file["results"]
        return seconds, float(results.attrs["solver_seconds"]), results["loss"][()], results["cost"][()]


def by_peer(asked, peer, folder, budget):
    """Seconds from start to end, the answer; none where the process died."""
    begin = time.monotonic()
    run = subprocess.run([sys.executable, pathlib.Path(__file__).with_name("race_allocation_peers.py"), peer, folder / "table.jsonl", str(budget), str(asked.limit)],
                         capture_output=True, text=True)
    seconds = time.monotonic() - begin
    return seconds, json.loads(run.stdout.splitlines()[-1]) if run.returncode == 0 else None


def race(asked, kind, folder, ratios):
    for seed in asked.seeds:
        weights = write_table(folder / "table.jsonl", kind, seed)
        for budget in [int(share * weights) for share in asked.left]:
            whole, own, (loss,), (cost,) = by_bellshard(asked, folder, [budget], False, 1)
            print(f"{kind}, seed {seed}, budget {budget:,}\n  Bellshard  {1e3 * own:10.2f} ms, start to end {whole:6.2f} s, sum {loss:.9f}, cost {cost:,}", flush=True)
            for peer in asked.peers:
                seconds, answer = by_peer(asked, peer, folder, budget)
                if answer is None:
                    print(f"  {peer:9}  died")
                    continue
                fits = answer["cost"] is not None and answer["cost"] <= budget
                apart = f"sum {answer['loss'] - loss:+.1e}" + ("" if fits else f", {answer['cost'] - budget} too dear") if answer["loss"] is not None else "no choice found"
                ratios.setdefault((kind, peer), []).append((answer["seconds"] / own, seconds / whole, answer["proven"]))
                print(f"  {peer:9}  {1e3 * answer['seconds']:10.2f} ms, start to end {seconds:6.2f} s, {apart}" + ("" if answer["proven"] else ", stopped"), flush=True)
                if fits and answer["loss"] < loss - 1e-9 * max(1, abs(loss)):
                    raise SystemExit("the peer's choice is better: Bellshard's proof is wrong")


def main():
    asked = options()
    asked.cache = asked.cache.resolve()
    inside_environment(asked.cache, PACKAGES)
    ratios = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for kind in asked.losses:
            race(asked, kind, folder, ratios)
            if asked.table:
                weights = write_table(folder / "table.jsonl", kind, asked.seeds[0])
                budgets = [int(share * weights) for share in asked.left]
                whole, own, losses, _ = by_bellshard(asked, folder, budgets, True, asked.ranks)
                peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
                searched = by_bellshard(asked, folder, budgets, False, asked.ranks)
                print(f"{kind}: the table, all {max(budgets):,} budgets, {asked.ranks} ranks: {own:.2f} s, start to end {whole:.2f} s, largest process {peak:.0f} MiB;"
                      f" the search, {len(budgets)} budgets: {1e3 * searched[1]:.2f} ms, start to end {searched[0]:.2f} s; sums at most {max(abs(losses - searched[2])):.1e} apart", flush=True)
    print("\nmedian of a peer's seconds over Bellshard's: the solver alone, start to end; of how many, stopped by the limit")
    for (kind, peer), found in ratios.items():
        print(f"{kind:8} {peer:9} {statistics.median(r[0] for r in found):10.0f} {statistics.median(r[1] for r in found):8.1f}   {len(found)}, {sum(not r[2] for r in found)}")


if __name__ == "__main__":
    main()
