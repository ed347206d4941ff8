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

from plots import style
from plots.raster import Raster

SEARCH_DEGREES = 2.0
SEARCH_CELLS = 20


def place(text):
    try:
        name, numbers = text.rsplit("=", 1)
        first, second = map(float, numbers.split(","))
        return name, first, second
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: a place reads NAME=LATITUDE,LONGITUDE, as in Singapore=1.26,103.75")


def nearest_free_cell(raster, first, second):
    """Row and column of the free cell nearest to a place, or None where there is none around it."""
    offset = [raster.vertical - first, raster.horizontal - second]
    reach, squeeze = SEARCH_CELLS, 1.0
    if raster.geographic:
        reach, squeeze = SEARCH_DEGREES, math.cos(math.radians(first))  # a degree of longitude is shorter off the equator
        offset[1] = (offset[1] + 180) % 360 - 180
    rows = np.flatnonzero(abs(offset[0]) <= reach)
    columns = np.flatnonzero(abs(offset[1]) <= reach / max(squeeze, 0.1))
    if not rows.size or not columns.size:
        return None
    cell = raster.results["cell"][rows[0]:rows[-1] + 1][:, columns]
    distance = np.hypot(offset[0][rows][:, None], offset[1][columns][None, :] * squeeze)
    distance[cell == raster.meanings("cell")["blocked"]] = np.inf
    row, column = np.unravel_index(distance.argmin(), distance.shape)
    return (rows[row], columns[column]) if np.isfinite(distance[row, column]) else None


def main():
    parser = argparse.ArgumentParser(description="Prints the value at named places.")
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("places", type=place, nargs="+", metavar="NAME=LATITUDE,LONGITUDE")
    arguments = parser.parse_args()

    with h5py.File(arguments.file, "r") as file:
        value = file["results/value"]
        raster = Raster(file["results"])
        for name, first, second in arguments.places:
            found = nearest_free_cell(raster, first, second)
            if found is None:
                sys.exit(f"{name}: no free cell near {first:g}, {second:g}")
            here = value[found]
            print(f"{name:<16}", f"{here:12.6f}{style.unit(value)}" if np.isfinite(here) else "cannot reach the target")


if __name__ == "__main__":
    main()
