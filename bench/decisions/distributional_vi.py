"""distributional_vi: sweeps of a cliff's walk beside the same update in NumPy, and policies for CVaR beside those of value iteration over levels (which can be worse).
"""
import pathlib
import statistics
import sys
import tempfile

import numpy as np

from decisions import distribution_peers
from decisions.runs import results_of

sys.path.append(str(pathlib.Path(__file__).parents[2] / "tests" / "reference"))
import plain_distributions  # noqa: E402


def distributional_vi(asked, _):
    """Sweeps of a cliff's walk beside the same update in NumPy; and policies for CVaR beside those of value iteration over levels."""
    def text(rows, columns, stocks, atoms, sweeps):
        return (f'[model]\nkind = "cliff"\nrows = {rows}\ncolumns = {columns}\n[criterion]\nkind = "finite_horizon"\ndiscount = 0.95\nhorizon = {sweeps}\n'
                f'[objective]\nkind = "cvar"\nlevel = 0.1\n[law]\nkind = "categorical"\natoms = {atoms}\nlow = -45.0\nhigh = 0.0\n[stock]\npoints = {stocks}\nlow = 0.0\nhigh = 45.0\n'
                '[output]\nstage_actions = false\ndistribution = "none"\n')

    print("distributional_vi: seconds of a sweep, categorical laws, CVaR, discount 0.95")
    for rows, columns, stocks, atoms in ((20, 30, 32, 64), (20, 30, 64, 128)):
        sweeps = 10
        runs = [results_of(asked, "distributional_vi", text(rows, columns, stocks, atoms, sweeps))[1] for _ in range(asked.repeats)]
        results, mine = runs[0], statistics.median(float(found["trace_seconds"]) for found in runs) / sweeps
        peer = distribution_peers.NumpyUpdate(rows, columns, 0.1, -1.0, -40.0, 0.95, stocks, atoms, -45.0, 0.0)
        theirs = distribution_peers.numpy_seconds(peer, sweeps)
        start = (rows - 1) * columns
        apart = abs(peer.tail(start, 0.1) - results["bound"][start])
        print(f"  {rows * columns} states x {stocks} stocks x {atoms} atoms: Bellshard {mine:.4f}, NumPy {theirs:.3f}: {theirs / mine:.1f} x; answers {apart:.1e} apart", flush=True)
    large = text(40, 60, 64, 128, 10)
    took = {1: [], 2: []}
    for _ in range(asked.repeats):
        for ranks, seconds in took.items():
            seconds.append(float(results_of(asked, "distributional_vi", large, ranks)[1]["trace_seconds"]) / 10)
    times = {ranks: statistics.median(seconds) for ranks, seconds in took.items()}
    print(f"  2400 states x 64 stocks x 128 atoms: 1 rank {times[1]:.3f} s, 2 ranks {times[2]:.3f} s a sweep: {times[1] / times[2]:.2f} x", flush=True)

    print("  policies for the worst quarter of three steps, and what value iteration over levels promises and attains")
    with tempfile.TemporaryDirectory() as folder:
        file = plain_distributions.write_model(pathlib.Path(folder) / "model.h5", distribution_peers.LEVELS_FAIL)
        job = (f'[model]\nkind = "file"\nfile = "{file}"\n[criterion]\nkind = "finite_horizon"\ndiscount = 1.0\nhorizon = 3\n[objective]\nkind = "cvar"\nlevel = 0.25\n'
               '[law]\nkind = "exact"\n')
        ours = results_of(asked, "distributional_vi", job)[1]["value"][0]
    levels = distribution_peers.LevelIteration(distribution_peers.LEVELS_FAIL, 3)
    law = levels.law(0, 0.25)
    returns = np.array(sorted(law))
    attained = plain_distributions.tail_mean(returns, np.array([law[x] for x in returns]), 0.25)
    everything = plain_distributions.tail_mean(np.arange(31), plain_distributions.all_laws(distribution_peers.LEVELS_FAIL, 3, 0, 31)[0], 0.25).max()
    print(f"    Bellshard {ours:.6g}, best of all history policies {everything:.6g}; over levels: promises {levels.value(0, 0.25):.6g}, its policy attains {attained:.6g}", flush=True)


RACES = {"distributional_vi": distributional_vi}
