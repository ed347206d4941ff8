"""slurm/run.sbatch by itself, with a launcher that does as Slurm 22.05 may after a node was lost: it says 0 of ranks that never came to their end."""
import signal
import subprocess

from bellshard_runs import DONE, PROGRAM, SOURCE, JobTest, job_text, main, serpentine
from live_run import SWEEPING, LiveRun


class RunScript(JobTest):
    def setUp(self):
        super().setUp()
        long = job_text(model={"map": serpentine(400), "target": [[0, 0]]}, solver={"method": "jacobi", "tolerance": 1e-8, "max_sweeps": 100000})
        words, file = self.prepare(long, name="killed")
        run = LiveRun(self, [*words, "-o", "before"], file, ranks=1)
        run.wait_for(SWEEPING)
        run.send(signal.SIGKILL, ranks=[0])
        run.ending()  # before/.bellshard.lock stays
        (self.folder / "job.toml").write_text(job_text(model={"map": "..\n..", "target": [[0, 0]]}))

    def run_script(self, bad_starts, life):
        """The launcher leaves a lock and no result `bad_starts` times, then does its work."""
        launcher = self.folder / "launcher"
        launcher.write_text(f"""#!/usr/bin/env bash
echo start >> starts
if (($(wc -l < starts) > {bad_starts})); then exec "$@"; fi
mkdir -p out && cp before/.bellshard.lock out/
""")
        launcher.chmod(0o755)
        environment = {name: value for name, value in self.environment().items() if not name.startswith("SLURM_")}
        environment |= {"BELLSHARD": PROGRAM, "BELLSHARD_LAUNCH": "./launcher", "SLURM_RESTART_COUNT": str(life - 1)}
        done = subprocess.run(["bash", SOURCE / "slurm" / "run.sbatch", "value_iteration", "job.toml", "out"], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=self.patience)
        return done, (self.folder / "starts").read_text().count("start")

    def test_a_later_life_tries_once_more(self):
        done, starts = self.run_script(bad_starts=1, life=2)

        self.assertEqual((done.returncode, starts), (DONE, 2), done.stderr)
        self.assertIn("did not end by themselves", done.stderr)
        self.assertTrue((self.folder / "out" / "value_iteration.h5").exists())

    def test_ranks_that_never_end_are_no_success(self):
        for life, expected in ((1, 1), (2, 2)):
            (self.folder / "starts").unlink(missing_ok=True)
            done, starts = self.run_script(bad_starts=9, life=life)

            self.assertEqual((done.returncode, starts), (1, expected), done.stderr)

    def test_a_good_run_is_started_once(self):
        done, starts = self.run_script(bad_starts=0, life=2)

        self.assertEqual((done.returncode, starts), (DONE, 1), done.stderr)


main()
