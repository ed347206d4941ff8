#!/usr/bin/env python3
"""Bellshard against other solvers of Markov decision processes, in one run on one machine: medians and ratios as a Markdown table.

    bench/race_mdp.py build/bin/bellshard --ranks 1 --threads 2                    # a small model: a minute
    bench/race_mdp.py build/bin/bellshard --grid full --repeats 5 --limit 900      # MDPSolver's benchmark grid

Peers come from PyPI into a private virtual environment below --cache. All solve the same arrays at the same discount, one after
the other and again from the first, so that a slow moment of the machine hits each of them. Times are of the solve alone. Same accuracy:
the stop rule of each peer is tightened by tens, untimed, until its values are within --accuracy of the truth, relative to the largest value;
Bellshard is asked to prove that accuracy. What a peer cannot do within --limit seconds or with so many transitions is said in its cell.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from private_environment import inside_environment

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = ["mdpsolver", "quantecon", "pymdptoolbox", "stormpy", "h5py", "scipy"]
MOST_TRANSITIONS = {"MDPSolver": 3e7, "Storm": 2e7}  # their Python forms take about 100 bytes a transition


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built bellshard")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "bellshard-race")
    parser.add_argument("--grid", choices=["small", "banded", "full"], default="small")
    parser.add_argument("--only", default="", help="random models whose title holds this, for example \"n=2500 m=2\" or \"discount 0.999\"")
    parser.add_argument("--peers", nargs="*", help="all, unless named")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of each rank, and of the peers that have threads")
    parser.add_argument("--method", default="auto")
    parser.add_argument("--accuracy", type=float, default=1e-6, help="relative to the largest value")
    parser.add_argument("--limit", type=float, default=300, help="seconds a solve may take, with its set-up [s]")
    parser.add_argument("--mpiexec", nargs="*", default=["mpirun", "--oversubscribe", "--bind-to", "none"])
    return parser.parse_args()


def random_grid():
    for discount in (0.99, 0.999):
        for states in (2500, 5000, 10_000):
            for actions in (2, 10):
                for sparsity in (0.99, 0.80):
                    yield states, actions, sparsity, discount


def models(grid, only):
    """Those whose title holds `only`; no other is made."""
    from race_models import banded_model, random_model
    made = {"small": [(random_model, (2500, 2, 0.99, 0.99)), (banded_model, (100_000, 4, 5, 200, 0.99))], "banded": [(banded_model, (1_000_000, 5, 5, 2000, 0.99))],
            "full": [(random_model, parameters) for parameters in random_grid()]}
    for make, parameters in made[grid]:
        if make is banded_model or only in title(f"random n={parameters[0]} m={parameters[1]} {parameters[2]:.0%} sparse", parameters[3]):
            yield make(*parameters)


def title(name, discount):
    return f"{name}, discount {discount}"


class Race:
    def __init__(self, asked, folder):
        self.asked, self.folder = asked, folder
        self.environment = {**os.environ, "OMP_NUM_THREADS": str(asked.threads), "NUMBA_NUM_THREADS": str(asked.threads)}
        self.environment["RACE_PLAIN_LOOP"] = str(self.compile_plain_loop())

    def compile_plain_loop(self):
        program = self.asked.cache / "csr_value_iteration"
        subprocess.run([os.environ.get("CXX", "g++"), "-O3", "-march=native", "-fopenmp", "-std=c++20", HERE / "csr_value_iteration.cpp", "-o", program], check=True)
        return program

    def set_model(self, model):
        self.model, self.file = model, model.save(self.folder / "model.npz")
        self.write_hdf5()
        _, self.truth, _ = self.bellshard(1e-10)

    def write_hdf5(self):
        import h5py
        import numpy as np
        m = self.model
        with h5py.File(self.folder / "model.h5", "w") as file:
            file.attrs["schema"], file.attrs["schema_version"] = "bellshard.mdp", 1
            file["action_offset"] = np.arange(0, m.states * m.actions + 1, m.actions)
            file["transition_offset"], file["next_state"] = m.transition_offset, m.next_state
            file["probability"], file["reward"] = m.probability, m.reward

    def bellshard(self, tolerance):
        """-> seconds, values, widest proven bounds relative to the largest value"""
        import h5py
        import numpy as np
        job = self.folder / "job.toml"
        job.write_text(f'[model]\nkind = "file"\nfile = "model.h5"\n[criterion]\nkind = "discounted"\nobjective = "max"\ndiscount = {self.model.discount}\n'
                       f'[solver]\nmethod = "{self.asked.method}"\ntolerance = {tolerance}\n[output]\nfile = "result.h5"\n')
        ranks = [*self.asked.mpiexec, "-n", str(self.asked.ranks)]
        done = subprocess.run([*ranks, self.asked.program.resolve(), "run", "value_iteration", "-c", job.name, "--restart", "never"], cwd=self.folder,
                              env=self.environment, capture_output=True, text=True, timeout=self.asked.limit)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}")
        with h5py.File(self.folder / "result.h5") as file:
            results = file["results"]
            width = float(np.max(results["upper"][()] - results["lower"][()]) / np.max(np.abs(results["value"][()])))
            return float(file["trace/seconds"][-1]), results["value"][()], width

    def peer(self, name, tolerance):
        """-> seconds, error relative to the largest value"""
        import numpy as np
        values = self.folder / "values.npy"
        done = subprocess.run([sys.executable, HERE / "race_peers.py", name, self.file, repr(tolerance), values], env=self.environment,
                              capture_output=True, text=True, timeout=self.asked.limit)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        error = np.max(np.abs(np.load(values) - self.truth)) / np.max(np.abs(self.truth))
        return json.loads(done.stdout.splitlines()[-1])["seconds"], float(error)

    def calibrate(self, name):
        """The loosest stop rule, by tens, that is right."""
        tolerance = 1000 * self.asked.accuracy * float(abs(self.truth).max())
        for _ in range(9):
            _, error = self.peer(name, tolerance)
            if error <= self.asked.accuracy:
                return tolerance
            tolerance /= 10
        raise RuntimeError(f"never right to {self.asked.accuracy:g}: off by {error:.1e}")

    def run(self, names):
        """-> name -> (seconds of all repeats, error) or why not"""
        tolerance, said = {}, {}
        for name in names:
            if len(self.model.next_state) > MOST_TRANSITIONS.get(name, float("inf")):
                said[name] = "too large for its Python form"
                continue
            try:
                tolerance[name] = self.calibrate(name)
            except subprocess.TimeoutExpired:
                said[name] = f"over {self.asked.limit:g} s"
            except RuntimeError as reason:
                said[name] = str(reason)[:80]
        times, error = {name: [] for name in ["Bellshard", *tolerance]}, {}
        for _ in range(self.asked.repeats):
            for name in times:
                seconds, error[name] = self.peer(name, tolerance[name]) if name in tolerance else self.bellshard(self.asked.accuracy)[::2]
                times[name].append(seconds)
        return {**{name: (seconds, error[name]) for name, seconds in times.items()}, **said}


def rows(model, outcome):
    ours = statistics.median(outcome["Bellshard"][0])
    for name, what in outcome.items():
        if isinstance(what, str):
            yield f"| {title(model.name, model.discount)} | {name} | - | - | - | {what} |"
        else:
            seconds, error = what
            middle = statistics.median(seconds)
            yield (f"| {title(model.name, model.discount)} | {name} | {middle:.4g} | {min(seconds):.4g} .. {max(seconds):.4g} | {middle / ours:.2f} | {error:.1e} |")


def main():
    asked = options()
    asked.cache = asked.cache.resolve()
    inside_environment(asked.cache, PACKAGES)
    from race_peers import PEERS
    print(f"{os.cpu_count()} cores; Bellshard on {asked.ranks} ranks x {asked.threads} threads, method {asked.method}; accuracy {asked.accuracy:g}, "
          f"median of {asked.repeats}\n\n| model | solver | solve, s | least .. greatest | times Bellshard's | error (Bellshard: proven) |\n|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="bellshard-race-") as folder:
        race = Race(asked, pathlib.Path(folder))
        for model in models(asked.grid, asked.only):
            race.set_model(model)
            print("\n".join(rows(model, race.run(asked.peers or list(PEERS)))), flush=True)


main()
