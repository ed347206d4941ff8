"""Harvest policies of all models, the tipping point beside them; the simulated stocks under each; what they earn."""
import matplotlib.pyplot as plt
import numpy as np

from plots import style

COLOURS = {"true": style.INK, "gp": style.ACCENT, "allen": "#2a78b5", "ricker": "#3a9d5d", "myers": "#b5862a", "mle": "#8a5fb0"}
LABELS = {"true": "True model", "gp": "Gaussian process", "allen": "Allen", "ricker": "Ricker", "myers": "Myers", "mle": "Maximum likelihood"}
MOST_PATHS = 60


def names(results, axis):
    return [b"".join(np.atleast_1d(row).astype("S1")).rstrip(b"\0").decode() for row in results[f"{axis}_name"][()]]


def threshold(file):
    """Of the true stock, from the job file that the result keeps."""
    try:
        text = style.text(file["input"].attrs["job_file"])
        line = next(line for line in text.splitlines() if line.startswith("parameters"))
        return float(line.split("[")[1].split("]")[0].split(",")[2])
    except (KeyError, StopIteration, IndexError, ValueError):
        return None


def own_models(results):
    return [(k, name) for k, name in enumerate(names(results, "model")) if name in COLOURS]


def draw_policies(axes, results, tipping):
    stock = results["state"][()]
    for k, name in own_models(results):
        axes.step(stock, results["policy"][k], where="mid", color=COLOURS[name], linewidth=2.4 if name in ("true", "gp") else 1.5,
                  linestyle="--" if name == "true" else "-", label=LABELS[name], zorder=3 if name == "true" else 2)
    if tipping is not None:
        axes.axvline(tipping, color=style.QUIET, linewidth=1, linestyle=":")
        axes.text(tipping, axes.get_ylim()[1], " tipping point", va="top", fontsize=9, color=style.QUIET)
    seen = results["observed_stock"][()]
    axes.plot(seen[seen > 0], np.full((seen > 0).sum(), -0.25), "|", color=style.QUIET, markersize=6)
    axes.set_xlabel("Stock (ticks below: observed)")
    axes.set_ylabel("Harvest")
    axes.set_title("Harvest policies")
    axes.legend(fontsize=9, loc="upper left")


def draw_stocks(panels, results, tipping):
    for axes, (k, name) in zip(panels, own_models(results)):
        stock = results["stock"][:MOST_PATHS, k]
        axes.plot(stock.T, color=COLOURS[name], alpha=0.15, linewidth=0.8)
        if tipping is not None:
            axes.axhline(tipping, color=style.QUIET, linewidth=1, linestyle=":")
        axes.set_title(LABELS[name], fontsize=10, pad=4)
        mean, ratio, extinct = (results[key][k] for key in ("profit_mean", "profit_ratio", "extinct"))
        said = f"profit {mean:.2f}" + ("" if np.isnan(ratio) else f" ({100 * ratio:.0f} %)") + f"\nextinct {100 * extinct:.0f} %"
        axes.text(0.98, 0.97, said, transform=axes.transAxes, ha="right", va="top", fontsize=8)
        axes.set_ylim(0, 1.15 * max(10, np.nanmax(results["stock"][:MOST_PATHS])))
        axes.label_outer()


def draw(file):
    results, tipping = file["results"], threshold(file)
    shown = own_models(results)
    figure = plt.figure(figsize=(14, 5.6), constrained_layout=True)
    left, right = figure.subfigures(1, 2, width_ratios=(1, 1.15))
    draw_policies(left.subplots(), results, tipping)
    if "stock" in results and shown:
        rows = (len(shown) + 2) // 3
        panels = right.subplots(rows, min(3, len(shown)), sharex=True, sharey=True, squeeze=False)
        for axes in panels.flat[len(shown):]:
            axes.set_visible(False)
        draw_stocks(panels.flat, results, tipping)
        right.supxlabel("Year", fontsize=10)
        right.supylabel("Stock", fontsize=10)
    return figure
