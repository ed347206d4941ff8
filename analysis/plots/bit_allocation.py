"""The bits of each layer at each budget; of a network also what it is right on against its size, beside uniform precisions and, where layers were calibrated, beside rounding to nearest."""
import matplotlib.pyplot as plt
import numpy as np

from plots import style
from plots.prune_allocation import MOST_NAMES, draw_sums, names_of


def draw_bits(axes, results):
    bits = results["bits"][()]
    shown = axes.imshow(bits.T, aspect="auto", cmap="viridis", interpolation="nearest")
    names = names_of(results, "layer")
    if len(names) <= MOST_NAMES:
        axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xticks(range(bits.shape[0]), [f"{r:.4f}" for r in results["ratio"][()]], fontsize=8)
    axes.set_xlabel("Bits of all weights, in parts of float32")
    axes.figure.colorbar(shown, ax=axes, label="Bits", ticks=np.unique(bits))
    axes.set_title("Bits of each layer")


def draw_accuracies(axes, results):
    axes.axhline(results.attrs["float32_accuracy"], color=style.QUIET, linewidth=1, label="float32")
    how = ", calibrated" if "nearest_accuracy" in results else ""
    axes.plot(results["ratio"][()], results["accuracy"][()], "o-", color=style.ACCENT, label="as allocated" + how)
    axes.plot(results["precision"][()] / 32, results["uniform_accuracy"][()], "x", color=style.INK, label="all layers alike" + how)
    if how:  # the same bits without calibration
        axes.plot(results["ratio"][()], results["nearest_accuracy"][()], "o--", color=style.ACCENT, markerfacecolor="none", linewidth=1, label="as allocated, rounded to nearest")
        axes.plot(results["precision"][()] / 32, results["uniform_nearest_accuracy"][()], "+", color=style.INK, label="all layers alike, rounded to nearest")
    axes.set_xlabel("Bits of all weights, in parts of float32")
    axes.set_ylabel("Share of images that the network is right on")
    axes.grid(color=style.QUIET, alpha=0.25, linewidth=0.6)
    axes.legend(fontsize=8)
    axes.set_title("Quantised networks")


def draw(file):
    results = file["results"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, max(4.5, 0.11 * results["bits"].shape[1])), constrained_layout=True)
    if "accuracy" in results:
        draw_accuracies(left, results)
    else:
        draw_sums(left, results)
    draw_bits(right, results)
    return figure
