"""Value of each policy under every model, robust against nominal; and what the sequence promised against its worst values."""
import matplotlib.pyplot as plt
import numpy as np

from plots import style

COLOURS = {"nominal": style.INK, "incremental": style.ACCENT, "best_incremental": "#b0721f", "robust": "#2a78b5"}


def names(results, axis):
    return [b"".join(np.atleast_1d(row).astype("S1")).rstrip(b"\0").decode() for row in results[f"{axis}_name"][()]]


def draw_policies(axes, results):
    parameters, called = results["model_parameter"][:], names(results, "parameter")
    one = parameters.shape[1] == 1
    across = parameters[:, 0] if one else np.arange(len(parameters))
    for k, (name, values) in enumerate(zip(names(results, "policy"), results["policy_value"][:])):
        axes.plot(across, values, color=COLOURS.get(name, "#3a9d5d"), linestyle="--" if name in ("robust", "best_incremental") else "-", linewidth=1.8 if k < 4 else 1.0, label=name.replace("_", " "))
    axes.plot(across, results["optimal_value"][:], color=style.QUIET, linestyle=":", linewidth=1.6, label="best policy of each model")
    axes.set_xlabel(called[0].replace("_", " ") if one else f"model, by {' and '.join(name.replace('_', ' ') for name in called)}")
    axes.set_ylabel("Value in the start state")
    axes.set_title("Policies under every model")
    axes.legend(fontsize=8.5)


def draw_sequence(axes, results):
    promised, worst = results["promised_value"][:], results["worst_value"][:]
    across = np.arange(len(promised))
    axes.fill_between(across, worst, promised, color=style.ACCENT, alpha=0.12)
    axes.plot(across, promised, color=style.ACCENT, marker="o", label="promised: least Q of the models so far")
    axes.plot(across, worst, color=style.INK, marker="s", label="worst value of the policy")
    if "robust_start_value" in results:
        axes.axhline(results["robust_start_value"][()], color="#2a78b5", linestyle="--", linewidth=1.2, label="robust value iteration")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("Models in the sequence, from the nominal one (0) on")
    axes.set_title(f"The sequence {'closes its gap' if style.text(results.attrs['converged']) == 'yes' else 'ends with a gap'}: {results['gap'][()]:.2g}")
    axes.legend(fontsize=8.5)


def draw(file):
    results = file["results"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(12.5, 4.8), constrained_layout=True)
    draw_policies(left, results)
    draw_sequence(right, results)
    return figure
