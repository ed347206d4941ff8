"""The model of docs/formats.md, as its reader would make it: at most twenty lines, and the program solves it."""
import re
import subprocess
import sys

import bellshard_runs
from bellshard_runs import DONE, SOURCE, JobTest


class OwnModel(JobTest):
    def test_the_page_is_true(self):
        page = (SOURCE / "docs" / "formats.md").read_text()
        section = page[page.index("### Your own model in twenty lines of Python"):]
        program, job = (re.search(rf"```{language}\n(.*?)```", section, re.S).group(1) for language in ("python", "toml"))
        subprocess.run([sys.executable, "-c", program], cwd=self.folder, check=True)

        self.assertLessEqual(len([line for line in program.splitlines() if line.strip()]), 20)
        for ranks in (1, 3):
            ending = self.run_job(job, ranks=ranks, name=f"ranks-{ranks}")

            self.assert_ends(ending, DONE)
            # The goal is worth 0; state 1 earns 2 on its way there, state 0 earns 1 and then 0.5 * 0.9 * 2.
            for name, sign in (("value", 0), ("lower", 1), ("upper", -1)):
                for value, exact in zip(ending.result(name), (1.9, 2, 0)):
                    self.assertAlmostEqual(value, exact, delta=1e-6)
                    self.assertGreaterEqual(sign * (exact - value), 0)
            self.assertEqual(ending.result("action")[:2].tolist(), [0, 0])

    def test_a_broken_model_is_refused_by_the_run(self):
        page = (SOURCE / "docs" / "formats.md").read_text()
        program = re.search(r"```python\n(.*?)```", page[page.index("### Your own model"):], re.S).group(1)
        job = '[model]\nkind = "file"\nfile = "model.h5"\n[criterion]\nkind = "reachability"\ntarget = "gaol"\n'

        subprocess.run([sys.executable, "-c", program.replace("[0.9, 0.1]", "[0.9, 0.2]")], cwd=self.folder, check=True)
        self.assert_ends(self.run_job(job.replace("gaol", "goal"), ranks=3), bellshard_runs.BAD_INPUT, "model.h5:/probability", "pair 0 (action 0 of state 0)")
        subprocess.run([sys.executable, "-c", program], cwd=self.folder, check=True)
        self.assert_ends(self.run_job(job, ranks=3), bellshard_runs.BAD_JOB_FILE, "column 1", "did you mean goal?")


bellshard_runs.main()
