"""Rasters: the value as a map with contour lines, the policy as sparse arrows. Other models: plots.states."""
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator, MultipleLocator
from mpl_toolkits.axes_grid1 import make_axes_locatable

from plots import states, style
from plots.raster import Raster

# Unit steps to the right and upwards of actions N, NE, E, SE, S, SW, W, NW.
RIGHT = np.sin(np.arange(8) * np.pi / 4)
UP = np.cos(np.arange(8) * np.pi / 4)
ARROW_PITCH = 0.2  # [inch]
NEAR_TO_FAR = LinearSegmentedColormap.from_list("near_to_far", ["#0f3b66", "#1c78ab", "#4bb3c0", "#98d6b9", "#dcecae"])
UNREACHABLE = "#77747d"


def draw(file):
    if "cell" not in file["results"]:
        return states.draw(file)
    raster = Raster(file["results"])
    value = np.ma.masked_invalid(raster.thinned("value"))
    cell, kind = raster.thinned("cell"), raster.meanings("cell")

    figure, axes, width = map_axes(raster)
    show = {"extent": raster.extent(), "origin": "lower", "interpolation": "nearest"}
    axes.imshow(np.ma.masked_not_equal(cell, kind["blocked"]), cmap=ListedColormap([style.LAND]), **show)
    axes.imshow(np.ma.masked_not_equal(cell, kind["unreachable"]), cmap=ListedColormap([UNREACHABLE]), **show)
    image = axes.imshow(value, cmap=NEAR_TO_FAR, vmin=0, **show)
    dress_axes(axes, raster)
    draw_contours(axes, raster, value, style.unit(raster.results["value"]))
    draw_policy(axes, raster, width)

    legend = [draw_targets(axes, raster, kind), Patch(color=style.LAND, label="blocked")]
    if (cell == kind["unreachable"]).any():
        legend.append(Patch(color=UNREACHABLE, label="cannot reach the target"))
    axes.legend(handles=legend, loc="lower left", bbox_to_anchor=(0, 1.008), ncol=len(legend), borderaxespad=0.2,
                borderpad=0.1, handlelength=1.4, columnspacing=1.4, fontsize=9)
    axes.set_title(style.label(raster.results["value"]), pad=26)
    axes.text(1, 1.014, style.proof(file["results"]), transform=axes.transAxes, ha="right", va="bottom", fontsize=9)
    bar = figure.colorbar(image, cax=make_axes_locatable(axes).append_axes("right", size=0.18, pad=0.12))
    bar.outline.set_visible(False)
    return figure


def map_axes(raster):
    """A figure in the shape of the raster; returns the width of the map [inch] as well."""
    left, right, bottom, top = raster.extent()
    shape = abs((top - bottom) / (right - left))
    width = 11 if shape < 0.8 else 8 / max(1, shape)
    figure, axes = plt.subplots(figsize=(width + 1.5, width * shape + 0.8))
    return figure, axes, width


def draw_contours(axes, raster, value, unit):
    """Lines of equal value at round numbers, drawn from at most 500 columns: finer ones only add noise."""
    if value.count() == 0 or value.max() <= 0:
        return
    skip = max(1, value.shape[1] // 500)
    levels = MaxNLocator(16, steps=[1, 2, 2.5, 5, 10]).tick_values(0, value.max())[1:]
    lines = axes.contour(raster.x[::skip], raster.y[::skip], value[::skip, ::skip], levels=levels, colors="white",
                         linewidths=0.8, alpha=0.9)
    labels = axes.clabel(lines, lines.levels[1::2], fmt=lambda v: f"{v:g}{unit}", fontsize=7.5, colors=style.INK)
    for text in labels:
        text.set_path_effects([withStroke(linewidth=2, foreground="#ffffffb0")])


def draw_policy(axes, raster, width):
    pitch = max(1, round(raster.x.size * ARROW_PITCH / width))
    at = slice(pitch // 2, None, pitch)
    action = raster.thinned("action")[at, at]
    x, y = np.meshgrid(raster.x[at], raster.y[at])
    moves = action >= 0
    axes.quiver(x[moves], y[moves], RIGHT[action[moves]], UP[action[moves]], color=style.INK, alpha=0.7, pivot="middle",
                angles="uv", units="inches", scale_units="inches", scale=1 / (0.62 * ARROW_PITCH), width=0.011,
                headwidth=4.5, headlength=5)


def draw_targets(axes, raster, kind):
    places = raster.places("cell", kind["target"])
    axes.plot(raster.horizontal[places[:, 1]], raster.vertical[places[:, 0]], linestyle="none", marker="*", markersize=15,
              markerfacecolor=style.ACCENT, markeredgecolor="white", zorder=5, clip_on=False)
    return Line2D([], [], linestyle="none", marker="*", markersize=11, color=style.ACCENT,
                  label="target" if len(places) == 1 else f"{len(places)} targets")


def dress_axes(axes, raster):
    axes.set_aspect("equal")
    for side in axes.spines.values():
        side.set_visible(False)
    if raster.geographic:
        axes.xaxis.set_major_formatter(lambda v, _: f"{abs(v):g}°{'W' if -180 < v < 0 else 'E' if 0 < v < 180 else ''}")
        axes.yaxis.set_major_formatter(lambda v, _: f"{abs(v):g}°{'S' if v < 0 else 'N' if v > 0 else ''}")
        if raster.horizontal[-1] - raster.horizontal[0] > 180:
            axes.xaxis.set_major_locator(MultipleLocator(60))
            axes.yaxis.set_major_locator(MultipleLocator(30))
    else:
        axes.invert_yaxis()  # row 0 is at the top
        axes.set_xlabel("column")
        axes.set_ylabel("row")
