"""What the policy leaves of each harvested species at stage 0, the rewards of all policies, and one episode of the last one."""
import matplotlib.pyplot as plt
import numpy as np

from plots import style

COLOURS = (style.ACCENT, "#2a78b5", "#3a9d5d")


def names_of(results, table):
    return [b"".join(np.atleast_1d(row).astype("S1")).rstrip(b"\0").decode() for row in results[table][()]]


def nearest(nodes, number):
    return int(np.abs(nodes - number).argmin())


def draw_slice(figure, axes, results, species):
    """Share of the species that is taken, over X and Y, at the middle of Z that matters."""
    x, y, z = (results[name][()] for name in "xyz")
    k = nearest(z, 0.7)
    left = results[f"policy/escapement_{species}"][k, 0]
    here = x[None, :] if species == "x" else y[:, None]
    taken = np.where(here > 0, 1 - left / np.where(here > 0, here, 1), 0)
    if len(y) > 1:
        mesh = axes.pcolormesh(x, y, taken, cmap="viridis", vmin=0, vmax=1, shading="nearest")
        figure.colorbar(mesh, ax=axes, label=f"share of {species.upper()} that is taken")
        axes.set_ylabel("Y")
    else:
        axes.plot(x, left[0], color=style.ACCENT)
        axes.set_ylabel("left of X")
    axes.set_xlabel("X")
    axes.set_title(f"Harvest of {species.upper()} at step 0" + (f", Z = {z[k]:.2f}" if len(z) > 1 else ""))


def draw_rewards(axes, results):
    names = names_of(results, "rule_name")
    reward, full = results["reward"][()], results["full_share"][()]
    axes.violinplot([row for row in reward], vert=False, showextrema=False, showmeans=True)
    axes.set_yticks(range(1, len(names) + 1), [f"{name.replace('_', ' ')}\n{100 * share:.1f} % last" for name, share in zip(names, full)], fontsize=8)
    axes.set_xlabel("reward of an episode")
    axes.set_title("Rewards of all episodes")


def draw_path(axes, results):
    biomass = results["biomass"][-1, 0]
    for s, (name, colour) in enumerate(zip(names_of(results, "species_name"), COLOURS)):
        axes.plot(biomass[:, s], color=colour, linewidth=1.2, label=name)
    caught = np.nansum(results["caught"][-1, 0], axis=-1)
    axes.plot(caught, color=style.QUIET, linewidth=0.8, label="caught")
    axes.set_xlabel("step")
    axes.set_ylabel("biomass")
    axes.set_title(f"One episode, {names_of(results, 'rule_name')[-1].replace('_', ' ')}")
    axes.legend(fontsize=8, ncol=4)


def draw(file):
    results = file["results"]
    parts = [lambda axes, s=s: draw_slice(figure, axes, results, s) for s in "xy" if f"policy/escapement_{s}" in results]
    if "reward" in results:
        parts.append(lambda axes: draw_rewards(axes, results))
    if "biomass" in results:
        parts.append(lambda axes: draw_path(axes, results))
    figure, grid = plt.subplots((max(1, len(parts)) + 1) // 2, 2, figsize=(13, 4.6 * ((max(1, len(parts)) + 1) // 2)), constrained_layout=True, squeeze=False)
    for axes, part in zip(grid.flat, parts):
        part(axes)
    for axes in grid.flat[len(parts):]:
        axes.set_axis_off()
    return figure
