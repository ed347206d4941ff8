"""How the return is distributed from the first initial state on: what is reached with which probability, and the action at each stock."""
import matplotlib.pyplot as plt
import numpy as np

from plots import style


def initial_state(results):
    """The first state labelled init, else state 0."""
    marked = np.flatnonzero(results["label_init"][()]) if "label_init" in results else []
    return int(marked[0]) if len(marked) else 0


def law_of(results, state):
    """Values that ascend and their probabilities; no law was written: None."""
    if "start_probability" in results:
        return results["return"][()], results["start_probability"][state]
    if "start_quantile_value" in results:
        values = results["start_quantile_value"][state]
        return values, np.full(values.size, 1 / values.size)
    return None


def draw_law(axes, results, state):
    """The distribution function, where it is told with its bound, the mean and what the objective comes to."""
    law = law_of(results, state)
    axes.set_xlabel("Return")
    axes.set_ylabel("Probability of no more")
    if law is None:
        axes.set_title("No law was written")
        return
    values, probability = law
    inside = np.flatnonzero(probability > 1e-6)
    shown = slice(max(0, inside[0] - 1), inside[-1] + 2)
    axes.step(values[shown], np.cumsum(probability)[shown], where="post", color=style.ACCENT, linewidth=1.8, label="distribution of the return")
    if "level" in results.attrs and "value" in results:
        worst = not style.text(results.attrs["objective"]).startswith("mean of the best")
        level, cumulative = float(results.attrs["level"]), np.cumsum(probability)
        ends = (0, level) if worst else (1 - level, 1)
        axes.axhspan(*ends, color=style.LAND, alpha=0.5, linewidth=0, label=f"{'worst' if worst else 'best'} {level:g}")
        axes.axvline(results["value"][state], color=style.INK, linewidth=1.2, linestyle="--", label=f"their mean {results['value'][state]:.4g}")
    axes.axvline(results["start_mean"][state], color=style.QUIET, linewidth=1.2, linestyle=":", label=f"mean of all {results['start_mean'][state]:.4g}")
    axes.set_ylim(0, 1.02)
    error = float(results["start_projection_error"][state])
    axes.set_title(f"Return from state {state}" + (f", W1 error at most {error:.2g}" if error > 0 else ", exact"))
    axes.legend(fontsize=9, loc="upper left")


def draw_actions(axes, results, state):
    """Expected utility over stocks; below it what is done at the first step."""
    stock, objective = results["stock"][()], results["objective"][state]
    marker = "o" if stock.size == 1 else None
    axes.plot(stock, objective, color=style.INK, linewidth=1.6, marker=marker)
    actions = results["action"][state]
    for k, action in enumerate(np.unique(actions)):
        here = actions == action
        axes.plot(stock[here], objective[here], ".", color=plt.get_cmap("tab10")(k % 10), markersize=5, label=f"action {action}")
    axes.axvline(results["start_stock"][state], color=style.ACCENT, linewidth=1.2, linestyle="--", label=f"initial stock {results['start_stock'][state]:.4g}")
    axes.set_xlabel("Stock: collected so far")
    axes.set_ylabel("Expected utility of stock and return")
    axes.set_title("First action")
    axes.legend(fontsize=9)


def draw(file):
    results = file["results"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5), constrained_layout=True)
    state = initial_state(results)
    draw_law(left, results, state)
    draw_actions(right, results, state)
    figure.suptitle(style.text(results.attrs["objective"]).capitalize(), x=0.01, ha="left", fontsize=11)
    return figure
