"""incremental_worst_case's robust value iteration in L1 balls beside craam2 (marekpetrik/craam2), which is compiled here: its own small models, and random ones. Values are compared in every state.

craam2 lets nature move the reward of a transition with its probability; Bellshard's jobs take the mean reward of a pair. Where rewards depend on where one arrives, the race says the same
by states of arrival: a copy of a state for each reward that it is reached with, which pays that reward a step later.
"""
import pathlib
import statistics
import subprocess

import h5py
import numpy as np

from authors.clones import take_out
from decisions.robust_peers import windy_walk
from decisions.runs import results_of

ADDRESS = "https://github.com/marekpetrik/craam2"
TOLERANCE = 1e-6
RIVER, MACHINE = "examples/R/riverswim/riverswim_mdp.csv", "examples/R/machine_replacement/machine_replacement_mdp.csv"
METHODS = ["value_iteration", "partial_policy_iteration"]


def add_options(parser):
    parser.add_argument("--random-states", type=int, nargs="*", default=[2000, 20000], help="craam2: sizes of the random models, with 4 actions and 16 next states")


def build(folder):
    """Its own release settings: -O3 for this machine, no assertions; its configuration file is what its CMake makes of it without Gurobi."""
    (folder / "craam/craam_config.hpp").write_text("#pragma once\n#define CRAAM_CONFIG_HPP\n#define NDEBUG\n")
    program = folder / "craam2_peer"
    subprocess.run(["g++", "-std=c++20", "-O3", "-march=native", "-DNDEBUG", "-w", f"-I{folder}", f"-I{folder}/craam", f"-I{folder}/include", pathlib.Path(__file__).with_name("craam2_peer.cpp"),
                    "-o", program], check=True)
    return program


def random_rows(states, actions=4, branch=16):
    """[state, action, next state, probability, reward of the pair]; next states differ within a pair."""
    rng = np.random.default_rng(states)
    pairs = states * actions
    start = rng.integers(0, states, (pairs, 1)) + rng.integers(1, states // branch, (pairs, branch)).cumsum(axis=1)
    p = rng.dirichlet(np.ones(branch), pairs)
    pair = np.repeat(np.arange(pairs), branch)
    return np.column_stack([pair // actions, pair % actions, (start % states).ravel(), (p / p.sum(axis=1, keepdims=True)).ravel(), np.repeat(rng.random(pairs), branch)])


def walk_rows(scale, alpha=0.25):
    T, R = windy_walk(alpha, scale)
    T, states = T.tocoo(), R.shape[1]
    rows = np.column_stack([T.row % states, T.row // states, T.col, T.data, R.ravel()[T.row]])
    return rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]


def on_arrival(rows):
    """Rows of the model whose states are (state, reward it is reached with), and for each of its states that pair; the reward is that of the state."""
    states = np.unique(rows[:, 0])
    reached = np.unique(np.concatenate([rows[:, [2, 4]], np.column_stack([states, 0 * states])]), axis=0)
    place = {tuple(pair): k for k, pair in enumerate(reached.tolist())}
    made = [[k, a, place[t, r], p, reward] for k, (s, reward) in enumerate(reached.tolist()) for _, a, t, p, r in rows[rows[:, 0] == s].tolist()]
    return np.array(made), reached


def write_model(path, rows):
    first = np.r_[True, (np.diff(rows[:, 0]) != 0) | (np.diff(rows[:, 1]) != 0)]
    pairs = np.flatnonzero(first)
    with h5py.File(path, "w") as file:
        file.attrs["schema"], file.attrs["schema_version"] = "bellshard.mdp", 1
        file["action_offset"] = np.searchsorted(rows[pairs, 0], np.arange(rows[-1, 0] + 2))
        file["transition_offset"] = np.r_[pairs, len(rows)]
        file["next_state"], file["probability"], file["reward"] = rows[:, 2].astype(np.int64), rows[:, 3], rows[pairs, 4]


def race(asked, clone, folder):
    commit = take_out(clone, ["craam", "include/csv.h", "include/rm", RIVER, MACHINE], folder)
    program = build(folder)
    models = [("its riverswim", np.loadtxt(folder / RIVER, delimiter=",", skiprows=1), 0.95, 0.2), ("its machine replacement", np.loadtxt(folder / MACHINE, delimiter=",", skiprows=1), 0.95, 0.2),
              ("windy walk, wind 0.25", walk_rows(12), 0.99, 0.2)]
    models += [("random", random_rows(states), 0.95, 0.3) for states in asked.random_states]
    for name, rows, discount, radius in models:
        residual = TOLERANCE * (1 - discount) / discount
        np.savetxt(folder / "model.csv", rows, delimiter=",", fmt=["%d", "%d", "%d", "%.17g", "%.17g"], header="idstatefrom,idaction,idstateto,probability,reward", comments="")
        said = subprocess.run([program, "model.csv", repr(discount), repr(radius), repr(residual), "values.csv", *METHODS], cwd=folder, check=True, capture_output=True, text=True)
        theirs = np.loadtxt(folder / "values.csv", delimiter=",")
        seconds = [float(line.split()[1]) for line in said.stdout.splitlines()]
        same_reward = all(len(np.unique(rows[(rows[:, 0] == s) & (rows[:, 1] == a), 4])) == 1 for s, a in np.unique(rows[:, :2], axis=0)) if len(rows) < 100 else True
        stated, reached = (rows, None) if same_reward else on_arrival(rows)
        write_model(folder / "model.h5", stated)
        text = (f'[family]\nkind = "files"\nfiles = ["{folder / "model.h5"}"]\n[solver]\ndiscount = {discount}\ntolerance = {TOLERANCE}\n[compare]\nrobust = false\nl1_radii = [{radius}]\n')
        found = [results_of(asked, "incremental_worst_case", text)[1] for _ in range(asked.repeats)]
        own = statistics.median(float(results[f"l1_{radius}_seconds"]) for results in found)
        value = found[0][f"l1_{radius}_value"]
        if reached is not None:  # what a copy is worth is its reward and the discounted value of its state
            value = np.array([((value - reached[:, 1]) / discount)[reached[:, 0] == s][0] for s in range(theirs.shape[1])])
        apart = np.abs(theirs - value).max(axis=1)
        print(f"craam2 {commit}, {name}, {theirs.shape[1]:,} states, {len(rows):,} transitions, discount {discount}, L1 radius {radius}: Bellshard, one rank, {own:.5f} s; " +
              "; ".join(f"{method.replace('_', ' ')} {s:.5f} s, {s / own:.2f} times that, values differ by {d:.1e}" for method, s, d in zip(METHODS, seconds, apart)) +
              ("" if reached is None else " (rewards on arrival)"), flush=True)
