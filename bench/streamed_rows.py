#!/usr/bin/env python3
"""What it costs that rows stay in the model file (solver.memory_limit), and what float32 probabilities save: a banded model of its own.

bench/streamed_rows.py build/bin/bellshard --states 1000000 --ranks 1
"""
import argparse
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import tempfile

import h5py
import numpy as np

from race_models import banded_model


def write(path, states, probability):
    """The MDP file; `probability`: the type that it is stored as. In a process of its own: the peak of one that starts others counts as theirs."""
    model = banded_model(states, 4, 8, 2000, 0.99)
    with h5py.File(path, "w") as file:
        file.attrs["schema"], file.attrs["schema_version"] = "bellshard.mdp", 1
        file["action_offset"] = np.arange(0, model.states * model.actions + 1, model.actions)
        file["transition_offset"], file["next_state"], file["reward"] = model.transition_offset, model.next_state, model.reward
        file["probability"] = model.probability.astype(probability)


def measure(command, folder, file, settings):
    """Median seconds of a sweep, seconds of all sweeps, the peak of one process [MB] of the whole run."""
    words = {"model.kind": "file", "model.file": str(file), "criterion.kind": "discounted", "criterion.discount": 0.99,
             "output.policy_value": False, **settings}
    sets = [f"{key}={value!r}".lower() if isinstance(value, (bool, float)) else f"{key}={value}" if isinstance(value, int) else f'{key}="{value}"'
            for key, value in words.items()]
    run = subprocess.Popen([*command, "run", "value_iteration", "-o", folder, "--restart", "never", *(w for s in sets for w in ("--set", s))],
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    log = run.stderr.read()
    _, status, usage = os.wait4(run.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 5):
        raise SystemExit(log)
    with h5py.File(pathlib.Path(folder) / "value_iteration.h5") as result:
        seconds = result["trace/seconds"][()]
    return statistics.median(np.diff(seconds, prepend=0)), seconds[-1], usage.ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--states", type=int, default=1_000_000)
    parser.add_argument("--sweeps", type=int, default=10)
    parser.add_argument("--ranks", type=int, default=1)
    arguments = parser.parse_args()
    command = ["mpirun", "--bind-to", "none", "-n", str(arguments.ranks)] if arguments.ranks > 1 else []
    command.append(str(pathlib.Path(arguments.program).resolve()))
    with tempfile.TemporaryDirectory() as folder:
        double, single = pathlib.Path(folder) / "float64.h5", pathlib.Path(folder) / "float32.h5"
        for path, probability in ((double, np.float64), (single, np.float32)):
            making = multiprocessing.Process(target=write, args=(path, arguments.states, probability))
            making.start()
            making.join()
        transitions = 32 * arguments.states
        print(f"{transitions} transitions, {arguments.ranks} ranks, OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', '')}")
        print("method            probabilities  limit, MB a rank  seconds a sweep  ns a transition  all sweeps, s  peak, MB")
        packed = transitions * 20 / arguments.ranks
        for method, settings in (("value_iteration", {"solver.max_sweeps": arguments.sweeps}), ("auto", {"solver.tolerance": 1e-6})):
            for file, share in ((double, None), (single, None), (double, 0.5), (double, 0.1)):
                if method == "auto" and file == single:
                    continue
                limit = {} if share is None else {"solver.memory_limit": share * packed / 2**30}
                sweep, all_sweeps, peak = measure(command, folder, file, {"solver.method": method, **settings, **limit})
                print(f"{method:16}  {file.stem:13}  {'none' if share is None else f'{share * packed / 1e6:.0f}':>16}  {sweep:15.3f}  "
                      f"{1e9 * sweep / transitions:15.2f}  {all_sweeps:13.2f}  {peak:8.0f}", flush=True)


if __name__ == "__main__":
    main()
