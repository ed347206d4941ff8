"""Tests that submit to a cluster of their own."""
import os
import pathlib
import re
import shutil
import sys

from bellshard_runs import PROGRAM, SOURCE, JobTest, h5py, job_text
from cluster import Cluster, why_not

if why_not():
    print(f"skipped: {why_not()}")
    sys.exit(77)


def serpentine(size):
    """Wide lanes, one way through: thousands of sweeps on few cells."""
    lanes = ["." * size] * size
    for wall in range(3, size, 4):
        gap = 0 if wall // 4 % 2 else size - 1
        lanes[wall] = "".join("." if c == gap else "@" for c in range(size))
    return "\n".join(lanes)


class OnCluster(JobTest):
    long = 240  # cells a side: some 10 s on two ranks

    @classmethod
    def setUpClass(cls):
        os.environ.update(BELLSHARD=PROGRAM, OMP_PROC_BIND="false")  # what jobs are given: more ranks than cores must not be bound
        cls.cluster = Cluster(keep=[SOURCE, pathlib.Path(PROGRAM).parent])
        cls.addClassCleanup(cls.cluster.stop)

    def setUp(self):
        self.folder = self.cluster.folder / "work" / self._testMethodName
        self.folder.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(self.nothing_runs)
        self.addCleanup(self.show_logs)
        self.result = self.folder / "out" / "result.h5"

    def show_logs(self):
        """What the jobs said: ctest shows it where the test fails."""
        for path in sorted(self.folder.glob("*.log")):
            print(f"--- {self._testMethodName}, {path.name}\n{path.read_text(errors='replace')}", flush=True)

    def nothing_runs(self):
        self.cluster.call("scancel", "--user=root")
        self.cluster.wait_until(lambda: not self.cluster.call("squeue", "-h"), "the queue is empty")

    def maze(self, size, **solver):
        text = job_text(model={"map": serpentine(size), "target": [[0, 0]]}, solver={"method": "jacobi", "tolerance": 1e-8, "max_sweeps": 100000, **solver})
        (self.folder / "job.toml").write_text(text)
        return text

    def run_straight(self, text):
        """Without Slurm, on two ranks."""
        words, _ = JobTest.prepare(self, text, "straight")
        return self.call(*words, ranks=2, file=self.folder / "straight.h5")

    def submit_run(self, *options, options_of_run=()):
        return self.cluster.submit("--cpus-per-task=1", *options, SOURCE / "slurm" / "run.sbatch", "value_iteration", "job.toml", "out", "--set", "output.file=result.h5",
                                   *options_of_run, cwd=self.folder)

    def log(self, job):
        return next(self.folder.glob(f"*-{job}.log")).read_text()

    def wait_for_sweeps(self, job, life=1):
        def sweeping():
            logs = list(self.folder.glob(f"*-{job}.log"))
            parts = logs[0].read_text().split("run.sbatch: life ") if logs else []
            return len(parts) > life and re.search(r"sweep [1-9]\d*, residual", parts[life])
        self.cluster.wait_until(sweeping, f"life {life} of job {job} sweeps")

    def read(self, path, name):
        with h5py.File(path, "r") as file:
            return file[name][()]

    def read_attribute(self, path, place, name):
        with h5py.File(path, "r") as file:
            value = file[place].attrs[name]
        return value.decode() if isinstance(value, bytes) else value
