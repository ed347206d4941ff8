"""Any model: values with their proven bounds over the states, the actions below."""
import matplotlib.pyplot as plt
import numpy as np

from plots import style

MOST_STATES = 4000  # drawn; of more, every n-th
MOST_NAMES = 24     # ticks with names, where the states have some
MOST_ACTIONS = 12   # with a line of their own on the axis


def draw(file):
    results = file["results"]
    every = -(-results["value"].shape[0] // MOST_STATES)
    at = np.arange(0, results["value"].shape[0], every)
    value, lower, upper, action = (results[name][::every] for name in ("value", "lower", "upper", "action"))

    figure, (above, below) = plt.subplots(2, 1, figsize=(10, 6), sharex=True, height_ratios=(3, 1), constrained_layout=True)
    finite = np.isfinite(value)
    known = np.isfinite(lower) & np.isfinite(upper)
    few = at.size <= 200
    above.fill_between(at, np.where(known, lower, np.nan), np.where(known, upper, np.nan), color=style.ACCENT, alpha=0.25, linewidth=0,
                       step="mid", label="proven bounds")
    above.plot(at[finite], value[finite], color=style.INK, linestyle="", marker="o" if few else ".", markersize=4 if few else 1.5,
               label="value")
    for sign, place in ((np.inf, 1.0), (-np.inf, 0.0)):
        if (value == sign).any():  # at the edge of the picture
            above.plot(at[value == sign], np.full((value == sign).sum(), place), transform=above.get_xaxis_transform(), clip_on=False,
                       color=style.ACCENT, linestyle="", marker="^" if sign > 0 else "v", markersize=4, label=f"value {sign}")
    above.set_ylabel(style.label(results["value"]))
    above.set_title(title(file), pad=26)
    above.text(1, 1.014, style.proof(results), transform=above.transAxes, ha="right", va="bottom", fontsize=9)
    above.legend(loc="lower left", bbox_to_anchor=(0, 1.008), ncol=4, borderaxespad=0.2, borderpad=0.1, handlelength=1.4, columnspacing=1.4,
                 fontsize=9, markerscale=1 if few else 2)

    below.plot(at, action, color=style.INK, linestyle="", marker="o" if few else ".", markersize=4 if few else 1.5)
    below.set_ylabel("Action")
    present = np.unique(action)
    if present.size <= MOST_ACTIONS:
        below.set_yticks(present)
    below.set_ylim(present.min() - 0.5, present.max() + 0.5)
    below.set_xlabel("State" if every == 1 else f"State (one in {every:,} drawn)")
    if "state_name" in results and at.size <= MOST_NAMES:
        letters = results["state_name"][::every]
        below.set_xticks(at, [b"".join(name).decode() for name in letters], rotation=30, ha="right")
    for axes in (above, below):
        axes.grid(color=style.QUIET, alpha=0.25, linewidth=0.6)
    return figure


def title(file):
    """"Expected discounted reward (max)"."""
    objective = style.text(file["results"].attrs.get("objective", ""))
    return style.long_name(file["results"]["value"]) + (f" ({objective})" if objective else "")
