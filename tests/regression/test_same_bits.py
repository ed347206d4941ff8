"""Synchronous sweeps give the same bits for any number of ranks and threads; ordered sweeps lie in their enclosure, and the
other way round. The program's own diff agrees."""
import numpy as np

from bellshard_runs import DONE, VERIFICATION_FAILED, JobTest, job_text, main, write_grid

VARIABLES = ("value", "lower", "upper", "action", "cell")


class SameBits(JobTest):
    @classmethod
    def setUpClass(cls):
        random = np.random.default_rng(5)
        cls.free = random.random((45, 72)) > 0.2
        cls.free[:3] = False  # rows without work: some rank gets more of them than others
        cls.free[30, 40] = True

    def run_method(self, method, ranks, threads=1, tolerance=1e-8):
        grid = write_grid(self.folder / "sea.nc", np.arange(-88, 90, 4), np.arange(-177.5, 180, 5), self.free)
        job = job_text(model={"file": grid.name, "target": [[30, 40]]}, solver={"method": method, "tolerance": tolerance, "tile": 8})
        ending = self.run_job(job, name=f"{method}_{ranks}_{threads}_{tolerance}", ranks=ranks, threads=threads)
        self.assert_ends(ending, DONE)
        return ending

    def assert_encloses(self, loose, tight):
        live = loose.result("cell") != 0
        self.assertTrue(np.all((loose.result("lower") <= tight.result("value"))[live]))
        self.assertTrue(np.all((loose.result("upper") >= tight.result("value"))[live]))

    def assert_overlap(self, one, other):
        """Both enclose the optimal value."""
        live = one.result("cell") != 0
        self.assertTrue(np.all((one.result("lower") <= other.result("upper"))[live]))
        self.assertTrue(np.all((other.result("lower") <= one.result("upper"))[live]))

    def test_jacobi_on_any_ranks_and_threads(self):
        first = self.run_method("jacobi", ranks=1, threads=1)

        for ranks, threads in ((1, 2), (2, 1), (2, 2), (3, 1), (4, 1)):
            with self.subTest(ranks=ranks, threads=threads):
                again = self.run_method("jacobi", ranks, threads)
                for name in VARIABLES:
                    self.assert_same_bits(again.result(name), first.result(name), name)
                self.assert_same_bits(again.variable("trace/residual"), first.variable("trace/residual"))

        difference = self.call("diff", first.file.name, "jacobi_3_1_1e-08.h5", "--rtol", "0", ranks=2)
        self.assert_ends(difference, DONE)

    def test_gauss_seidel_lies_in_the_enclosure_of_jacobi(self):
        wide, close = self.run_method("jacobi", 2, tolerance=1e-5), self.run_method("jacobi", 2, tolerance=1e-10)

        for ranks, threads in ((1, 1), (2, 2), (3, 1)):
            with self.subTest(ranks=ranks, threads=threads):
                ordered = self.run_method("gauss_seidel", ranks, threads, tolerance=1e-10)
                self.assert_encloses(wide, ordered)
                self.assert_overlap(close, ordered)

        files = close.file.name, "gauss_seidel_1_1_1e-10.h5"
        exactly, roughly = self.call("diff", *files), self.call("diff", *files, "--rtol", "1e-9")
        self.assert_ends(exactly, VERIFICATION_FAILED)
        self.assertRegex(exactly.out, r"(?m)^value +\d+ of \d+ values differ")
        self.assertRegex(roughly.out, r"(?m)^value +same")

    def test_gauss_seidel_on_any_threads(self):
        """On the same ranks ordered sweeps, too, have the same bits for any threads."""
        one, two = self.run_method("gauss_seidel", 2, threads=1), self.run_method("gauss_seidel", 2, threads=2)

        for name in VARIABLES:
            self.assert_same_bits(one.result(name), two.result(name), name)


main()
