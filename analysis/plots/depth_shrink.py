"""Metric against the number of removed blocks, for each way to choose them; and the masks of the table as a grid."""
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

from plots import style

WAYS = (("brute_force_", "best of all masks", style.INK, ":", "o"), ("", "table", style.ACCENT, "-", "o"),
        ("contiguous_", "best run of neighbours", "#2a78b5", "--", "s"), ("ranking_", "least influence", "#3a9d5d", "-.", "^"))
MOST_NAMES = 40


def block_names(results):
    return [b"".join(np.atleast_1d(row).astype("S1")).rstrip(b"\0").decode() for row in results["block_name"][()]]


def draw_metric(axes, results):
    for prefix, label, colour, line, marker in WAYS:
        if f"{prefix}metric" not in results:
            continue
        metric = np.array(results[f"{prefix}metric"][()])
        metric[0] = results["metric"][0]  # with nothing removed all ways agree
        hollow = {"markerfacecolor": "none"} if prefix == "brute_force_" else {}
        axes.plot(np.arange(metric.size), metric, line, color=colour, marker=marker, label=label, linewidth=1.8,
                  markersize=8 if prefix == "brute_force_" else 4, **hollow)
    name, goal = style.text(results.attrs["metric"]), style.text(results.attrs["goal"])
    unit = style.unit(results["metric"])
    axes.set_xlabel("Removed blocks")
    axes.set_ylabel(f"{name[:1].upper()}{name[1:]}{f' [{unit.strip()}]' if unit else ''}")
    axes.set_title(f"{name[:1].upper()}{name[1:]} ({'greater' if goal == 'max' else 'less'} is better)")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(fontsize=9)


def draw_masks(axes, results):
    """A row for each number of removed blocks."""
    shown = np.where(results["mask"][()] == 0, 2, results["free"][()][None, :])  # 0 kept, 1 free, 2 removed
    rows, blocks = shown.shape
    axes.pcolormesh(np.arange(blocks + 1) - 0.5, np.arange(rows + 1) - 0.5, shown, cmap=ListedColormap([style.SHORE, style.LAND, style.ACCENT]), vmin=0, vmax=2,
                    edgecolor="white", linewidth=1)
    axes.invert_yaxis()
    axes.set_ylabel("Removed blocks")
    axes.set_title("Masks of the table: orange is off, dark must stay")
    axes.yaxis.get_major_locator().set_params(integer=True)
    if blocks <= MOST_NAMES:
        axes.set_xticks(np.arange(blocks), block_names(results), rotation=90, fontsize=8)
    else:
        axes.set_xlabel("Block")
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)


def draw(file):
    results = file["results"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5), width_ratios=(1, 1), constrained_layout=True)
    draw_metric(left, results)
    draw_masks(right, results)
    return figure
