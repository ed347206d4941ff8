"""slurm/run.sbatch under a real Slurm: two nodes, several lives, and what a cluster does to a job meanwhile. The answer has the bits of a run without Slurm."""
import time

from bellshard_runs import main
from on_cluster import OnCluster


class Lives(OnCluster):
    def test_two_nodes_with_two_ranks_each(self):
        self.solve_without_slurm(64)

        job = self.submit_run("--nodes=2", "--ntasks-per-node=2")
        self.cluster.wait_for_state(job, ["COMPLETED"])

        self.check_same_bits(64)
        self.assertEqual(self.read_attribute(self.result, "provenance", "ranks"), 4)
        self.assertEqual(self.read_attribute(self.result, "provenance", "hosts"), 2)
        self.assertEqual(self.read_attribute(self.result, "provenance", "slurm_job_id"), job)
        self.assertEqual(self.lives(self.log(job)), [1])
        self.assertFalse((self.result.parent / ".bellshard.lock").exists())

    def test_told_to_end_or_requeued_from_outside_it_comes_back(self):
        self.solve_without_slurm(self.long)

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
        self.solve_without_slurm(self.long)

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
        self.solve_without_slurm(self.long)

        job = self.submit_run("--nodes=2", "--ntasks-per-node=1", options_of_run=("--checkpoint-every", "0.5s"))
        self.wait_for_sweeps(job)
        self.cluster.wait_until(lambda: list(self.result.parent.glob("*.checkpoint-*.h5")), "a checkpoint")
        self.cluster.kill_node("n2")
        self.cluster.wait_until(lambda: self.cluster.job(job)["JobState"] == "PENDING", "the job is back in the queue", 90)
        self.cluster.start_node("n2")
        self.cluster.wait_for_state(job, ["COMPLETED"], patience=200)

        self.check_same_bits(self.long)
        self.assertEqual(self.lives(self.log(job)), [1, 2])
        self.assertEqual(self.read_attribute(self.result, "provenance", "restart_count"), 1)

    def test_a_folder_for_one_run_at_a_time(self):
        self.maze(self.longer)
        job = self.submit_run("--nodes=1", "--ntasks-per-node=1", "--nodelist=n1")
        self.wait_for_sweeps(job)

        other = self.submit_run("--nodes=1", "--ntasks-per-node=1", "--nodelist=n1")
        self.cluster.wait_for_state(other, ["FAILED"])

        self.assertEqual(self.cluster.job(other)["ExitCode"], "6:0")
        self.assertRegex(self.log(other), rf"another run writes here, process \d+ on n1 \(Slurm job {job}\) since")
        self.cluster.call("scancel", job)


main()
