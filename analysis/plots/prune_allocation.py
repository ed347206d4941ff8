"""The best sum of losses against the budget with the Lagrangian bound, and what each layer costs at each budget as a share of its dearest; of a network also
its layers' curves, and what it is right on that is pruned by them and by other rules."""
import matplotlib.pyplot as plt
import numpy as np

from plots import style

MOST_POINTS = 2000
MOST_NAMES = 60


COLOURS = ("#e4572e", "#2a78b5", "#3a9d5d", "#8b5fbf", "#c9931c", "#6b7280")


def names_of(results, axis):
    return [b"".join(np.atleast_1d(row).astype("S1")).rstrip(b"\0").decode() for row in results[f"{axis}_name"][()]]


def draw_sums(axes, results):
    if "frontier" in results:
        step = max(1, len(results["frontier"]) // MOST_POINTS)
        axes.plot(results["frontier_budget"][::step], results["frontier"][::step], color=style.INK, linewidth=1, label="every budget")
    budget = results["budget"][()]
    axes.plot(budget, results["loss"][()], "o", color=style.ACCENT, label="asked for")
    axes.plot(budget, results["bound"][()], "_", color=style.QUIET, markersize=12, label="Lagrangian bound")
    if "rule_sum" in results:
        for rule, sums, colour in list(zip(names_of(results, "rule"), results["rule_sum"][()].T, COLOURS))[1:]:
            axes.plot(budget, sums, "x", color=colour, markersize=5, label=rule)
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel("Budget")
    axes.set_ylabel(style.label(results["loss"]))
    axes.grid(color=style.QUIET, alpha=0.25, linewidth=0.6)
    axes.legend(fontsize=8)
    axes.set_title("Best sum of losses")


def draw_layers(axes, results):
    cost, most = results["layer_cost"][()], np.maximum(1, results["layer_most_cost"][()])
    shown = axes.imshow((cost / most).T, aspect="auto", cmap="viridis", vmin=0, vmax=1, interpolation="nearest")
    names = names_of(results, "layer")
    if len(names) <= MOST_NAMES:
        axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xticks(range(cost.shape[0]), [f"{b:,.0f}" for b in results["budget"][()]], rotation=60 if cost.shape[0] > 4 else 0, fontsize=8)
    axes.set_xlabel("Budget")
    axes.figure.colorbar(shown, ax=axes, label="Cost as a share of the layer's dearest choice")
    axes.set_title("Layers")


def draw_curves(axes, results):
    amount, curve = results["amount"][()], results["curve"][()]
    for k, one in enumerate(curve):
        axes.plot(amount[1:], np.maximum(one[1:], 1e-12), color=plt.get_cmap("viridis")(k / max(1, len(curve) - 1)), linewidth=1)
    axes.set_yscale("log")
    axes.set_xlabel("Share of a layer's weights that is pruned")
    axes.set_ylabel("Loss")
    axes.grid(color=style.QUIET, alpha=0.25, linewidth=0.6)
    axes.figure.colorbar(plt.cm.ScalarMappable(plt.Normalize(1, len(curve)), "viridis"), ax=axes, label="Layer, in the order of the network")
    axes.set_title("Each layer pruned alone")


def draw_accuracies(axes, results):
    kept = results["budget"][()] / results["layer_most_cost"][()].sum()
    axes.axhline(results.attrs["whole_accuracy"], color=style.QUIET, linewidth=1, label="whole network")
    for rule, accuracy, colour in zip(names_of(results, "rule"), results["rule_accuracy"][()].T, COLOURS):
        axes.plot(1 - kept, accuracy, "o-", color=colour, markersize=4, linewidth=1.6 if rule == "curves" else 0.8, label=rule)
    axes.set_xlabel("Share of all weights that is pruned")
    axes.set_ylabel("Share of images that the network is right on")
    axes.grid(color=style.QUIET, alpha=0.25, linewidth=0.6)
    axes.legend(fontsize=8)
    axes.set_title("Pruned networks, not trained again")


def draw(file):
    results = file["results"]
    rows = 2 if "curve" in results else 1
    height = max(4.5, 0.11 * results["choice"].shape[1])
    figure, axes = plt.subplots(rows, 2, figsize=(13, rows * height), constrained_layout=True, squeeze=False)
    draw_sums(axes[0, 0], results)
    draw_layers(axes[0, 1], results)
    if rows == 2:
        draw_curves(axes[1, 0], results)
        draw_accuracies(axes[1, 1], results)
    return figure
