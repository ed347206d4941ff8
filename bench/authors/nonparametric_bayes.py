"""gp_fishery beside the authors' R functions (cboettig/nonparametric-bayes), on their data: chain, tensor and value iteration of the Gaussian process, the work split as their manuscript has it. Policies of the process
and of the true model, and the published ones, are compared at every point of the grid.
"""
import csv
import pathlib
import shutil
import statistics
import subprocess

import h5py
import numpy as np

from authors.clones import take_out
from decisions.runs import bellshard

ADDRESS = "https://github.com/cboettig/nonparametric-bayes"
DATA = "manuscripts/components/data"
POINTS, STEPS, BURN_IN, THIN, CHAINS = 50, 100_000, 10_000, 300, 8


def published(path, method):
    grid = np.linspace(0, 15, POINTS)
    with path.open() as file:
        harvest = {float(row["stock"]): float(row["value"]) for row in csv.DictReader(file) if row["method"] == method}
    return np.array([np.abs(grid - harvest[min(harvest, key=lambda x: abs(x - stock))]).argmin() for stock in grid])


def race(asked, clone, folder):
    if not shutil.which("Rscript"):
        print("nonparametric-bayes: not raced; it needs R and its package mcmc (Debian: r-base-core, r-cran-mcmc)", flush=True)
        return
    commit = take_out(clone, ["R", f"{DATA}/training_data.csv", f"{DATA}/figure3.csv"], folder)
    said = subprocess.run(["Rscript", pathlib.Path(__file__).with_name("fishery.R"), folder, folder / DATA / "training_data.csv", str(POINTS), str(STEPS), str(BURN_IN), str(THIN), folder / "r.csv"],
                          capture_output=True, text=True)
    if said.returncode != 0:
        raise SystemExit(said.stderr)
    parts = {name: float(number) for name, number in (line.split() for line in said.stdout.splitlines())}
    draws = int(parts.pop("draws"))
    theirs = np.genfromtxt(folder / "r.csv", delimiter=",", names=True)

    (folder / "data.csv").write_text("x,y\n" + "".join(f"{row['x']},{row['y']}\n" for row in csv.DictReader((folder / DATA / "training_data.csv").open())))
    text = (f'[data]\nfile = "data.csv"\n[grid]\npoints = {POINTS}\n[models]\nnames = ["gp", "true"]\n[posterior]\nchains = {CHAINS}\nsteps = {STEPS // CHAINS}\nburn_in = {BURN_IN // CHAINS}\nthin = {THIN}\n'
            '[simulation]\npaths = 100\n')
    runs = []
    for _ in range(asked.repeats):
        *seconds, file = bellshard(asked, "gp_fishery", text, folder)
        runs.append(seconds)
    whole, sweeps = (statistics.median(column) for column in zip(*runs))
    with h5py.File(file) as opened:
        harvest, value = opened["results/harvest_index"][()], opened["results/value"][()]
        own_draws = opened["results/gp_length"].shape[0]
    total = sum(parts.values())
    print(f"nonparametric-bayes {commit}, {POINTS} points, {STEPS:,} steps, {draws} draws (Bellshard: {CHAINS} chains, {own_draws}): R {total:.1f} s (" + ", ".join(f"{name.replace('_', ' ')} {s:.2f}" for name, s in parts.items()) +
          f"); Bellshard, one rank, sweeps {sweeps:.3f} s, start to end {whole:.3f} s: {total / sweeps:.0f} and {total / whole:.0f} times as fast; policies of the process differ at {(theirs['gp'] != harvest[0]).sum()} points "
          f"(from the published one: R {(theirs['gp'] != published(folder / DATA / 'figure3.csv', 'GP')).sum()}, Bellshard {(harvest[0] != published(folder / DATA / 'figure3.csv', 'GP')).sum()}), of the true model at "
          f"{(theirs['true'] != harvest[1]).sum()}, its values by {np.abs(theirs['true_value'] - value[1]).max():.1e}", flush=True)
