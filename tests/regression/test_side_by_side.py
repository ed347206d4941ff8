"""Runs that no launcher started, several at a time on one machine: none is in another's way, and none leaves anything behind."""
import pathlib
import signal
import subprocess
import tempfile

from bellshard_runs import DONE, PROGRAM, STOPPED_EARLY, JobTest, job_text, main, serpentine
from live_run import SWEEPING, LiveRun

AT_A_TIME, ROUNDS = 8, 4


class SideBySide(JobTest):
    def setUp(self):
        super().setUp()
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = pathlib.Path(place.name)

    def left(self):
        return sorted(path.name for path in self.place.iterdir())

    def test_each_has_a_session_of_its_own(self):
        """One folder for all would go with the first that ends."""
        runs = []
        for k in range(2):
            words, file = self.prepare(job_text(model={"map": serpentine(400), "target": [[0, 0]]}, solver={"method": "jacobi", "tolerance": 1e-8, "max_sweeps": 100000}), name=f"run{k}")
            runs.append(LiveRun(self, [*words, "-o", f"out{k}"], file, ranks=1, environment={"TMPDIR": str(self.place)}))
        for run in runs:
            run.wait_for(SWEEPING)

        self.assertEqual([name[:14] for name in self.left()], ["bellshard-mpi-"] * 2)
        for run in runs:
            run.send(signal.SIGUSR1, ranks=[0])
            self.assertEqual(run.ending().code, STOPPED_EARLY)
        self.assertEqual(self.left(), [])

    def test_many_at_a_time(self):
        (self.folder / "job.toml").write_text(job_text(model={"map": "..\n..", "target": [[0, 0]]}))
        environment = {**self.environment(), "TMPDIR": str(self.place)}
        for _ in range(ROUNDS):
            runs = [subprocess.Popen([PROGRAM, "run", "value_iteration", "-c", "job.toml", "-o", f"out{k}", "--restart", "never"], cwd=self.folder, env=environment,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for k in range(AT_A_TIME)]
            for run in runs:
                said = run.communicate(timeout=self.patience)[1]
                self.assertEqual(run.returncode, DONE, said)
        self.assertEqual(self.left(), [])


main()
