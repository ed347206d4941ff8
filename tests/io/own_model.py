"""The model of docs/formats.md, as its reader would make it: own_model.py DOCS PROGRAM_THAT_READS_IT..."""
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import h5py  # noqa: F401  (the code of the page needs it)
except ImportError as absent:
    print(f"skipped: {absent}")
    sys.exit(77)

page, program = pathlib.Path(sys.argv[1]).read_text(), sys.argv[2:]
heading = "### Your own model in twenty lines of Python"
code = re.search(r"```python\n(.*?)```", page[page.index(heading):], re.S).group(1)
lines = [line for line in code.splitlines() if line.strip()]
assert len(lines) <= 20, f"{len(lines)} lines"

with tempfile.TemporaryDirectory(prefix="bellshard-test-") as folder:
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)
    said = subprocess.run([*program, "walk.h5"], cwd=folder, check=True, capture_output=True, text=True).stdout

# 99 states with 2 actions of 2 next states, and the goal, whose two transitions to itself are one.
expected = "states 100 pairs 199 transitions 397 probability 199 reward -198 goal 1 init 1\n"
assert said == expected, said
