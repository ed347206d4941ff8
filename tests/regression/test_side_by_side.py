"""Runs that no launcher started, many at a time on one machine: none is in another's way, and none leaves anything behind."""
import pathlib
import subprocess
import tempfile

from bellshard_runs import DONE, PROGRAM, JobTest, job_text, main

AT_A_TIME, ROUNDS = 8, 4


class SideBySide(JobTest):
    def test_many_lone_runs_at_a_time(self):
        (self.folder / "job.toml").write_text(job_text(model={"map": "..\n..", "target": [[0, 0]]}))
        with tempfile.TemporaryDirectory() as place:
            environment = {**self.environment(), "TMPDIR": place}
            environment.pop("OMPI_MCA_orte_tmpdir_base", None)
            for _ in range(ROUNDS):
                runs = [subprocess.Popen([PROGRAM, "run", "value_iteration", "-c", "job.toml", "-o", f"out{k}", "--restart", "never"], cwd=self.folder, env=environment,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for k in range(AT_A_TIME)]
                for run in runs:
                    said = run.communicate(timeout=self.patience)[1]
                    self.assertEqual(run.returncode, DONE, said)
            self.assertEqual([path.name for path in pathlib.Path(place).iterdir()], [])


main()
