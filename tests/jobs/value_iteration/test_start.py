"""Starts from earlier results: what is proven at once, what is nearer than 0, and what is refused.

The random models, their exact values and the checks are those of test_exact_random.
"""
import re

import h5py
import numpy as np

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, job_text, main
from exact_random_checks import PROBLEMS, TOLERANCE, ExactRandom, exact_values


class Start(ExactRandom):
    def solve(self, criterion, name, method="value_iteration", ranks=1, code=DONE, phrases=(), **solver):
        ending = self.run_job(job_text(model={"kind": "file", "file": "random.h5"}, criterion=criterion,
                                       solver={"method": method, "tolerance": TOLERANCE, **solver}), name=name, ranks=ranks)
        self.assert_ends(ending, code, *phrases)
        return ending

    def sweeps(self, ending):
        return int(ending.result("sweeps"))

    def check_restart(self, name, objective, methods):
        """Its own result is proven by the first sweep, at any ranks and by every method; the answer stands."""
        problem = PROBLEMS[name]
        criterion = {**problem.criterion, "objective": objective}
        cold = self.solve(criterion, "cold", ranks=2)
        self.assertGreater(self.sweeps(cold), 10)
        for ranks, method in methods:
            with self.subTest(ranks=ranks, method=method):
                warm = self.solve(criterion, "warm", method, ranks, start="cold.h5")
                self.assertEqual(self.sweeps(warm), 1, warm.log)
                self.check_result(problem, objective, exact_values(False, name, objective), warm)

    def test_discounted(self):
        self.check_restart("discounted", "max", [(1, "value_iteration"), (2, "gauss_seidel"), (3, "auto"), (4, "modified_policy_iteration")])

    def test_reachability_with_end_components(self):
        self.check_restart("reachability", "max", [(1, "auto"), (2, "inexact_policy_iteration"), (3, "gauss_seidel"), (4, "value_iteration")])

    def test_total_reward_with_infinite_values(self):
        self.check_restart("total_reward", "min", [(3, "value_iteration")])
        with h5py.File(self.folder / "cold.h5") as file:
            infinite = int(np.isinf(file["results/value"][()]).sum())
        self.assertGreater(infinite, 0)
        again = self.solve({**PROBLEMS["total_reward"].criterion, "objective": "min"}, "again", start="cold.h5")
        self.assertEqual(re.search(r"(\d+) values that are not finite count as 0", again.log)[1], str(infinite))

    def test_values_of_another_question_only_help_or_cost_sweeps(self):
        """Far-off values, and some that are not numbers, lead to the same proven answer."""
        problem = PROBLEMS["discounted"]
        criterion = {**problem.criterion, "objective": "min"}
        self.solve(criterion, "cold")
        with h5py.File(self.folder / "cold.h5", "r+") as file:
            value = file["results/value"][()]
            value[::2] = 1e3
            value[::7] = np.nan
            file["results/value"][...] = value
        warm = self.solve(criterion, "warm", "modified_policy_iteration", 3, start="cold.h5")
        self.check_result(problem, "min", exact_values(False, "discounted", "min"), warm)

    def test_a_neighbouring_discount_saves_sweeps(self):
        near = {"kind": "discounted", "objective": "max", "discount": 0.9374}
        cold = self.solve({**near, "discount": 0.9375}, "other")
        self.assertLess(self.sweeps(self.solve(near, "warm", start="other.h5")), 0.9 * self.sweeps(cold))

    def test_refusals(self):
        criterion = {"kind": "discounted", "discount": 0.9}

        def refuse(*phrases, code=BAD_INPUT, criterion=criterion, start="bad.h5"):
            ending = self.solve(criterion, "refused", ranks=2, code=code, phrases=phrases, start=start)
            self.assertFalse(ending.file.exists())

        def write(schema, **results):
            with h5py.File(self.folder / "bad.h5", "w") as file:
                file.attrs["schema"] = schema
                for name, data in results.items():
                    file[f"results/{name}"] = data

        refuse("absent.h5", start="absent.h5")
        refuse("random.h5", 'its schema is "bellshard.mdp"', start="random.h5")
        write("bellshard.value_iteration", action=np.zeros(3))
        refuse("bad.h5: has no dataset /results/value")
        write("bellshard.value_iteration", value=np.zeros(3))
        refuse("bad.h5:/results/value: holds 3 states, the model has")
        write("bellshard.value_iteration", value=np.zeros((3, 4)))
        refuse("bad.h5:/results/value: has 2 axes", "raster")
        for kind in ({"kind": "average_reward"}, {"kind": "finite_horizon", "horizon": 3}):
            refuse("solver.start has no use here", code=BAD_JOB_FILE, criterion=kind)


main()
