"""Runs the built program in a folder of its own and says what came of it: exit code, log, result.

usage of every test that stands on it: test_x.py PROGRAM MPIEXEC [MPIEXEC'S OPTIONS]...
by hand: ctest --test-dir build -V -R job.value_iteration.hand_solved
"""
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import h5py
    import numpy as np
except ImportError as absent:
    print(f"skipped: {absent}")
    sys.exit(77)

PROGRAM, MPIEXEC = sys.argv[1], sys.argv[2:]
SOURCE = pathlib.Path(__file__).parents[2]
DATA = pathlib.Path(os.environ.get("BELLSHARD_DATA", SOURCE / ".." / "shared" / "data"))

DONE, BAD_COMMAND_LINE, BAD_JOB_FILE, BAD_INPUT = 0, 2, 3, 4
NOT_CONVERGED, CANNOT_WRITE, VERIFICATION_FAILED, STOPPED_EARLY = 5, 6, 8, 75


@dataclasses.dataclass
class Ending:
    """How a run left, and what it said."""
    code: int
    log: str  # stderr
    out: str  # stdout
    file: pathlib.Path  # its result, whether or not it wrote one

    def variable(self, path):
        with h5py.File(self.file, "r") as file:
            return file[path][()]

    def result(self, name):
        return self.variable(f"results/{name}")

    def attribute(self, path, name):
        with h5py.File(self.file, "r") as file:
            return file[path].attrs[name]


def job_text(**tables):
    """A job file. JSON's strings, numbers and lists are TOML's as well."""
    return "\n".join(f"[{table}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
                     for table, keys in tables.items())


def write_grid(path, latitude, longitude, free):
    """A mask as gmt grdlandmask writes it: 0 free, 1 blocked."""
    with h5py.File(path, "w") as file:
        file["lat"], file["lon"] = np.asarray(latitude, dtype=float), np.asarray(longitude, dtype=float)
        file["z"] = np.where(np.asarray(free), 0, 1).astype(np.float32)
        for axis, name in enumerate(("lat", "lon")):
            file[name].make_scale(name)
            file["z"].dims[axis].attach_scale(file[name])
    return path


def serpentine(size):
    """Wide lanes, one way through: thousands of sweeps on few cells, some seconds of run."""
    lanes = ["." * size] * size
    for wall in range(3, size, 4):
        gap = 0 if wall // 4 % 2 else size - 1
        lanes[wall] = "".join("." if c == gap else "@" for c in range(size))
    return "\n".join(lanes)


class JobTest(unittest.TestCase):
    """A test with a folder of its own, which is gone afterwards."""
    job_name = "value_iteration"
    patience = 200  # s that one run may take

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bellshard-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def command(self, *words, ranks=1):
        """On one rank without a launcher, whose start takes longer than many a run; tests/mpi have one rank under it."""
        launcher = [*MPIEXEC, "-n", str(ranks)] if ranks > 1 else []
        return [*launcher, PROGRAM, *map(str, words)]

    def data_folder(self, name):
        """A folder of DATA; the test is skipped where it is absent."""
        if not (DATA / name).is_dir():
            self.skipTest(f"{DATA / name} is absent")
        return DATA / name

    def environment(self, threads=1):
        return {**os.environ, "OMP_NUM_THREADS": str(threads),
                "OMP_WAIT_POLICY": "passive",  # threads that wait must not spin: there may be more of them than cores
                "OMPI_MCA_odls_base_sigkill_timeout": "0"}  # ranks leave together; after a refusal nobody needs a second of grace

    def call(self, *words, ranks=1, threads=1, file=None):
        done = subprocess.run(self.command(*words, ranks=ranks), cwd=self.folder, env=self.environment(threads),
                              capture_output=True, text=True, timeout=self.patience)
        return Ending(done.returncode, done.stderr, done.stdout, pathlib.Path(file or self.folder / "none"))

    def prepare(self, text, name="result"):
        """Writes the job file; the words that run it, and its result's path."""
        job_file = self.folder / f"{name}.toml"
        job_file.write_text(text)
        return ["run", self.job_name, "-c", job_file.name, "--set", f"output.file={name}.h5"], self.folder / f"{name}.h5"

    def run_job(self, text, *options, name="result", ranks=1, threads=1):
        words, file = self.prepare(text, name)
        return self.call(*words, *options, ranks=ranks, threads=threads, file=file)

    def assert_ends(self, ending, code, *phrases):
        """Left with this code, and the log has each phrase."""
        self.assertEqual(ending.code, code, ending.log)
        for phrase in phrases:
            self.assertIn(phrase, ending.log)

    def assert_same_bits(self, a, b, what=""):
        self.assertEqual(a.tobytes(), b.tobytes(), what)

    def assert_close(self, a, b, relative):
        """Equal infinities and blocked cells; elsewhere |a - b| <= relative * max(1, |b|)."""
        np.testing.assert_array_equal(np.isnan(a), np.isnan(b))
        np.testing.assert_array_equal(np.isinf(a), np.isinf(b))
        finite = np.isfinite(b)
        apart = np.abs(a[finite] - b[finite]) / np.maximum(1, np.abs(b[finite]))
        self.assertLessEqual(apart.max(initial=0), relative)


def main():
    """As unittest.main(), but exit 77 where every test was skipped."""
    program = unittest.main(argv=sys.argv[:1], verbosity=2, exit=False)
    for test, reason in program.result.skipped:
        print(f"skipped: {test.id()}: {reason}")
    all_skipped = 0 < program.result.testsRun <= len(program.result.skipped)
    sys.exit(1 if not program.result.wasSuccessful() or program.result.testsRun == 0 else 77 if all_skipped else 0)
