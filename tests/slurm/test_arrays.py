"""slurm/array.sbatch and pipeline.sh under a real Slurm."""
import subprocess
import sys

import numpy as np

from bellshard_runs import PROGRAM, SOURCE, h5py, job_text, main
from on_cluster import OnCluster

DISCOUNTS = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975]


class Arrays(OnCluster):
    def write_parameters(self, count):
        lines = ["# discounts", ""] + [f"criterion.discount={discount}" for discount in DISCOUNTS[:count]]
        (self.folder / "discounts.txt").write_text("\n".join(lines) + "\n")
        (self.folder / "job.toml").write_text(job_text(model={"kind": "ring", "states": 50}, criterion={"kind": "discounted"}, solver={"tolerance": 1e-8}))

    def submit_array(self, count):
        return self.cluster.submit(f"--array=1-{count}%2", "--ntasks-per-node=1", "--cpus-per-task=1", SOURCE / "slurm" / "array.sbatch", "value_iteration", "job.toml", "discounts.txt",
                                   "out", cwd=self.folder)

    def test_twelve_parameters_in_one_file(self):
        import xarray
        self.write_parameters(len(DISCOUNTS))

        job = self.submit_array(len(DISCOUNTS))
        most = 0

        def ended():
            nonlocal most
            most = max(most, len(self.cluster.call("squeue", "-h", "-r", "-t", "running").split("\n")) - 1)
            return not self.cluster.call("squeue", "-h")
        self.cluster.wait_until(ended, f"array {job} ends", 120)
        self.assertLessEqual(most, 2)
        files = sorted(self.folder.glob("out/run-*/value_iteration.h5"))
        self.assertEqual(len(files), len(DISCOUNTS), self.cluster.logs())
        self.cluster.call(PROGRAM, "gather", *reversed(files), "-o", "all.h5", cwd=self.folder)

        with xarray.open_dataset(self.folder / "all.h5", group="results", engine="h5netcdf") as data:
            np.testing.assert_array_equal(data.discount, DISCOUNTS)
            self.assertEqual(data.value.dims[0], "discount")
            for discount, file in zip(DISCOUNTS, files):
                with h5py.File(file, "r") as one:
                    self.assert_same_bits(data.value.sel(discount=discount).values, one["results/value"][()])
                    self.assertEqual(data.sweeps.sel(discount=discount).item(), one["results/sweeps"][()])

    def test_a_line_that_is_not_there(self):
        self.write_parameters(2)
        job = self.cluster.submit("--array=3", "--ntasks-per-node=1", "--cpus-per-task=1", SOURCE / "slurm" / "array.sbatch", "value_iteration", "job.toml", "discounts.txt", "out", cwd=self.folder)
        self.cluster.wait_for_state(job, ["FAILED"])

        log = next(self.folder.glob("bellshard-*-3.log")).read_text()
        self.assertIn("discounts.txt has no line 3; submit with --array=1-2", log)

    def stages(self, solve_options=""):
        self.write_parameters(3)
        (self.folder / "stages.txt").write_text(f"""
# name, what sbatch takes
input   {SOURCE}/slurm/command.sbatch {PROGRAM} check value_iteration -c job.toml --set criterion.discount=0.5
solve   --array=1-3%2 --ntasks-per-node=1 --cpus-per-task=1 {SOURCE}/slurm/array.sbatch value_iteration job.toml discounts.txt out {solve_options}
gather  {SOURCE}/slurm/command.sbatch {PROGRAM} gather 'out/run-*/value_iteration.h5' -o all.h5
plot    {SOURCE}/slurm/command.sbatch {sys.executable} {SOURCE}/analysis/plot.py all.h5
""")
        said = self.script("pipeline.sh", "stages.txt")
        self.cluster.wait_until(lambda: not self.cluster.call("squeue", "-h"), "the pipeline ends", 120)
        return said

    def test_four_stages(self):
        said = self.stages()

        self.assertEqual([line.split(":")[0] for line in said.splitlines()[:4]], ["input", "solve", "gather", "plot"])
        self.assertGreater((self.folder / "all.png").stat().st_size, 10000, [path.read_text() for path in self.folder.glob("*.log")])
        self.assertEqual(list(self.folder.glob("pipeline-*.failed")), [])

    def test_a_stage_that_fails_stops_the_later_ones(self):
        self.stages("--set solver.tolerance=-1")

        self.assertFalse((self.folder / "all.h5").exists())
        report = next(self.folder.glob("pipeline-*.failed")).read_text()
        self.assertRegex(report, r"input \(job \d+\): done\nsolve \(job \d+\): FAILED: task \d: FAILED, exit code 3, log \S+\.log\ngather \(job \d+\): not run\nplot \(job \d+\): not run\n")

    def test_scripts_say_how_to_call_them(self):
        for script in ("chain.sh", "pipeline.sh"):
            done = subprocess.run([SOURCE / "slurm" / script], capture_output=True, text=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"slurm/{script}", done.stderr)


main()
