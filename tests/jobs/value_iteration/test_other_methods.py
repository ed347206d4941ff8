"""Value iteration with Anderson acceleration and prioritised sweeps on models made for them."""
from fractions import Fraction

import numpy as np

from bellshard_runs import BAD_JOB_FILE, job_text, main
from closed_form_checks import FileModels
from exact_mdp import Pair

F = Fraction


def sure(reward, t):
    return Pair(F(reward), {t: F(1)})


def trace_updates(ending):
    return float((ending.variable("trace/updates_per_second") * np.diff(ending.variable("trace/seconds"), prepend=0)).sum())


class Anderson(FileModels):
    # State 1 stays for 9 a step; 0 goes there for 1 or stays for 7; 2 goes there for nothing or stays for 2. Steps that combine the last
    # five sweeps, taken whatever they lead to, go in a circle for ever: 3000 sweeps left the change at 8.
    ASTRAY = [[sure(1, 1), sure(7, 0)], [sure(4, 1), sure(9, 1)], [sure(0, 1), sure(2, 2)]]

    def test_what_leads_astray_is_undone(self):
        # 1 - discount is exact in binary, so that 9 / (1 - discount) is 576.
        discount = F(63, 64)
        known = {0: 1 + discount * 576, 1: 576, 2: discount * 576}
        for ranks in (1, 3):
            ending = self.solve(self.model(self.ASTRAY), {"kind": "discounted", "discount": float(discount)}, ranks, "anderson")
            self.check_values(ending, known)
            self.assertLess(int(ending.result("sweeps")), 30)

    def walk(self, end):
        """A fair walk between two ends: s (end - s) steps."""
        half = F(1, 2)
        steps = [[Pair(F(1), {s - 1: half, s + 1: half})] for s in range(1, end)]
        return self.model([[sure(0, 0)], *steps, [sure(0, end)]], labels={"ends": {0, end}}), {s: s * (end - s) for s in range(end + 1)}

    def test_slow_walk(self):
        """Plain sweeps of a walk over 64 cells shrink the error by 1.2e-3 each: some 12000 to 1e-6."""
        model, known = self.walk(64)
        criterion = {"kind": "total_reward", "target": "ends"}
        plain = self.solve(model, criterion, 1, "value_iteration", tolerance=1e-6)
        for ranks in (1, 2):
            ending = self.solve(model, criterion, ranks, "anderson", tolerance=1e-6)
            self.check_values(ending, known, tolerance=1e-6)
            self.assertLess(5 * int(ending.result("sweeps")), int(plain.result("sweeps")))

    def test_memory_of_another_method(self):
        model, _ = self.walk(4)
        text = job_text(model=model, criterion={"kind": "total_reward", "target": "ends"}, solver={"method": "auto", "anderson_memory": 3})
        self.assert_ends(self.run_job(text), BAD_JOB_FILE, "solver.anderson_memory has no use here", 'solver.method = "anderson"')

    def test_not_on_rasters(self):
        for method in ("anderson", "prioritised"):
            text = job_text(model={"map": "....", "target": [[0, 0]]}, criterion={"kind": "total_cost"}, solver={"method": method})
            self.assert_ends(self.run_job(text), BAD_JOB_FILE, 'solver.method must be "auto", "gauss_seidel" or "jacobi"')


class Prioritised(FileModels):
    def test_along_a_scattered_road(self):
        """A road through 32 runs of 64 states whose numbers are in poor order: sweeps by number find few runs whose next one is done."""
        runs, length = 32, 64
        place = [run * 11 % runs for run in range(runs)]  # of the run that is `run` runs from the end
        number = [place[k // length] * length + k % length for k in range(runs * length)]
        rows = [None] * len(number)
        for k, s in enumerate(number):
            rows[s] = [sure(1, number[k - 1])] if k else [sure(0, s)]
        model = self.model(rows, labels={"end": {number[0]}})
        known = {s: k for k, s in enumerate(number)}
        for ranks in (1, 2):
            ending = self.solve(model, {"kind": "total_reward", "target": "end"}, ranks, "prioritised", tolerance=1e-6)
            self.check_values(ending, known, tolerance=1e-6)
        plain = self.solve(model, {"kind": "total_reward", "target": "end"}, 1, "value_iteration", tolerance=1e-6)
        self.assertLess(20 * trace_updates(ending), trace_updates(plain))


main()
