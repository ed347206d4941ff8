"""How all pictures look."""
import textwrap

import matplotlib

DPI = 150
INK = "#2b2f36"
LAND = "#d8d4cb"
SHORE = "#a49e92"
ACCENT = "#e4572e"
QUIET = "#8d99ae"


def apply():
    matplotlib.rcParams.update({
        "font.family": "DejaVu Sans", "font.size": 10, "text.color": INK,
        "axes.titlesize": 13, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.titlepad": 10,
        "axes.edgecolor": QUIET, "axes.labelcolor": INK, "axes.linewidth": 0.8, "axes.spines.top": False,
        "axes.spines.right": False, "xtick.color": INK, "ytick.color": INK, "xtick.major.width": 0.8,
        "ytick.major.width": 0.8, "legend.frameon": False,
    })


def text(attribute):
    return attribute.decode() if isinstance(attribute, bytes) else str(attribute)


def unit(dataset):
    """The unit as it stands behind a number: " h", or nothing for a pure number."""
    name = text(dataset.attrs.get("units", "1"))
    return "" if name == "1" else f" {name}"


def long_name(dataset):
    name = text(dataset.attrs.get("long_name", dataset.name.rsplit("/", 1)[-1]))
    return name[:1].upper() + name[1:]


def label(dataset):
    """Axis label: the long name, broken where it is very long, and the unit in brackets."""
    name = textwrap.fill(long_name(dataset), 40)
    return f"{name} [{unit(dataset).strip()}]" if unit(dataset) else name


def proof(results):
    """"731 sweeps, proven to 2.4e-07", as far as the file says it."""
    said = [f"{results['sweeps'][()]:,} sweeps"] if "sweeps" in results else []
    said += [f"proven to {results['proven_width'][()]:.2g}"] if "proven_width" in results else []
    return ", ".join(said)
