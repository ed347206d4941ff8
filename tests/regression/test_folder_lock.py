"""Two runs and one folder: the second is refused, what a killed run left is taken over, and who lost its lock writes nothing more."""
import signal

from bellshard_runs import CANNOT_WRITE, DONE, JobTest, job_text, main, serpentine
from live_run import SWEEPING, LiveRun

LOCK = ".bellshard.lock"


class FolderLock(JobTest):
    def long_job(self):
        return job_text(model={"map": serpentine(400), "target": [[0, 0]]}, solver={"method": "jacobi", "tolerance": 1e-8, "max_sweeps": 100000})

    def sweeping_run(self):
        words, file = self.prepare(self.long_job())
        run = LiveRun(self, words, file, ranks=2)
        run.wait_for(SWEEPING)
        return run

    def test_a_second_run_is_refused_and_the_first_goes_on(self):
        first = self.sweeping_run()

        second = self.run_job(job_text(model={"map": "..\n..", "target": [[0, 0]]}), name="second", ranks=2)

        self.assert_ends(second, CANNOT_WRITE, "another run writes here, process ", "wait until it ends or choose another folder with -o")
        self.assertFalse(second.file.exists())
        first.process.send_signal(signal.SIGUSR1)
        self.assertEqual(first.ending().code, 75)
        self.assertFalse((self.folder / LOCK).exists())

    def test_what_a_killed_run_left_is_taken_over(self):
        run = self.sweeping_run()
        run.send(signal.SIGKILL, ranks=[0, 1])
        run.ending()
        self.assertTrue((self.folder / LOCK).exists())

        after = self.run_job(job_text(model={"map": "..\n..", "target": [[0, 0]]}), name="after")

        self.assert_ends(after, DONE, "taken over: that process has ended")
        self.assertFalse((self.folder / LOCK).exists())

    def test_a_run_that_lost_its_lock_ends(self):
        run = self.sweeping_run()
        lock = self.folder / LOCK
        other = lock.read_text().replace("host ", "host far-")
        lock.write_text(other)

        ending = run.ending()

        self.assert_ends(ending, CANNOT_WRITE, "lost to process", "on far-")
        self.assertEqual(lock.read_text(), other)
        self.assertEqual(list(self.folder.glob("*.h5")), [])


main()
