#!/usr/bin/env python3
"""Jobs that decide under uncertainty beside what a user would write in NumPy, in the same run.

    bench/race_decisions.py build/bin/bellshard --only bid_optimization

Peers run in this process on the same number of threads (OMP_NUM_THREADS, 1 unless set). Each line names its sizes; decisions/JOB.py says what is raced.
"""
import argparse
import os
import pathlib
import tempfile

os.environ.setdefault("OMP_NUM_THREADS", "1")

from decisions import bid_optimization, distributional_vi, gp_fishery, robust, three_species_fishery  # noqa: E402

MODULES = [bid_optimization, gp_fishery, three_species_fishery, robust, distributional_vi]
RACES = {name: race for module in MODULES for name, race in module.RACES.items()}


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built bellshard")
    parser.add_argument("--only", nargs="*", choices=list(RACES), default=list(RACES), help="these jobs alone")
    parser.add_argument("--part", choices=["numpy", "ranks"], help="one part of a race alone, where it has parts")
    parser.add_argument("--repeats", type=int, default=3, help="of Bellshard's runs, where they are repeated")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--mpiexec", nargs="*", default=["mpirun", "--bind-to", "none", "--oversubscribe"])
    for module in MODULES:
        if hasattr(module, "add_options"):
            module.add_options(parser)
    return parser.parse_args()


def main():
    asked = options()
    for name in asked.only:
        with tempfile.TemporaryDirectory(prefix="bellshard-race-") as folder:
            RACES[name](asked, pathlib.Path(folder))


if __name__ == "__main__":
    main()
