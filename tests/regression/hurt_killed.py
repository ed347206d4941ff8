"""kill -9 of one rank or of all, between two steps of writing and at any instant: started again, the run ends with the same bits."""
import collections
import time

from bellshard_runs import DONE, main
from hurt_runs import JOBS, RANKS, STEPS, HurtTest, seeded, times

VICTIMS = (0, 1, -1)  # a rank, or all
CHECKPOINT = "checkpoint after sweep"


class Killed(HurtTest):
    def start_again_until_done(self, job, faults, every="0.05s"):
        """One run: a life for each fault, which kills it, and a last one. No life loses more than what came after its newest checkpoint."""
        wanted = self.uninterrupted(job)
        text, options = self.work(job, every)
        for fault in faults:
            before = self.sweeps_on_disk(job)
            hurt = self.live(text, *options, fault=fault, folder=job).ending()
            self.assertIn(f"hurt: {fault.split()[1]}", hurt.log, "the run never came there")
            self.assertNotIn(hurt.code, (0, 75), hurt.log)
            self.check_goes_on(hurt, before)
            after = self.sweeps_on_disk(job)
            if hurt.file.exists():  # under its name it is whole, and checkpoints may go
                self.assertEqual(self.answer(hurt.file), wanted, fault)
            else:
                self.check_kept(hurt, before, after)
        before = self.sweeps_on_disk(job)
        text, options = self.work(job)
        last = self.live(text, *options, folder=job).ending()
        self.check_goes_on(last, before)
        self.check_as_uninterrupted(last, job)

    def test_between_steps_of_a_checkpoint(self):
        faults = [f"kill checkpoint.{step} {1 + k % 2} {VICTIMS[k % 3]}" for k, step in enumerate((*STEPS, "dropped"))]
        self.start_again_until_done("value_iteration", faults, every="0")

    def test_between_steps_of_a_result(self):
        for job in JOBS:
            with self.subTest(job=job):
                self.start_again_until_done(job, [f"kill result.{step} 1 {VICTIMS[k % 3]}" for k, step in enumerate(STEPS)])

    def wait_for_ranks(self, run):
        while len(run.rank_processes()) < RANKS:
            self.assertIsNone(run.process.poll())
            time.sleep(0.001)

    def test_at_any_instant(self):
        """Uniform over the life of the ranks from their first instruction on, and every other time over what follows the first checkpoint;
        a run that was faster has ended well."""
        tried = collections.Counter()
        for job in JOBS:
            text, options = self.work(job)
            self.uninterrupted(job)
            run = self.live(text, *options, folder=job)
            self.wait_for_ranks(run)
            born = time.monotonic()
            run.wait_for(CHECKPOINT)
            grown = time.monotonic()
            self.assert_ends(run.ending(), DONE)
            died = time.monotonic()

            rng = seeded(job)
            for k in range(times(4) // len(JOBS)):
                late, victim = k % 2 == 1, VICTIMS[k % 3]
                instant = rng.uniform(0, died - (grown if late else born))
                with self.subTest(job=job, instant=instant, victim=victim):
                    for path in (self.folder / job).glob("result.*"):
                        path.unlink()
                    run = self.live(text, *options, folder=job)
                    self.wait_for_ranks(run)
                    if late:
                        run.wait_for(CHECKPOINT)
                    time.sleep(instant)
                    self.kill(run, range(RANKS) if victim < 0 else [victim])
                    hurt = run.ending()
                    before = self.sweeps_on_disk(job)
                    if not hurt.file.exists():
                        self.check_kept(hurt, [], before)
                    again = self.live(text, *options, folder=job).ending()
                    self.check_goes_on(again, before)
                    self.check_as_uninterrupted(again, job)
                    tried["had ended before" if hurt.code == DONE else "killed before a checkpoint" if not before else "killed after a checkpoint"] += 1
        print("at any instant:", ", ".join(f"{count} {what}" for what, count in sorted(tried.items())))


main()
