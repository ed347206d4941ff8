#!/usr/bin/env python3
"""Prints the value at named places: python3 analysis/value_at.py FILE.h5 Singapore=1.26,103.75 ...

Places are NAME=LATITUDE,LONGITUDE on the globe and NAME=ROW,COLUMN elsewhere; the nearest free cell answers.
"""
import argparse
import math
import pathlib
import sys

import h5py
import numpy as np

SEARCH_DEGREES = 2.0
SEARCH_CELLS = 20


def place(text):
    try:
        name, numbers = text.rsplit("=", 1)
        first, second = map(float, numbers.split(","))
        return name, first, second
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: a place reads NAME=LATITUDE,LONGITUDE, as in Singapore=1.26,103.75")


def nearest_free_cell(results, first, second):
    """Row and column of the free cell nearest to a place, or None where there is none around it."""
    globe = "lat" in results
    axes = [results[name][:] for name in (("lat", "lon") if globe else ("row", "column"))]
    reach = SEARCH_DEGREES if globe else SEARCH_CELLS
    squeeze = math.cos(math.radians(first)) if globe else 1.0  # a degree of longitude is shorter away from the equator
    offset = [axes[0] - first, axes[1] - second]
    if globe:
        offset[1] = (offset[1] + 180) % 360 - 180
    rows = np.flatnonzero(abs(offset[0]) <= reach)
    columns = np.flatnonzero(abs(offset[1]) <= reach / max(squeeze, 0.1))
    if not rows.size or not columns.size:
        return None
    cell = results["cell"][rows[0]:rows[-1] + 1][:, columns]
    distance = np.hypot(offset[0][rows][:, None], offset[1][columns][None, :] * squeeze)
    distance[cell == 0] = np.inf
    row, column = np.unravel_index(distance.argmin(), distance.shape)
    return (rows[row], columns[column]) if np.isfinite(distance[row, column]) else None


def main():
    parser = argparse.ArgumentParser(description="Prints the value at named places.")
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("places", type=place, nargs="+", metavar="NAME=LATITUDE,LONGITUDE")
    arguments = parser.parse_args()

    with h5py.File(arguments.file, "r") as file:
        results = file["results"]
        unit = results["value"].attrs.get("units", "1")
        unit = unit.decode() if isinstance(unit, bytes) else unit
        for name, first, second in arguments.places:
            found = nearest_free_cell(results, first, second)
            if found is None:
                sys.exit(f"{name}: no free cell near {first:g}, {second:g}")
            value = results["value"][found]
            answer = f"{value:12.6f}{'' if unit == '1' else ' ' + unit}" if np.isfinite(value) else "cannot reach the target"
            print(f"{name:<16} {answer}")


if __name__ == "__main__":
    main()
