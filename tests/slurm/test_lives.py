"""slurm/run.sbatch under a real Slurm: two nodes, several lives, and what a cluster does to a job meanwhile. The answer has the bits of a run without Slurm."""
import os
import re
import time

from bellshard_runs import DONE, main
from on_cluster import OnCluster

LONGER = 288  # cells a side: some 15 s on two ranks
SAME = ("value", "lower", "upper", "action", "sweeps")


class Lives(OnCluster):
    straight = {}  # results of runs without Slurm, by size

    def prepare(self, size):
        """Writes the job file, and solves it without Slurm where no test has yet."""
        text = self.maze(size)
        if size not in self.straight:
            ending = self.run_straight(text)
            self.assert_ends(ending, DONE)
            Lives.straight[size] = {name: ending.result(name) for name in SAME}

    def check_same_bits(self, size):
        for name in SAME:
            self.assert_same_bits(self.read(self.result, f"results/{name}"), self.straight[size][name], name)

    def lives(self, log):
        return [int(life) for life in re.findall(r"run\.sbatch: life (\d+) of job", log)]

    def test_two_nodes_with_two_ranks_each(self):
        self.prepare(64)

        job = self.submit_run("--nodes=2", "--ntasks-per-node=2")
        self.cluster.wait_for_state(job, ["COMPLETED"])

        self.check_same_bits(64)
        self.assertEqual(self.read_attribute(self.result, "provenance", "ranks"), 4)
        self.assertEqual(self.read_attribute(self.result, "provenance", "hosts"), 2)
        self.assertEqual(self.read_attribute(self.result, "provenance", "slurm_job_id"), job)
        self.assertEqual(self.lives(self.log(job)), [1])
        self.assertFalse((self.result.parent / ".bellshard.lock").exists())

    def test_a_limit_shorter_than_the_work(self):
        """Signalled before its limit, requeued, on two nodes, until it is done; the log holds all lives."""
        self.prepare(LONGER)

        self.cluster.wait_for_limits(8)
        job = self.submit_run("--nodes=2", "--ntasks-per-node=1", "--time=1", "--signal=USR1@57")
        self.cluster.wait_for_state(job, ["COMPLETED"], patience=200)

        self.check_same_bits(LONGER)
        log = self.log(job)
        lives = self.lives(log)
        self.assertEqual(lives, list(range(1, len(lives) + 1)), log)
        self.assertGreater(len(lives), 1, log)
        self.assertEqual(log.count("stopped by SIGUSR1"), len(lives) - 1, log)
        self.assertEqual(self.read_attribute(self.result, "provenance", "restart_count"), len(lives) - 1)
        self.assertEqual(int(self.cluster.job(job)["Restarts"]), len(lives) - 1)

    def test_no_more_lives_than_allowed(self):
        self.maze(LONGER)

        self.cluster.wait_for_limits(8)
        job = self.submit_run("--time=1", "--signal=USR1@57", "--export=ALL,BELLSHARD_MAX_LIVES=1")
        self.cluster.wait_for_state(job, ["FAILED"])

        self.assertEqual(self.lives(self.log(job)), [1])
        self.assertEqual(self.cluster.job(job)["ExitCode"], "75:0")
        self.assertIn("submit it again to go on", self.log(job))

    def test_told_to_end_or_requeued_from_outside_it_comes_back(self):
        self.prepare(self.long)

        job = self.submit_run("--nodes=2", "--ntasks-per-node=1")
        self.wait_for_sweeps(job)
        self.cluster.call("scancel", "--signal=TERM", job)
        self.wait_for_sweeps(job, life=2)
        self.cluster.call("scontrol", "requeue", job)
        self.cluster.wait_for_state(job, ["COMPLETED"], patience=200)

        self.check_same_bits(self.long)
        self.assertEqual(self.lives(self.log(job)), [1, 2, 3])
        self.assertIn("stopped by SIGTERM", self.log(job))

    def test_cancelled_is_cancelled(self):
        self.maze(self.long)

        job = self.submit_run()
        self.wait_for_sweeps(job)
        self.cluster.call("scancel", job)
        self.cluster.wait_for_state(job, ["CANCELLED"])
        time.sleep(3)

        self.assertEqual(self.cluster.job(job)["JobState"], "CANCELLED")
        self.assertEqual(self.lives(self.log(job)), [1])

    def test_preempted(self):
        self.prepare(self.long)

        job = self.submit_run("--nodes=2", "--ntasks-per-node=1", "--exclusive")
        self.wait_for_sweeps(job)
        urgent = self.cluster.submit("--partition=urgent", "--nodes=2", "--exclusive", "--time=1", "--output=urgent.log", "--wrap=sleep 2", cwd=self.folder)
        self.cluster.wait_for_state(urgent, ["COMPLETED"])
        self.cluster.wait_for_state(job, ["COMPLETED"], patience=200)

        self.check_same_bits(self.long)
        self.assertEqual(self.lives(self.log(job)), [1, 2])
        self.assertEqual(self.read_attribute(self.result, "provenance", "restart_count"), 1)

    def test_a_node_is_lost(self):
        """Its ranks die without a word, and so does the batch script: Slurm puts the job back, which goes on from the last checkpoint."""
        self.prepare(self.long)

        job = self.submit_run("--nodes=2", "--ntasks-per-node=1", options_of_run=("--checkpoint-every", "0.5s"))
        self.wait_for_sweeps(job)
        self.cluster.wait_until(lambda: list(self.result.parent.glob("*.checkpoint-*")), "a checkpoint")
        self.cluster.kill_node("n2")
        self.cluster.wait_until(lambda: self.cluster.job(job)["JobState"] == "PENDING", "the job is back in the queue", 90)
        self.cluster.start_node("n2")
        self.cluster.wait_for_state(job, ["COMPLETED"], patience=200)

        self.check_same_bits(self.long)
        self.assertEqual(self.lives(self.log(job)), [1, 2])
        self.assertEqual(self.read_attribute(self.result, "provenance", "restart_count"), 1)

    def test_a_drained_node_ends_what_it_has(self):
        self.prepare(64)

        job = self.submit_run("--nodes=2", "--ntasks-per-node=1")
        self.cluster.wait_for_state(job, ["RUNNING", "COMPLETED"])
        self.cluster.call("scontrol", "update", "nodename=n2", "state=drain", "reason=test")
        self.addCleanup(self.cluster.call, "scontrol", "update", "nodename=n2", "state=resume")
        self.cluster.wait_for_state(job, ["COMPLETED"])

        self.check_same_bits(64)

    def test_a_folder_for_one_run_at_a_time(self):
        self.maze(LONGER)
        job = self.submit_run("--nodes=1", "--ntasks-per-node=1", "--nodelist=n1")
        self.wait_for_sweeps(job)

        other = self.submit_run("--nodes=1", "--ntasks-per-node=1", "--nodelist=n1")
        self.cluster.wait_for_state(other, ["FAILED"])

        self.assertEqual(self.cluster.job(other)["ExitCode"], "6:0")
        self.assertRegex(self.log(other), rf"another run writes here, process \d+ on n1 \(Slurm job {job}\) since")
        self.cluster.call("scancel", job)


if __name__ == "__main__":
    os.environ["OMP_PROC_BIND"] = "false"
    main()
