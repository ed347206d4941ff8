"""Tests that submit to a cluster of their own."""
import os
import pathlib
import re
import shutil
import sys

from bellshard_runs import DONE, PROGRAM, SOURCE, JobTest, h5py, job_text, serpentine
from cluster import Cluster, why_not

if why_not():
    print(f"skipped: {why_not()}")
    sys.exit(77)


class OnCluster(JobTest):
    long = 288    # cells a side: 5 s on two quiet cores, more than 15 s on busy ones
    longer = 352  # more than twice as long
    same = ("value", "lower", "upper", "action", "sweeps")
    straight = {}  # what runs without Slurm found, by size

    @classmethod
    def setUpClass(cls):
        # What jobs are given. More ranks than cores must not be bound.
        os.environ.update(BELLSHARD=PROGRAM, BELLSHARD_HOME=str(SOURCE), OMP_PROC_BIND="false")
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

    def solve_without_slurm(self, size):
        """Writes the job file and solves it on two ranks, where no test has yet. Returns the seconds that it took."""
        text = self.maze(size)
        if size not in self.straight:
            ending = self.run_job(text, name="straight", ranks=2)
            self.assert_ends(ending, DONE)
            OnCluster.straight[size] = {name: ending.result(name) for name in self.same} | {"seconds": self.read(ending.file, "trace/seconds")[-1]}
        return self.straight[size]["seconds"]

    def check_same_bits(self, size):
        for name in self.same:
            self.assert_same_bits(self.read(self.result, f"results/{name}"), self.straight[size][name], name)

    def submit_run(self, *options, options_of_run=()):
        return self.cluster.submit("--cpus-per-task=1", *options, SOURCE / "slurm" / "run.sbatch", "value_iteration", "job.toml", "out", "--set", "output.file=result.h5",
                                   *options_of_run, cwd=self.folder)

    def log(self, job):
        return next(self.folder.glob(f"*-{job}.log")).read_text()

    def lives(self, log):
        return [int(life) for life in re.findall(r"run\.sbatch: life (\d+) of job", log)]

    def script(self, name, *words):
        return self.cluster.call(SOURCE / "slurm" / name, *words, cwd=self.folder)

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
