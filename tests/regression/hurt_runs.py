"""Small runs of two jobs on 2 ranks that are hurt on purpose and must end with the bits of the run that nothing happened to.

The program is the one with fault_hook.cpp. BELLSHARD_FAULT_TIMES says how often each random fault is tried, BELLSHARD_FAULT_SEED where."""
import hashlib
import os
import random
import re
import signal

import h5py

from bellshard_runs import DONE, JobTest, job_text, serpentine
from live_run import LiveRun

RANKS = 2
JOBS = ("value_iteration", "corpus_index")
STEPS = ("created", "opened", "written", "flushed", "closed", "synced", "renamed", "published")  # of a file; fault_place() has them


def times(few):
    return int(os.environ.get("BELLSHARD_FAULT_TIMES", few))


def seeded(purpose):
    return random.Random(f"{os.environ.get('BELLSHARD_FAULT_SEED', 1)} {purpose}")


def sha256(dataset):
    return hashlib.sha256(dataset[()].tobytes()).hexdigest()


def words(count):
    rng = random.Random(3)
    names = ["".join(rng.choice("abcdefgh") for _ in range(rng.randrange(2, 7))) for _ in range(400)]
    return [" ".join(rng.choice(names) for _ in range(rng.randrange(2, 60))) for _ in range(count)]


class HurtTest(JobTest):
    answers = {}  # of the uninterrupted runs, by job
    patience = 40  # s that one run may take

    def work(self, job, every="0.05s"):
        """The job file of a run of a second or two, and its options."""
        self.job_name = job
        if job == "corpus_index":  # a checkpoint after each part
            for k in range(8):
                (self.folder / f"{k}.txt").write_text("\n".join(words(1000 + 100 * k)))
            return job_text(corpus={"files": ["*.txt"]}, index={"parts": 8}), ()
        text = job_text(model={"map": serpentine(128), "target": [[0, 0]]}, solver={"method": "jacobi", "tolerance": 1e-8, "max_sweeps": 40000})
        return text, ("--checkpoint-every", every)

    def answer(self, file):
        """Hashes of everything in /results, and the residual of each sweep where its bits are promised: a part of an index that is lost is sorted again."""
        found = {}
        with h5py.File(file, "r") as opened:
            def keep(path, item):
                if isinstance(item, h5py.Dataset):
                    found[path] = sha256(item)
            opened["results"].visititems(keep)
            if self.job_name == "value_iteration":
                found["residual"] = sha256(opened["trace/residual"])
        return found

    def uninterrupted(self, job):
        if job not in HurtTest.answers:
            text, options = self.work(job)
            ending = self.live(text, *options, folder="straight").ending()
            self.assert_ends(ending, DONE)
            HurtTest.answers[job] = self.answer(ending.file)
        return HurtTest.answers[job]

    def check_as_uninterrupted(self, ending, job):
        """The same bits, and nothing left beside the result."""
        self.assert_ends(ending, DONE)
        self.assertEqual(self.answer(ending.file), self.uninterrupted(job), ending.log)
        left = [path.name for path in ending.file.parent.iterdir() if re.search(r"\.tmp$|\.checkpoint-|\.part-", path.name)]
        self.assertEqual(left, [], ending.log)

    def live(self, text, *options, fault=None, folder="."):
        """folder: of the result and the checkpoints, below the test's own."""
        run_words, file = self.prepare(text)
        return LiveRun(self, [*run_words, *options, "-o", folder], self.folder / folder / file.name, RANKS, {"BELLSHARD_FAULT": fault} if fault else {})

    def sweeps_on_disk(self, folder="."):
        """The sweeps of the checkpoints, oldest first."""
        sweeps = []
        for path in sorted((self.folder / folder).glob("result.checkpoint-*.h5")):
            with h5py.File(path, "r") as file:
                sweeps.append(int(file["state"].attrs["sweep"]))
        return sweeps

    def check_kept(self, hurt, before, after):
        """No checkpoint is lost that lay on the disk when this life began, or that it has told of, but by a newer one."""
        told = [int(sweep) for sweep in re.findall(r"checkpoint after sweep (\d+):", hurt.log)]
        self.assertGreaterEqual(max(after, default=0), max([0, *before, *told]), hurt.log)

    def check_goes_on(self, ending, sweeps):
        """No more is lost than what came after the newest checkpoint."""
        went_on = re.search(r"going on after sweep (\d+)", ending.log)
        self.assertEqual(int(went_on[1]) if went_on else 0, max(sweeps, default=0), ending.log)

    def kill(self, run, ranks):
        processes = run.rank_processes()
        for rank in ranks:
            try:
                os.kill(processes[rank], signal.SIGKILL)
            except (IndexError, ProcessLookupError):  # it has ended meanwhile
                pass
