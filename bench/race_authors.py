#!/usr/bin/env python3
"""Jobs that decide under uncertainty beside the programs that their papers' authors published, in the same run.

    bench/race_authors.py build/bin/bellshard --craam2 FOLDER --rlb-dp FOLDER ...

FOLDER is a clone (or its git directory) of the repository; the newest commit is taken out to a temporary folder, called as it is and timed, on one thread. Without one, the line
says where it is to be had. authors/PEER.py says what is raced; each line names sizes, seconds, ratio and how far the answers agree.
"""
import argparse
import os
import pathlib
import tempfile

os.environ.setdefault("OMP_NUM_THREADS", "1")

from authors import craam2, cvar_algorithms, nonparametric_bayes, r2pvi, rlb_dp  # noqa: E402
from authors.clones import present  # noqa: E402

PEERS = {"craam2": craam2, "cvar-algorithms": cvar_algorithms, "nonparametric-bayes": nonparametric_bayes, "r2pvi": r2pvi, "rlb-dp": rlb_dp}


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built bellshard")
    parser.add_argument("--repeats", type=int, default=3, help="of Bellshard's runs; the median counts")
    parser.add_argument("--mpiexec", nargs="*", default=["mpirun", "--bind-to", "none", "--oversubscribe"])
    for name, peer in PEERS.items():
        parser.add_argument(f"--{name}", type=pathlib.Path, metavar="FOLDER", help=f"clone of {peer.ADDRESS}")
        if hasattr(peer, "add_options"):
            peer.add_options(parser)
    return parser.parse_args()


def main():
    asked = options()
    for name, peer in PEERS.items():
        clone = getattr(asked, name.replace("-", "_"))
        if not present(clone):
            print(f"{name}: not raced; clone {peer.ADDRESS} and give --{name} FOLDER", flush=True)
            continue
        with tempfile.TemporaryDirectory(prefix="bellshard-race-") as folder:
            peer.race(asked, clone, pathlib.Path(folder))


if __name__ == "__main__":
    main()
