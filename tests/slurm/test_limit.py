"""slurm/run.sbatch with a limit that is shorter than the work: signalled, requeued, and so on until it is done."""
import math

from bellshard_runs import main
from on_cluster import OnCluster


class Limit(OnCluster):
    lives_ended = 2  # by the limit
    life = 6         # at most [s]

    def starts(self, state):
        self.cluster.call("scontrol", "update", "partitionname=main", f"state={state}")

    def end_by_the_limit(self, job, life):
        """Slurm looks at limits every 30 s: nothing starts until shortly before, so that the life ends within seconds."""
        self.cluster.wait_for_limits(self.life)
        self.starts("up")
        self.cluster.wait_until(lambda: len(self.lives(self.job_said(job))) == life, f"life {life} of job {job} starts")
        self.starts("down")
        self.cluster.wait_until(lambda: self.job_said(job).count("stopped by SIGUSR1") == life, f"the limit ends life {life} of job {job}")
        self.cluster.wait_for_state(job, ["PENDING"])

    def job_said(self, job):
        return "".join(path.read_text() for path in self.folder.glob(f"*-{job}.log"))

    def test_a_limit_shorter_than_the_work(self):
        """On two nodes; the log holds all lives."""
        size, enough = self.longer, 3 * self.lives_ended * self.life / 2
        took = self.solve_without_slurm(size)
        if took < enough:  # a quick machine; the time grows with the fourth power
            size = math.ceil(size * (1.2 * enough / took) ** 0.25)
            self.solve_without_slurm(size)

        self.starts("down")
        job = self.submit_run("--nodes=2", "--ntasks-per-node=1", "--time=1", "--signal=USR1@57")
        for life in range(1, 1 + self.lives_ended):
            self.end_by_the_limit(job, life)
        self.cluster.call("scontrol", "update", f"jobid={job}", "timelimit=30")  # busy cores would take many more lives
        self.starts("up")
        self.cluster.wait_for_state(job, ["COMPLETED"], patience=200)

        self.check_same_bits(size)
        log = self.log(job)
        lives = self.lives(log)
        self.assertEqual(lives, list(range(1, self.lives_ended + 2)), log)
        self.assertEqual(log.count("stopped by SIGUSR1"), len(lives) - 1, log)
        self.assertEqual(self.read_attribute(self.result, "provenance", "restart_count"), len(lives) - 1)
        self.assertEqual(int(self.cluster.job(job)["Restarts"]), len(lives) - 1)


main()
