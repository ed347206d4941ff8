#!/usr/bin/env python3
"""Draws a Bellshard result: python3 analysis/plot.py FILE.h5 [-o PICTURE.png] [--trace] [--criterion NAME]

The root attribute `job` of the file names the module of analysis/plots that draws it. Prints the path of each picture.
"""
import argparse
import importlib
import pathlib
import sys

import h5py
import matplotlib

matplotlib.use("Agg")  # no display on a cluster node
import matplotlib.pyplot as plt

from plots import style, trace

JOBS = sorted(p.stem for p in (pathlib.Path(__file__).parent / "plots").glob("*.py")
              if p.stem not in ("__init__", "raster", "states", "style", "trace"))


def save(figure, path):
    figure.savefig(path, dpi=style.DPI, bbox_inches="tight")
    plt.close(figure)
    print(path)


def part_of(file, criterion):
    """The groups that a picture looks into: those of one criterion, where the result has several."""
    names = style.text(file["results"].attrs.get("criteria", "")).split() if "results" in file else []
    if criterion in names:
        return {"results": file[f"results/{criterion}"], "trace": file[f"trace/{criterion}"]}
    if names or criterion:
        sys.exit(f"{file.filename}: " + (f"has several criteria; name one with --criterion: {', '.join(names)}" if names else "has one criterion, without a name; drop --criterion"))
    return file


def main():
    parser = argparse.ArgumentParser(description="Draws a Bellshard result.", epilog=f"Jobs with a picture: {', '.join(JOBS)}.")
    parser.add_argument("file", type=pathlib.Path, help="a result file")
    parser.add_argument("-o", "--output", type=pathlib.Path, help="the picture, .png, .pdf or .svg (default: beside the file)")
    parser.add_argument("--trace", action="store_true", help="draw the residual over sweeps and seconds as well, into *-trace")
    parser.add_argument("--criterion", metavar="NAME", help="which one to draw, of a result with several criteria")
    arguments = parser.parse_args()

    picture = arguments.output or arguments.file.with_suffix(".png")
    try:
        file = h5py.File(arguments.file, "r")
    except OSError as reason:
        sys.exit(f"{arguments.file}: cannot be read as HDF5 ({reason})")
    style.apply()
    with file:
        job = style.text(file.attrs.get("job", ""))
        if job not in JOBS:
            sys.exit(f"{arguments.file}: its root attribute job = \"{job}\" has no picture; there is one for: {', '.join(JOBS)}")
        part = part_of(file, arguments.criterion)
        save(importlib.import_module(f"plots.{job}").draw(part), picture)
        if arguments.trace:
            save(trace.draw(part), picture.with_name(f"{picture.stem}-trace{picture.suffix}"))


if __name__ == "__main__":
    main()
