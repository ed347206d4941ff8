"""Return in each perturbed world: the best algorithms against the plain pessimistic one and against the optimum there."""
import matplotlib.pyplot as plt
import numpy as np

from plots import style

COLOURS = {"pevi": style.INK, "r2pvi_tv": style.ACCENT, "r2pvi_kl": "#2a78b5", "r2pvi_chi2": "#3a9d5d", "drpvi": "#b0721f", "drvi_l": "#7d4fa3"}
LINES = ("-", "--", ":", "-.")


def labels(results):
    return [b"".join(np.atleast_1d(row).astype("S1")).rstrip(b"\0").decode() for row in results["algorithm_name"][()]]


def draw_returns(axes, results, minus=None):
    tests, seen = results["perturbation"][:], {}
    for label, mean, error in zip(labels(results), results["return"][:], results["return_error"][:]):
        name = label.split()[0]
        line = LINES[seen.setdefault(name, 0) % len(LINES)]
        seen[name] += 1
        axes.errorbar(tests, mean if minus is None else mean - minus, error, color=COLOURS.get(name, style.QUIET), linestyle=line, marker="o", markersize=3.5, linewidth=1.6, capsize=2, label=label)
    axes.set_xlabel(style.label(results["perturbation"]))
    axes.grid(color=style.QUIET, alpha=0.25, linewidth=0.6)


def draw(file):
    results = file["results"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(13.5, 5), constrained_layout=True)
    draw_returns(left, results)
    left.plot(results["perturbation"][:], results["optimum"][:], color=style.QUIET, linewidth=1, linestyle=(0, (6, 3)), label="optimum there")
    shown = results["return"][:]
    left.set_ylim(min(0, 1.1 * shown.min()), 1.15 * shown.max() + 1e-9)  # the optimum may lie far above
    left.set_ylabel(style.label(results["return"]))
    left.set_title("Return where the world has moved")
    names = labels(results)
    plain = results["return"][names.index("pevi")] if "pevi" in names else None
    draw_returns(right, results, minus=plain if plain is not None else np.zeros(results["perturbation"].shape))
    right.axhline(0, color=style.INK, linewidth=0.8)
    right.set_title("Gain over the plain pessimistic one" if plain is not None else "Return")
    right.set_ylabel("Difference of mean returns, bars are each one's own error")
    left.legend(fontsize=8)
    return figure
