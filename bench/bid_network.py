#!/usr/bin/env python3
"""A table of bid_optimization in less memory: the network of the published program (Cai et al. 2017) beside interpolation between the rows that table.spacing keeps.

    build/bin/bellshard run bid_optimization -c jobs/bid_optimization/example.toml -o out && bench/bid_network.py out/bid_optimization.h5

Both stand for what one more unit of budget is worth, D(n, b) = V(n, b + 1) - V(n, b), at n > 50 auctions left and b >= 800. The network, 2-30-15-1 with tanh, is fitted to all of these as there: Adam with rate 3e-5, sums of squares
over batches of 50 n x 200 b, --rounds rounds, weights from U(-0.001, 0.001) and of the last layer from U(-r, r), r the mean click rate. Errors are over the same cells. Needs numpy, h5py, PyTorch.
"""
import argparse
import time

import h5py
import numpy as np

FIRST_ROW, FIRST_BUDGET = 51, 800


def network(value, rate, rounds):
    import torch
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rows, budgets = np.arange(FIRST_ROW, value.shape[0]), np.arange(FIRST_BUDGET, value.shape[1] - 1)
    target = torch.tensor(np.diff(value, axis=1)[np.ix_(rows, budgets)], dtype=torch.float32)
    n, b = torch.tensor(rows, dtype=torch.float32), torch.tensor(budgets, dtype=torch.float32)
    layers = [torch.nn.Linear(2, 30), torch.nn.Linear(30, 15), torch.nn.Linear(15, 1)]
    for layer, width in zip(layers, (1e-3, 1e-3, rate)):
        for parameter in layer.parameters():
            torch.nn.init.uniform_(parameter, -width, width)
    model = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1], torch.nn.Tanh(), layers[2])
    adam = torch.optim.Adam(model.parameters(), lr=3e-5, eps=1e-8)

    def grid(i, j):
        return torch.stack([n[i][:, None].expand(-1, len(j)), b[j][None, :].expand(len(i), -1)], dim=-1)

    for k in range(rounds):
        for i in torch.randperm(len(n)).split(50):
            for j in torch.randperm(len(b)).split(200):
                loss = ((model(grid(i, j))[..., 0] - target[i][:, j]) ** 2).sum()
                adam.zero_grad()
                loss.backward()
                adam.step()
        if k + 1 in (1, 10, 100) or k + 1 == rounds:
            with torch.no_grad():
                yield k + 1, (model(grid(torch.arange(len(n)), torch.arange(len(b))))[..., 0] - target).numpy()


def interpolation(value, spacing):
    """Errors of D in all rows, and how many rows are kept."""
    last, rows = value.shape[0] - 1, [0]
    while rows[-1] < last:
        rows.append(min(last, max(rows[-1] + 1, int(rows[-1] + spacing * rows[-1] ** 0.5))))
    exact, found = np.diff(value, axis=1), np.empty((value.shape[0], value.shape[1] - 1))
    for n in range(last + 1):
        above = np.searchsorted(rows, n)
        first = max(0, min(above - 2, len(rows) - 4))
        four = [n] if rows[above] == n else rows[first:first + 4]
        found[n] = sum(exact[r] * np.prod([(n - s) / (r - s) for s in four if s != r]) for r in four)
    return len(rows), (found - exact)[FIRST_ROW:, FIRST_BUDGET:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="a result with every row")
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--spacings", type=float, nargs="*", default=[0.25, 0.5, 1, 2])
    asked = parser.parse_args()
    with h5py.File(asked.file) as file:
        value, rate = file["results/value"][()], file["results"].attrs["mean_click_rate"]
    mean = np.diff(value, axis=1)[FIRST_ROW:, FIRST_BUDGET:].mean()
    print(f"D is {mean:.3e} on average; errors as shares of that")
    for spacing in asked.spacings:
        rows, error = interpolation(value, spacing)
        print(f"interpolation, spacing {spacing}: {rows} of {value.shape[0]} rows; root mean square {np.sqrt((error ** 2).mean()) / mean:.1e}, largest {np.abs(error).max() / mean:.1e}", flush=True)
    begin = time.perf_counter()
    for rounds, error in network(value, rate, asked.rounds):
        print(f"network after {rounds} rounds, {time.perf_counter() - begin:.0f} s: root mean square {np.sqrt((error ** 2).mean()) / mean:.1e}, largest {np.abs(error).max() / mean:.1e}", flush=True)


if __name__ == "__main__":
    main()
