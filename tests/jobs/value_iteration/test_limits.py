"""Runs that cannot end as they should: not converged, nowhere to write, a checkpoint of something else."""
import h5py
import numpy as np

from bellshard_runs import BAD_INPUT, CANNOT_WRITE, DONE, NOT_CONVERGED, STOPPED_EARLY, JobTest, job_text, main

LAKE = "\n".join(["." * 40] * 40)


def job(method="gauss_seidel", drift=0.1, **solver):
    return job_text(model={"map": LAKE, "drift": drift, "target": [[3, 5]]}, solver={"method": method, **solver})


class NotConverged(JobTest):
    def check_flagged(self, ending, *phrases):
        """What was proven is written, and says that it is not enough."""
        self.assert_ends(ending, NOT_CONVERGED, "not converged", *phrases)
        self.assertIn(ending.attribute("results", "status"), ("not_converged", b"not_converged"))
        self.assertTrue(np.all(ending.result("lower") <= ending.result("upper")))
        self.assertEqual(ending.result("violations"), 0)

    def test_sweep_limit(self):
        for method in ("gauss_seidel", "jacobi"):
            with self.subTest(method):
                ending = self.run_job(job(method, max_sweeps=3), name=method, ranks=2)
                self.check_flagged(ending, "raise solver.max_sweeps")
                self.assertEqual(ending.result("sweeps"), 3)
                self.assertGreater(ending.result("proven_width"), 1e-6)

    def test_tolerance_that_rounding_does_not_allow(self):
        for method in ("gauss_seidel", "jacobi"):
            with self.subTest(method):
                ending = self.run_job(job(method, tolerance=1e-15), name=method, ranks=2)
                self.check_flagged(ending, "raise solver.tolerance")
                self.assertLess(ending.result("proven_width"), 1e-11)


class CannotWrite(JobTest):
    def test_output_folder_is_a_file(self):
        (self.folder / "out").write_text("")
        ending = self.run_job(job(), "-o", "out", ranks=2)
        self.assert_ends(ending, CANNOT_WRITE, "out", "choose another one with -o")
        self.assertEqual(ending.log.count("bellshard: "), 1, ending.log)

    def test_result_is_a_folder(self):
        (self.folder / "result.h5").mkdir()
        self.assert_ends(self.run_job(job(), ranks=2), CANNOT_WRITE, "result.h5 cannot be written", "Is a directory", "name another folder")

    def test_folder_of_the_result_is_a_file(self):
        (self.folder / "folder").write_text("")
        ending = self.run_job(job(), "--set", "output.file=folder/result.h5", ranks=2)
        self.assert_ends(ending, CANNOT_WRITE, "folder/result.h5 cannot be written")


class RefusedCheckpoint(JobTest):
    def setUp(self):
        super().setUp()
        self.assert_ends(self.run_job(job(), "--time-limit", "0.001s", ranks=2), STOPPED_EARLY)
        self.checkpoint = self.folder / "result.checkpoint-000001.h5"

    def refuse(self, text, *phrases, options=()):
        before = self.checkpoint.read_bytes()
        ending = self.run_job(text, *options, ranks=2)
        self.assert_ends(ending, BAD_INPUT, *phrases)
        self.assertEqual(self.checkpoint.read_bytes(), before)
        self.assertFalse(ending.file.exists())

    def test_of_another_problem(self):
        self.refuse(job(drift=0.2), "belongs to another problem", "drift = 0.1 there, drift = 0.2 here", "--restart never")

    def test_of_another_method(self):
        self.refuse(job("jacobi"), "belongs to another problem", "method: gauss_seidel there", "--restart never")

    def test_of_another_job(self):
        with h5py.File(self.checkpoint, "r+") as file:
            file["state"].attrs.modify("job", "fisheries")
            del file["state"].attrs["attributes_hash"]  # it covers the name of the job, and checkpoints of earlier versions have none
        self.refuse(job(), "a checkpoint of the job fisheries, not of value_iteration", "--restart never")

    def test_damaged(self):
        with h5py.File(self.checkpoint, "r+") as file:
            file["state/value"][20, 20] += 1e-9
        self.refuse(job(), "result.checkpoint-000001.h5", "checksum", "--restart never")

    def test_result_in_place_of_a_checkpoint(self):
        done = self.run_job(job(), name="other")
        self.refuse(job(), "is no checkpoint", options=["--restart", done.file.name])

    def test_a_tolerance_may_change(self):
        self.assert_ends(self.run_job(job(tolerance=1e-4), ranks=3), DONE, "going on after sweep")


main()
