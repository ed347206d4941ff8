"""The program on a union of random models against the oracle in exact rationals: what test_exact_random and slow_exact_random share.

Numbers of the program are made fractions and compared without any rounding.
"""
import dataclasses
import functools
import math
from fractions import Fraction
from typing import Callable

import exact_average
import exact_mdp
import exact_robust
from bellshard_runs import DONE, JobTest, job_text
from exact_mdp import chain, with_rewards
from mdp_file import write_mdp
from random_mdps import random_cases, random_interval_cases, union

TOLERANCE = 1e-6
DISCOUNT, HORIZON, BUDGET = Fraction(15, 16), 7, 4
ITERATIONS = ["value_iteration", "gauss_seidel", "modified_policy_iteration", "inexact_policy_iteration", "anderson", "prioritised"]


@dataclasses.dataclass
class Problem:
    """One criterion: its keys in the job file, and solve(mdp, case, objective) -> exact values."""
    criterion: dict
    solve: Callable
    reward: str = ""         # "": the default one, with both signs
    methods: tuple = ()      # besides auto
    memoryless: bool = True  # an optimal action depends on the state alone
    ends: bool = False       # goal and hazard end a path

    def model(self, case):
        return with_rewards(case.mdp, getattr(case, self.reward)) if self.reward else case.mdp


UNTIL = {"target": "goal", "avoid": "hazard"}
PROBLEMS = {
    "discounted": Problem({"kind": "discounted", "discount": float(DISCOUNT)}, methods=ITERATIONS,
                          solve=lambda mdp, case, objective: exact_mdp.discounted(mdp, objective, DISCOUNT)),
    "finite_horizon": Problem({"kind": "finite_horizon", "horizon": HORIZON, "discount": float(DISCOUNT)}, memoryless=False,
                              solve=lambda mdp, case, objective: exact_mdp.finite_horizon(mdp, objective, HORIZON, DISCOUNT)[0]),
    "total_reward": Problem({"kind": "total_reward", "target": "goal", "reward": "cost"}, reward="cost", methods=ITERATIONS, ends=True,
                            solve=lambda mdp, case, objective: exact_mdp.total_reward(mdp, objective, case.goal)),
    "reachability": Problem({"kind": "reachability", **UNTIL}, methods=ITERATIONS, ends=True,
                            solve=lambda mdp, case, objective: exact_mdp.reachability(mdp, objective, case.goal, case.hazard)),
    "reachability_alone": Problem({"kind": "reachability", "target": "goal"}, ends=True,
                                  solve=lambda mdp, case, objective: exact_mdp.reachability(mdp, objective, case.goal)),
    "bounded_reachability": Problem({"kind": "bounded_reachability", "horizon": HORIZON, **UNTIL}, memoryless=False, ends=True,
                                    solve=lambda mdp, case, objective: exact_mdp.bounded_reachability(mdp, objective, HORIZON, case.goal, case.hazard)),
    "reward_reachability": Problem({"kind": "reward_reachability", "reward": "whole", "budget": BUDGET, **UNTIL}, reward="whole",
                                   memoryless=False, ends=True,
                                   solve=lambda mdp, case, objective: exact_mdp.reward_reachability(mdp, objective, case.goal, BUDGET, case.hazard)),
    "average_reward": Problem({"kind": "average_reward"}, solve=lambda mdp, case, objective: exact_average.average_reward(mdp, objective)),
}
ROBUST = {
    "discounted": Problem({"kind": "discounted", "discount": float(DISCOUNT)},
                          solve=lambda mdp, case, objective: exact_robust.discounted(mdp, objective, DISCOUNT)),
    "finite_horizon": Problem({"kind": "finite_horizon", "horizon": HORIZON}, memoryless=False,
                              solve=lambda mdp, case, objective: exact_robust.finite_horizon(mdp, objective, HORIZON)),
    "reachability": Problem({"kind": "reachability", **UNTIL}, ends=True,
                            solve=lambda mdp, case, objective: exact_robust.reachability(mdp, objective, case.goal, case.hazard)),
    "bounded_reachability": Problem({"kind": "bounded_reachability", "horizon": HORIZON, **UNTIL}, memoryless=False, ends=True,
                                    solve=lambda mdp, case, objective: exact_robust.bounded_reachability(mdp, objective, HORIZON, case.goal, case.hazard)),
}
RANDOM_CASES, INTERVAL_CASES = random_cases(), random_interval_cases()


@functools.cache
def exact_values(robust, name, objective):
    """[case][state]"""
    problem = (ROBUST if robust else PROBLEMS)[name]
    return [problem.solve(problem.model(case), case, objective) for case in (INTERVAL_CASES if robust else RANDOM_CASES)]


