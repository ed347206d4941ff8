"""The best sum of losses against the budget with the Lagrangian bound, and what each layer costs at each budget as a share of its dearest."""
import matplotlib.pyplot as plt
import numpy as np

from plots import style

MOST_POINTS = 2000
MOST_NAMES = 60


def layer_names(results):
    return [b"".join(np.atleast_1d(row).astype("S1")).rstrip(b"\0").decode() for row in results["layer_name"][()]]


def draw_sums(axes, results):
    if "frontier" in results:
        step = max(1, len(results["frontier"]) // MOST_POINTS)
        axes.plot(results["frontier_budget"][::step], results["frontier"][::step], color=style.INK, linewidth=1, label="every budget")
    budget = results["budget"][()]
    axes.plot(budget, results["loss"][()], "o", color=style.ACCENT, label="asked for")
    axes.plot(budget, results["bound"][()], "_", color=style.QUIET, markersize=12, label="Lagrangian bound")
    axes.set_xlabel("Budget")
    axes.set_ylabel(style.label(results["loss"]))
    axes.grid(color=style.QUIET, alpha=0.25, linewidth=0.6)
    axes.legend(fontsize=8)
    axes.set_title("Best sum of losses")


def draw_layers(axes, results):
    cost, most = results["layer_cost"][()], np.maximum(1, results["layer_most_cost"][()])
    shown = axes.imshow((cost / most).T, aspect="auto", cmap="viridis", vmin=0, vmax=1, interpolation="nearest")
    names = layer_names(results)
    if len(names) <= MOST_NAMES:
        axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xticks(range(cost.shape[0]), [f"{b:,.0f}" for b in results["budget"][()]], rotation=60 if cost.shape[0] > 4 else 0, fontsize=8)
    axes.set_xlabel("Budget")
    axes.figure.colorbar(shown, ax=axes, label="Cost as a share of the layer's dearest choice")
    axes.set_title("Layers")


def draw(file):
    results = file["results"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, max(4.5, 0.11 * results["choice"].shape[1])), constrained_layout=True)
    draw_sums(left, results)
    draw_layers(right, results)
    return figure
