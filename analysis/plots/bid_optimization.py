"""The bid for an average auction over auctions left and budget, and what each rule brought on the log."""
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm

from plots import style

NAMES = {"ss_mdp": "SS-MDP", "mcpc": "MCPC", "lin_bid": "LinBid", "rlb": "RLB"}
MOST_CELLS = 400  # of the picture, along each axis


def bids(results, rows, budgets):
    """The largest price at which an average auction is worth what it costs, at these rows (auctions left - 1) and budgets."""
    attributes = results.attrs
    gain, weight = attributes["click_worth"] * attributes["mean_click_rate"], float(style.text(attributes["objective"]) == "profit")
    most, discount = int(attributes["max_bid"]), attributes["discount"]
    price = np.arange(most + 1)
    found = np.empty((rows.size, budgets.size))
    for i, row in enumerate(rows):
        value = np.concatenate([np.full(most, -np.inf), results["value"][row]])
        window = value[budgets[:, None] + most - price[None, :]]  # [budget, price]
        worth = gain + discount * (window - window[:, :1]) - weight * price
        found[i] = np.where((worth < 0).any(axis=1), (worth < 0).argmax(axis=1) - 1, most)
    return found


def draw_bids(axes, results):
    left = np.asarray(results["auctions_left"][()]) + 1  # a bid with n left stands on row n - 1
    shape = results["value"].shape
    rows = np.unique(np.linspace(0, shape[0] - 1, min(shape[0], MOST_CELLS)).astype(int))
    budgets = np.unique(np.linspace(0, shape[1] - 1, min(shape[1], MOST_CELLS)).astype(int))
    bid = bids(results, rows, budgets)
    mesh = axes.pcolormesh(budgets, left[rows], np.maximum(bid, 1), cmap="viridis", norm=LogNorm(1, max(2, bid.max())), shading="nearest", rasterized=True)
    axes.figure.colorbar(mesh, ax=axes, label="Bid (0 as 1)", pad=0.02)
    if min(bid.shape) > 1:
        lines = axes.contour(budgets, left[rows], bid, levels=[10, 20, 50, 100, 200], colors="white", linewidths=0.7)
        axes.clabel(lines, fmt="%d", fontsize=8)
    axes.set_xlabel("Budget left")
    axes.set_ylabel("Auctions left")
    axes.set_title("Bid for an auction of the mean click rate")


def draw_outcomes(axes, results, name, title):
    names = [NAMES[b"".join(np.atleast_1d(row).astype("S1")).rstrip(b"\0").decode()] for row in results["algorithm_name"][()]]
    values = np.asarray(results[name][()], dtype=float)
    bars = axes.barh(names, values, color=[style.ACCENT if label == "RLB" else style.QUIET for label in names], height=0.6)
    axes.bar_label(bars, labels=[f" {value:,.3f}".rstrip("0").rstrip(".") for value in values], fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.25 * np.nanmax(values, initial=1e-9))
    axes.set_title(title, fontsize=11)
    axes.tick_params(axis="y", length=0)


def draw(file):
    results = file["results"]
    outcomes = "clicks" in results
    figure = plt.figure(figsize=(12, 5) if outcomes else (7, 5), constrained_layout=True)
    grid = figure.add_gridspec(2, 2 if outcomes else 1, width_ratios=(1.5, 1) if outcomes else (1,))
    if "value" in results:
        draw_bids(figure.add_subplot(grid[:, 0]), results)
    if outcomes:
        profit = "profit" in results
        draw_outcomes(figure.add_subplot(grid[0, -1]), results, "profit" if profit else "clicks", "Profit" if profit else f"Clicks in {int(results['auctions'][()]):,} auctions")
        draw_outcomes(figure.add_subplot(grid[1, -1]), results, "ecpc", "Effective cost of a click")
    return figure
