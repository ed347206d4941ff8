#!/usr/bin/env python3
"""How a sweep's time changes with ranks, in one run on one machine, beside what `check --ranks` says before it: a Markdown table.

    bench/scaling.py build/bin/bellshard --ranks 1 2 --repeats 3

The model is an additive product of two machines, made by formula. Strong scaling: the same model on more ranks. Weak scaling: as many
states for each rank. Ranks take turns within a repeat, so that a slow moment of the machine hits each of them. Seconds are of plain sweeps, by the trace
of the result; efficiency is the median over repeats of (seconds on the first number of ranks, by as many times as there are more), 1 at best.
"""
import argparse
import math
import os
import pathlib
import re
import statistics
import subprocess
import tempfile

import h5py
import numpy as np

JOB = """[model]
kind = "additive"
factors = 2
levels = {levels}
[criterion]
kind = "discounted"
objective = "min"
discount = 0.5
[solver]
method = "value_iteration"
max_sweeps = {sweeps}
[output]
policy_value = false
state_variables = false
labels = false
"""


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built bellshard")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--levels", type=int, default=3000, help="of each machine on the first number of ranks: levels^2 states")
    parser.add_argument("--sweeps", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--mpiexec", nargs="*", default=["mpirun", "--oversubscribe", "--bind-to", "none"])
    return parser.parse_args()


class Bench:
    def __init__(self, asked, folder):
        self.asked, self.folder = asked, folder

    def call(self, ranks, *arguments):
        command = [*self.asked.mpiexec, "-n", str(ranks), str(self.asked.program.resolve()), *arguments, "-c", "job.toml"]
        environment = {"OMP_NUM_THREADS": "1", **os.environ}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)
        if done.returncode not in (0, 5):  # 5: the last sweep allowed came before the tolerance
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def job(self, levels):
        (self.folder / "job.toml").write_text(JOB.format(levels=levels, sweeps=self.asked.sweeps))

    def sweep(self, ranks, levels):
        """Seconds of one sweep, the median over a run without its first and its last."""
        self.job(levels)
        self.call(ranks, "run", "value_iteration", "--restart", "never")
        with h5py.File(self.folder / "value_iteration.h5") as result:
            return statistics.median(np.diff(result["trace/seconds"][:])[:-1])

    def forecast(self, ranks, levels):
        """Seconds of one sweep as `check` says, run on as many ranks as this machine has cores for."""
        self.job(levels)
        rows = re.findall(r"^\s*(\d+)\s+([\d.e+-]+) =", self.call(1, "check", "value_iteration", "--ranks", str(ranks)), re.MULTILINE)
        return dict((int(count), float(seconds)) for count, seconds in rows)[ranks]


def row(bench, title, cases):
    """One line for each number of ranks; cases: [(ranks, levels)]."""
    forecast = [bench.forecast(*case) for case in cases]
    seconds = [[bench.sweep(*case) for case in cases] for _ in range(bench.asked.repeats)]
    first_ranks, first_levels = cases[0]
    for k, (ranks, levels) in enumerate(cases):
        work = (levels / first_levels) ** 2 * first_ranks / ranks  # of a rank, against the first
        efficiency = statistics.median(run[0] * work / run[k] for run in seconds)
        own = [run[k] for run in seconds]
        print(f"| {title} | {ranks} | {levels ** 2:,} | {statistics.median(own):.3g} | {min(own):.3g} .. {max(own):.3g} | {efficiency:.2f} | {forecast[k]:.3g} |", flush=True)


def main():
    asked = options()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(asked, pathlib.Path(folder))
        first = asked.ranks[0]
        print("| scaling | ranks | states | seconds a sweep | least .. greatest | efficiency | forecast, s |\n|---|---|---|---|---|---|---|")
        row(bench, "strong", [(ranks, asked.levels) for ranks in asked.ranks])
        row(bench, "weak", [(ranks, round(asked.levels * math.sqrt(ranks / first))) for ranks in asked.ranks])


if __name__ == "__main__":
    main()