def exact(number):
    return Fraction(float(number)) if math.isfinite(number) else float(number)


class ExactRandom(JobTest):
    robust = False

    def setUp(self):
        super().setUp()
        self.cases = INTERVAL_CASES if self.robust else RANDOM_CASES
        joined = union(self.cases)
        self.first, self.initial = joined.first, sorted(joined.labels["init"])
        write_mdp(self.folder / "random.h5", joined.mdp, joined.rewards, joined.labels, joined.coordinates)

    def check_run(self, name, objective, method, ranks):
        problem = (ROBUST if self.robust else PROBLEMS)[name]
        ending = self.run_job(job_text(model={"kind": "file", "file": "random.h5"}, criterion={**problem.criterion, "objective": objective},
                                       solver={"method": method, "tolerance": TOLERANCE}), name=f"{name}-{objective}-{method}-{ranks}", ranks=ranks)
        self.assert_ends(ending, DONE)
        self.check_result(problem, objective, exact_values(self.robust, name, objective), ending)

    def check_result(self, problem, objective, values, ending):
        names = ["value", "lower", "upper"] + ["action", "policy_value"] * problem.memoryless
        results = {name: ending.result(name) for name in names}
        largest = max((abs(v) for row in values for v in row if v != math.inf), default=Fraction(0))
        floor = largest / 1000
        for case, first, row in zip(self.cases, self.first, values):
            there = range(first, first + len(row))
            for s, truth in zip(there, row):
                self.check_enclosure(f"state {s} = {first} + {s - first}", truth, *(exact(results[name][s]) for name in names[:3]), floor)
            if problem.memoryless:
                actions = [int(results["action"][s]) for s in there]
                self.check_policy(problem, case, objective, row, actions, [exact(results["policy_value"][s]) for s in there], first, floor)
        self.check_initial(results, ending)
        if problem.criterion["kind"] == "finite_horizon":
            self.check_stages(problem, values, floor, ending)

    def check_enclosure(self, place, truth, value, lower, upper, floor):
        said = f"{place}: exact {truth} = {float(truth)}, written {float(lower)!r} <= {float(value)!r} <= {float(upper)!r}"
        if truth == math.inf:
            self.assertEqual((value, lower, upper), (math.inf,) * 3, said)
            return
        self.assertTrue(lower <= truth <= upper, said)
        self.assertTrue(lower <= value <= upper, said)
        self.assertTrue(upper - lower <= Fraction(TOLERANCE) * max(abs(truth), floor), said)

    def check_near(self, place, what, truth, number, floor):
        said = f"{place}: {what} is {float(number)!r}, not {float(truth)!r}"
        if math.inf in (truth, number):
            self.assertEqual(truth, number, said)
        else:
            self.assertTrue(abs(truth - number) <= Fraction(TOLERANCE) * max(abs(truth), floor), said)

    def check_policy(self, problem, case, objective, values, actions, policy_values, first, floor):
        """Solved exactly, the written policy attains the optimum: it does not stay for ever in an end component."""
        ended = case.goal | case.hazard if problem.ends else set()
        for s, (a, value) in enumerate(zip(actions, values)):
            nothing_to_choose = s in ended or (value == math.inf and objective == "min")
            self.assertIn(a, range(-1 if nothing_to_choose else 0, len(case.mdp[s])), f"action of state {first + s}")
        attained = problem.solve(chain(problem.model(case), [max(a, 0) for a in actions]), case, objective)
        for s, (truth, optimum, written) in enumerate(zip(attained, values, policy_values)):
            self.check_near(f"state {first + s}", f"with actions {actions} of case at {first}, the exact value of the written policy", optimum, truth, floor)
            self.check_near(f"state {first + s}", "policy_value", truth, written, floor)

    def check_initial(self, results, ending):
        self.assertEqual(list(ending.result("initial_state")), self.initial)
        for name in ("value", "lower", "upper"):
            self.assert_same_bits(ending.result(f"initial_{name}"), results[name][self.initial], name)

    def check_stages(self, problem, values, floor, ending):
        """stage_action [state, stage]: stage 0 comes first."""
        stages = ending.result("stage_action")
        self.assertEqual(stages.shape[1], HORIZON)
        if self.robust:
            return
        for case, first, row in zip(self.cases, self.first, values):
            plan = [[int(stages[first + s, stage]) for s in range(len(row))] for stage in range(HORIZON)]
            attained = exact_mdp.evaluate_stages(problem.model(case), plan, DISCOUNT)
            for s, (truth, optimum) in enumerate(zip(attained, row)):
                self.check_near(f"state {first + s}", "the exact value of the written stages", optimum, truth, floor)
