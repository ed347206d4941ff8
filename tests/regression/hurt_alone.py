"""One rank alone fails while the others wait for it: all end within 10 s, with one message and one exit code, and the run can go on."""
import concurrent.futures
import time

from bellshard_runs import main
from hurt_runs import JOBS, RANKS, STEPS, HurtTest, times

OUT_OF_RESOURCES = 7
LONGEST = 10  # s
PLACES = {  # of each job: the fault, and the rank
    "value_iteration": [("throw sweep.advanced 3", 1), ("memory checkpoint.written 2", 0), ("throw result.written 4", 1), ("throw input.opened 1", 0)],
    "corpus_index": []}
if times(0):
    PLACES = {job: [(fault, rank) for rank in range(RANKS) for fault in (
        "throw sweep.advanced 2", "memory sweep.advanced 3", *(["throw input.opened 1"] if job == "value_iteration" else []), "throw checkpoint.dropped 1",
        *(f"throw {what}.{step} 1" for what in ("checkpoint", "result") for step in STEPS))] for job in JOBS}
AT_ONCE = 4  # they do little but wait


class Alone(HurtTest):
    def check(self, number, job, fault, rank):
        """Seconds from the fault to the end of all ranks."""
        folder = f"{job}-{number}"
        run = self.live(self.text, *self.options, fault=f"{fault} {rank}", folder=folder)
        run.wait_for("^hurt: ")
        began = time.monotonic()
        hurt = run.ending()
        seconds = time.monotonic() - began
        self.assertEqual(hurt.code, OUT_OF_RESOURCES, hurt.log)
        said = [line for line in hurt.log.splitlines() if line.startswith("bellshard: ")]
        self.assertEqual(len(said), 1, hurt.log)
        self.assertIn(f"[rank {rank}] ", said[0])
        self.assertIn("out of memory" if fault.startswith("memory") else "the test's fault at", said[0])
        self.assertLess(seconds, LONGEST, hurt.log)

        before = self.sweeps_on_disk(folder)
        again = self.live(self.text, *self.options, folder=folder).ending()
        self.check_goes_on(again, before)
        self.check_as_uninterrupted(again, job)
        return seconds

    def test_alone(self):
        for job, faults in PLACES.items():
            self.uninterrupted(job)
            self.text, self.options = self.work(job)
            if job == "value_iteration":
                self.options += ("--verify",)  # reads the result back
            with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
                runs = [(fault, rank, pool.submit(self.check, number, job, fault, rank)) for number, (fault, rank) in enumerate(faults)]
            seconds = []
            for fault, rank, run in runs:
                with self.subTest(job=job, fault=fault, rank=rank):
                    seconds.append(run.result())
            if seconds:
                print(f"{job}: {len(seconds)} of {len(faults)} ended, after {min(seconds):.1f} to {max(seconds):.1f} s")


main()
