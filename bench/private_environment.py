"""A private virtual environment with peers from PyPI, for the races."""
import os
import pathlib
import subprocess
import sys
import venv


def inside_environment(cache, packages):
    """Goes on as the python of the private environment, which is made on first use."""
    folder = cache / f"python-{sys.version_info.major}.{sys.version_info.minor}"
    python = folder / "bin" / "python"
    if pathlib.Path(sys.prefix) == folder:
        return
    if not python.exists():
        venv.create(folder, with_pip=True)
    for package in packages:  # one by one: a peer without a package for this Python stays away, the others run
        known = subprocess.run([python, "-m", "pip", "show", "-q", package], capture_output=True)
        if known.returncode != 0 and subprocess.run([python, "-m", "pip", "install", "-q", package]).returncode != 0:
            print(f"{package} cannot be installed from PyPI for Python {sys.version.split()[0]}: it takes no part", file=sys.stderr)
    os.execv(python, [python, *sys.argv])
