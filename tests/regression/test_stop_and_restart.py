"""Stopped in mid-run and restarted on another number of ranks: nothing of the answer depends on it (Jacobi: not one bit)."""
import re
import signal

import numpy as np

from bellshard_runs import DONE, STOPPED_EARLY, JobTest, job_text, main, serpentine
from live_run import SWEEPING, LiveRun

SIZE = 128
SAME_BITS = [f"results/{name}" for name in ("value", "lower", "upper", "action", "cell", "sweeps")] + ["trace/residual"]


def job(method, **solver):
    # max_sweeps is far off; it makes the progress speak early.
    return job_text(model={"map": serpentine(SIZE), "target": [[0, 0]]},
                    solver={"method": method, "tolerance": 1e-8, "max_sweeps": 40000, **solver})


class StopAndRestart(JobTest):
    straight = None  # the uninterrupted run of job("jacobi"), by the first test that needs it

    def live(self, text, *options, ranks):
        words, file = self.prepare(text)
        return LiveRun(self, [*words, *options], file, ranks)

    def checkpoints(self):
        return sorted(path.name for path in self.folder.glob("*.checkpoint-*"))

    def check_stopped(self, ending, reason):
        self.assert_ends(ending, STOPPED_EARLY, f"stopped by {reason}", "run again")
        self.assertFalse(ending.file.exists())
        self.assertEqual(len(self.checkpoints()), 1 if "restart" not in ending.log else 2)
        return int(re.findall(r"checkpoint after sweep (\d+)", ending.log)[-1])

    def check_whole_trace(self, ending, restarts):
        sweeps = ending.result("sweeps")
        np.testing.assert_array_equal(ending.variable("trace/sweep"), np.arange(1, sweeps + 1))
        seconds = ending.variable("trace/seconds")
        self.assertTrue(np.all(np.diff(seconds) >= 0))
        self.assertEqual(ending.attribute("provenance", "restart_count"), restarts)
        self.assertEqual(self.checkpoints(), [])

    def uninterrupted(self):
        if StopAndRestart.straight is None:
            ending = self.run_job(job("jacobi"), name="straight", ranks=1)
            self.assert_ends(ending, DONE)
            self.check_whole_trace(ending, restarts=0)
            StopAndRestart.straight = {name: ending.variable(name) for name in SAME_BITS}
        return StopAndRestart.straight

    def check_as_uninterrupted(self, ending, restarts):
        self.assert_ends(ending, DONE, f"{restarts} restart")
        for name, straight in self.uninterrupted().items():
            self.assert_same_bits(ending.variable(name), straight, name)
        self.check_whole_trace(ending, restarts)

    def test_signals_stop_all_ranks_and_others_go_on(self):
        """One run in five lives, on 2, 3, 1, 4 and 2 ranks, ended by each signal in turn and by its time limit."""
        run = self.live(job("jacobi"), ranks=2)
        run.wait_for(SWEEPING)
        run.process.send_signal(signal.SIGUSR1)  # as a batch script's trap does; mpirun passes it on
        stopped = [self.check_stopped(run.ending(), "SIGUSR1")]

        run = self.live(job("jacobi"), ranks=3)
        run.wait_for(SWEEPING)
        run.send(signal.SIGTERM, ranks=[0, 1, 2])  # as a scheduler does
        stopped.append(self.check_stopped(run.ending(), "SIGTERM"))

        run = self.live(job("jacobi"), ranks=1)
        run.wait_for(SWEEPING)
        run.send(signal.SIGINT, ranks=[0])
        stopped.append(self.check_stopped(run.ending(), "SIGINT"))

        run = self.live(job("jacobi"), ranks=4)
        run.wait_for(SWEEPING)
        run.send(signal.SIGUSR2, ranks=[3])  # one rank alone: the others leave with it
        stopped.append(self.check_stopped(run.ending(), "SIGUSR2"))

        limited = self.run_job(job("jacobi"), "--time-limit", "0.1s", ranks=2)
        stopped.append(self.check_stopped(limited, "time limit"))

        self.assertEqual(stopped, sorted(set(stopped)))  # each life went further
        self.check_as_uninterrupted(self.run_job(job("jacobi"), ranks=2), restarts=5)

    def test_killed_in_mid_run(self):
        """SIGKILL leaves no time for anything: the last checkpoint of the cadence counts."""
        run = self.live(job("jacobi"), "--checkpoint-every", "0", ranks=2)
        run.wait_for("checkpoint after sweep 3:")
        run.send(signal.SIGKILL, ranks=[0, 1])
        self.assertNotIn(run.ending().code, (DONE, STOPPED_EARLY))
        self.assertTrue(self.checkpoints())

        again = self.run_job(job("jacobi"), ranks=3)

        self.assertGreaterEqual(int(re.search(r"going on after sweep (\d+)", again.log)[1]), 3)
        self.check_as_uninterrupted(again, restarts=1)

    def test_gauss_seidel_goes_on(self):
        """Ordered sweeps depend on the ranks, so their bits do too: what is promised is the enclosure."""
        stopped = self.run_job(job("gauss_seidel"), "--time-limit", "0.001s", ranks=3)
        self.check_stopped(stopped, "time limit")
        ordered = self.run_job(job("gauss_seidel"), "--verify", ranks=2)
        synchronous = self.run_job(job("jacobi"), name="synchronous")

        self.assert_ends(ordered, DONE, "going on after sweep", "1 restart")
        self.check_whole_trace(ordered, restarts=1)
        free = ordered.result("cell") != 0
        self.assertTrue(np.all((ordered.result("lower") <= synchronous.result("upper"))[free]))
        self.assertTrue(np.all((synchronous.result("lower") <= ordered.result("upper"))[free]))

    def test_restart_never_starts_over(self):
        self.check_stopped(self.run_job(job("gauss_seidel"), "--time-limit", "0.001s"), "time limit")

        again = self.run_job(job("gauss_seidel"), "--restart", "never")

        self.assert_ends(again, DONE, "--restart never")
        self.assertNotIn("going on after", again.log)
        self.check_whole_trace(again, restarts=0)

    def test_sweep_limit_can_be_raised(self):
        """Exit 5 keeps its checkpoint: a higher limit goes on from there."""
        short = self.run_job(job("jacobi", max_sweeps=200), ranks=2)
        self.assertEqual(short.code, 5, short.log)

        self.check_as_uninterrupted(self.run_job(job("jacobi"), ranks=3), restarts=1)


main()
