"""What results of many runs say in one number each, over what was changed between them; means and ranges of what they say in arrays."""
import matplotlib.pyplot as plt
import numpy as np

from plots import style

MOST_PANELS = 9
MOST_NAMES = 12


def run_axis(results):
    """The axis that the runs lie along: the scale of result_file."""
    return results["result_file"].dims[0][0].name.rsplit("/", 1)[-1]


def positions(results, name):
    """Where the runs stand, a label for the axis, and the names of the ticks where there are no numbers."""
    if name != "run":
        unit = style.unit(results[name]).strip()
        return results[name][()], style.text(results[name].attrs["long_name"]) + (f" [{unit}]" if unit else ""), None
    differs = max((style.text(variable.attrs.get("coordinates", "")).split() for variable in results.values()), key=len)
    numbers = [key for key in differs if key in results and results[key].ndim == 1]
    count = results["run"].size
    names = ["\n".join(f"{key} {results[key][run]:g}" for key in numbers) or str(run) for run in range(count)]
    return np.arange(count), "Run", names if count <= MOST_NAMES else None


def drawn(results, axis):
    """Variables over the runs that differ between them, single numbers first. Where none does, all."""
    parameters = {name for variable in results.values() for name in style.text(variable.attrs.get("coordinates", "")).split()}
    found = []
    for name, variable in results.items():
        if not hasattr(variable, "dims") or name == axis or name in parameters or variable.ndim == 0 or variable.dtype.kind not in "fiu":
            continue
        if "CLASS" in variable.attrs or not variable.dims[0] or variable.dims[0][0].name.rsplit("/", 1)[-1] != axis:
            continue
        values = np.asarray(variable[()], dtype=float).reshape(variable.shape[0], -1)
        values[~np.isfinite(values)] = np.nan
        if not np.isfinite(values).any(axis=1).all():
            continue
        constant = np.all(values == values[0])
        found.append((constant, values.shape[1] > 1, name, values))
    found = [entry for entry in found if not entry[0]] or found
    return [(name, values) for _, _, name, values in sorted(found, key=lambda entry: entry[:3])[:MOST_PANELS]]


def draw(file):
    results = file["results"]
    axis = run_axis(results)
    where, label, names = positions(results, axis)
    panels = drawn(results, axis)
    columns = min(3, max(1, len(panels)))
    rows = max(1, -(-len(panels) // columns))
    figure, grid = plt.subplots(rows, columns, figsize=(4.6 * columns, 3.4 * rows), squeeze=False, constrained_layout=True)
    for place, (name, values) in zip(grid.flat, panels):
        if values.shape[1] > 1:
            place.fill_between(where, np.nanmin(values, axis=1), np.nanmax(values, axis=1), color=style.QUIET, alpha=0.3, label="range", linewidth=0)
        place.plot(where, np.nanmean(values, axis=1), "o-", color=style.ACCENT, markersize=4, label="mean" if values.shape[1] > 1 else None)
        if values.shape[1] > 1:
            place.legend(fontsize=8)
        place.set_title(name, fontsize=11)
        place.set_ylabel(style.label(results[name]), fontsize=8)
        place.set_xlabel(label)
        if names:
            place.set_xticks(where, names, rotation=90, fontsize=7)
    for place in grid.flat[len(panels):]:
        place.set_visible(False)
    return figure
