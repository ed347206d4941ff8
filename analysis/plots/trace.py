"""The residual over sweeps and over seconds: the same for every job."""
import matplotlib.pyplot as plt
import numpy as np

from plots import style


def draw(file):
    trace = file["trace"]
    residual = trace["residual"][:]
    figure, panels = plt.subplots(1, 2, figsize=(10, 4), sharey=True, constrained_layout=True)
    shown = np.where(residual > 0, residual, np.nan)  # a logarithm has no zero
    for axes, (across, label) in zip(panels, ((np.arange(1, residual.size + 1), "Sweep"),
                                              (trace["seconds"][:], style.label(trace["seconds"])))):
        axes.plot(across, shown, color=style.ACCENT, linewidth=1.6 if residual.size < 300 else 0.9,
                  marker="o" if residual.size < 40 else "", markersize=3.5)
        axes.set_yscale("log")
        axes.set_xlabel(label)
        axes.set_xlim(left=0)
        axes.grid(color=style.QUIET, alpha=0.25, linewidth=0.6)
    panels[0].set_ylabel(style.label(trace["residual"]))
    panels[0].set_title(f"{residual.size} sweeps, {trace['seconds'][-1]:.3g} s" if residual.size else "no sweeps")
    return figure
