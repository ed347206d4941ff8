"""three_species_fishery: stages of backward induction over a grid of three species (model 3). NumPy works on whole arrays: the product of the quadrature as lists of nodes and weights for each axis, so that it
gathers 1000 values a state, and numpy.maximum.accumulate. The values of both must agree. Then ranks: a larger grid on one rank and on --ranks.
"""
import time

import h5py
import numpy as np

from decisions.runs import bellshard


def add_options(parser):
    parser.add_argument("--nodes", type=int, nargs="*", default=[61, 121], help="three_species_fishery: nodes of each species beside NumPy")
    parser.add_argument("--large-nodes", type=int, default=161, help="three_species_fishery: nodes in the race of ranks")


def species_text(nodes, stages):
    return (f'[model]\nkind = "two_fisheries"\nhorizon = {stages}\n[grid]\nx = {nodes}\ny = {nodes}\nz = {nodes}\n[evaluation]\nepisodes = 0\n'
            "[policy]\nevery = 1000\nlast = 1\n[output]\npolicy = false\ncompression = 0\n")


def species_stage_by_numpy(gx, gy, gz, value, penalty):
    """V_t from V_(t+1), [z, y, x]: for each axis ten nodes and weights a state, and their products."""
    e, w = np.polynomial.hermite_e.hermegauss(5)
    w = w / w.sum()
    z, y, x = np.meshgrid(gz, gy, gx, indexing="ij")
    mean = (x + x * (1 - x) - 0.3 * z * x * x / (0.09 + x * x) - 0.1 * x * y, y + y * (1 - y) - 0.33 * z * y * y / (0.09 + y * y) - 0.1 * x * y, z + z * (0.1 * (x + 1.1 * y) - 0.1))

    def lists(mean, scale, nodes, stride):
        found, alive = [], 0
        for noise, weight in zip(e, w):
            there = mean + scale * noise
            above = there > 0.05
            cell = np.clip(np.searchsorted(nodes, there, side="right") - 1, 0, len(nodes) - 2)
            share = np.clip((there - nodes[cell]) / (nodes[cell + 1] - nodes[cell]), 0, 1)
            found += [(cell * stride, weight * above * (1 - share)), ((cell + 1) * stride, weight * above * share)]
            alive = alive + weight * above
        return found, alive

    in_x, alive_x = lists(mean[0], 0.1 * x, gx, 1)
    in_y, alive_y = lists(mean[1], 0.1 * y, gy, len(gx))
    in_z, alive_z = lists(mean[2], 0.1 * z, gz, len(gx) * len(gy))
    flat = value.ravel()
    expected = penalty * (1 - alive_x * alive_y * alive_z)
    for at_z, weight_z in in_z:
        for at_y, weight_y in in_y:
            row, part = at_z + at_y, np.zeros_like(x)
            for at_x, weight_x in in_x:
                part += weight_x * flat[row + at_x]
            expected += weight_z * weight_y * part
    gain = expected - x - y
    return x + y + np.maximum.accumulate(np.maximum.accumulate(gain, axis=2), axis=1)


def race_three_species_fishery(asked, folder):
    stages = 3
    if asked.part != "ranks":
        for nodes in asked.nodes:
            _, own, file = bellshard(asked, "three_species_fishery", species_text(nodes, stages), folder)
            with h5py.File(file) as opened:
                axes = [opened[f"results/{name}"][()] for name in "xyz"]
                value, clock = opened["results/value"][()], opened["trace/seconds"][()]
            again = np.zeros_like(value)
            times = []
            for t in reversed(range(stages)):
                begin = time.perf_counter()
                again = species_stage_by_numpy(*axes, again, -100 / (t + 1))
                times.append(time.perf_counter() - begin)
            best = min(np.diff(np.r_[0, clock]))
            print(f"three_species_fishery, {nodes}^3 nodes: NumPy {min(times):.3f} s a stage, Bellshard, one rank, {best:.4f} s: {min(times) / best:.1f} times as fast; "
                  f"{best / nodes ** 3 * 1e9:.0f} ns a state; values differ by {np.abs(value - again).max():.1e}", flush=True)
    if asked.part != "numpy":
        took = {}
        for ranks in (1, asked.ranks):
            _, own, file = bellshard(asked, "three_species_fishery", species_text(asked.large_nodes, stages + 1), folder, ranks)
            with h5py.File(file) as opened:
                took[ranks] = min(np.diff(np.r_[0, opened["trace/seconds"][()]]))
        print(f"three_species_fishery, {asked.large_nodes}^3 nodes, the fastest stage: one rank {took[1]:.3f} s, {asked.ranks} ranks {took[asked.ranks]:.3f} s: {took[1] / took[asked.ranks]:.2f} times as fast", flush=True)


RACES = {"three_species_fishery": race_three_species_fishery}
