"""More of what a cluster does to a run: no lives left, a drained node, a chain of jobs."""
from bellshard_runs import SOURCE, main
from on_cluster import OnCluster


class MoreLives(OnCluster):
    def test_no_more_lives_than_allowed(self):
        self.maze(self.longer)

        self.cluster.wait_for_limits(8)
        job = self.submit_run("--time=1", "--signal=USR1@57", "--export=ALL,BELLSHARD_MAX_LIVES=1")
        self.cluster.wait_for_state(job, ["FAILED"])

        self.assertEqual(self.lives(self.log(job)), [1])
        self.assertEqual(self.cluster.job(job)["ExitCode"], "75:0")
        self.assertIn("submit it again to go on", self.log(job))

    def test_a_drained_node_ends_what_it_has(self):
        self.solve_without_slurm(64)

        job = self.submit_run("--nodes=2", "--ntasks-per-node=1")
        self.cluster.wait_for_state(job, ["RUNNING", "COMPLETED"])
        self.cluster.call("scontrol", "update", "nodename=n2", "state=drain", "reason=test")
        self.addCleanup(self.cluster.call, "scontrol", "update", "nodename=n2", "state=resume")
        self.cluster.wait_for_state(job, ["COMPLETED"])

        self.check_same_bits(64)

    def test_a_chain_where_requeueing_is_forbidden(self):
        self.maze(self.longer)

        self.cluster.wait_for_limits(8)
        said = self.script("chain.sh", 8, "--time=1", "--signal=USR1@57", "--ntasks-per-node=2", "--cpus-per-task=1", SOURCE / "slurm/run.sbatch", "value_iteration", "job.toml", "out",
                           "--set", "output.file=result.h5")
        self.cluster.wait_until(lambda: not self.cluster.call("squeue", "-h"), "the chain ends", 200)

        lives = next(self.folder.glob("bellshard-chain-*.log")).read_text().count("run.sbatch: life 1 of job")
        self.assertTrue(self.result.exists(), said)
        self.assertEqual(self.read_attribute(self.result, "provenance", "restart_count"), lives - 1)
        self.assertTrue(1 < lives < 8, lives)


main()
