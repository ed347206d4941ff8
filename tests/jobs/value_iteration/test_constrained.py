"""Discounted rewards under a bound on a second one, against the linear program of occupation measures (Altman 1999, chapter 3)."""
import random
import unittest
from fractions import Fraction as F

import numpy as np

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, JobTest, job_text, main
from exact_mdp import Pair, evaluate, with_rewards
from mdp_file import write_mdp
from random_mdps import random_case

try:
    from scipy.optimize import linprog
except ImportError:
    linprog = None

DISCOUNT = 0.9


def occupation(mdp, cost, initial, objective, side, bound):
    """The best expected discounted reward from `initial`, each as likely, among all policies that meet the bound; None: there is none."""
    pairs = [(s, a) for s, row in enumerate(mdp) for a in range(len(row))]
    flow = np.zeros((len(mdp), len(pairs)))
    for k, (s, a) in enumerate(pairs):
        flow[s, k] += 1
        for t, p in mdp[s][a].next.items():
            flow[t, k] -= DISCOUNT * float(p)
    start = np.isin(np.arange(len(mdp)), list(initial)) / len(initial)
    reward = np.array([float(mdp[s][a].reward) for s, a in pairs])
    spent = np.array([float(cost[s][a]) for s, a in pairs])
    sign, turn = (-1 if objective == "max" else 1), (1 if side == "at_most" else -1)
    found = linprog(sign * reward, A_ub=[turn * spent], b_ub=[turn * bound], A_eq=flow, b_eq=start, method="highs")
    return sign * found.fun if found.status == 0 else None


def value_of(mdp, rewards, policy, initial):
    """Of a deterministic policy, exactly but for the discount's rounding."""
    values = evaluate(with_rewards(mdp, rewards), policy, F(DISCOUNT), {})
    return sum(values[s] for s in initial) / len(initial)


class Constrained(JobTest):
    tolerance = 1e-8

    def solve(self, mdp, cost, initial, objective, side, bound, ranks=1, **more):
        write_mdp(self.folder / "model.h5", mdp, rewards={"gain": [[p.reward for p in row] for row in mdp], "spent": cost}, labels={"init": set(initial)})
        criterion = {"kind": "discounted", "discount": DISCOUNT, "objective": objective, "reward": "gain", "constraint": "spent", side: float(bound), **more}
        return self.run_job(job_text(model={"kind": "file", "file": "model.h5"}, criterion=criterion, solver={"tolerance": self.tolerance}), ranks=ranks)

    def check(self, ending, mdp, cost, initial, objective, side, bound, truth):
        self.assert_ends(ending, DONE)
        found = {name: float(ending.result(name)) for name in
                 ("constrained_lower", "constrained_upper", "constrained_value", "multiplier", "other_share", "width_floor", "policy_reward_lower",
                  "policy_reward_upper", "policy_constraint_lower", "policy_constraint_upper", "other_constraint_lower", "other_constraint_upper",
                  "other_reward_lower", "other_reward_upper")}
        slack = 1e-8 * max(1, abs(truth))  # of linprog
        self.assertLessEqual(found["constrained_lower"] - slack, truth)
        self.assertLessEqual(truth, found["constrained_upper"] + slack)
        self.assertLessEqual(found["constrained_upper"] - found["constrained_lower"], self.tolerance * max(abs(found["constrained_value"]), found["width_floor"]))
        rewards = [[p.reward for p in row] for row in mdp]
        policies = {"policy": [int(a) for a in ending.result("action")], "other": [int(a) for a in ending.result("other_action")]}
        spent, gained = {}, {}
        for name, policy in policies.items():
            spent[name], gained[name] = value_of(mdp, cost, policy, initial), value_of(mdp, rewards, policy, initial)
            for what, exact in (("constraint", spent[name]), ("reward", gained[name])):
                self.assertLessEqual(F(found[f"{name}_{what}_lower"]), exact, name)
                self.assertLessEqual(exact, F(found[f"{name}_{what}_upper"]), name)
        turn = 1 if side == "at_most" else -1
        share = F(found["other_share"])
        mixed = share * spent["other"] + (1 - share) * spent["policy"]
        self.assertLessEqual(turn * spent["policy"], turn * F(bound))
        self.assertLessEqual(turn * mixed, turn * F(bound))
        mixture = share * gained["other"] + (1 - share) * gained["policy"]
        self.assertTrue(F(found["constrained_lower"]) <= mixture <= F(found["constrained_upper"]))
        if share > 0:
            self.assertAlmostEqual(float(mixed), float(bound), delta=1e-6)
            self.assertGreaterEqual(found["multiplier"], 0)
        return share

    def test_two_ways(self):
        """One state: earn 1 at no cost, or 3 at a cost of 2. At most 5 of the 20 that always going there costs: a quarter, 10 + 20/4."""
        mdp, cost = [[Pair(F(1), {0: F(1)}), Pair(F(3), {0: F(1)})]], [[F(0), F(2)]]
        for ranks in (1, 2, 3):
            ending = self.solve(mdp, cost, [0], "max", "at_most", 5, ranks)
            share = self.check(ending, mdp, cost, [0], "max", "at_most", F(5), 15)
            self.assertAlmostEqual(float(share), 0.25, delta=1e-6)
            self.assertAlmostEqual(float(ending.result("multiplier")), 1, delta=1e-6)
        loose = self.solve(mdp, cost, [0], "max", "at_most", 50)
        self.assertEqual(self.check(loose, mdp, cost, [0], "max", "at_most", F(50), 30), 0)
        self.assertEqual(loose.result("multiplier"), 0)

    @unittest.skipIf(linprog is None, "needs scipy")
    def test_random(self):
        """Cases in which the bound costs something, and a few in which it does not."""
        rng, mixed, idle, number = random.Random(7), 0, 0, 0
        while number < 7:
            case = random_case(rng)
            initial = sorted(rng.sample(range(len(case.mdp)), rng.choice([1, 1, 2])))
            objective, side = rng.choice(["max", "min"]), rng.choice(["at_most", "at_least"])
            ends = [occupation(with_rewards(case.mdp, case.cost), case.cost, initial, way, "at_most", 1e9) for way in ("min", "max")]
            if ends[1] - ends[0] < 1e-3:
                continue
            bound = ends[0] + (ends[1] - ends[0]) * rng.choice([0.1, 0.3, 0.5, 0.8])
            truth = occupation(case.mdp, case.cost, initial, objective, side, bound)
            if abs(truth - occupation(case.mdp, case.cost, initial, objective, "at_most", 1e9)) < 1e-6:
                idle += 1
                if idle > 2:
                    continue
            number += 1
            with self.subTest(case=number):
                ending = self.solve(case.mdp, case.cost, initial, objective, side, bound, ranks=1 + number % 3)
                mixed += self.check(ending, case.mdp, case.cost, initial, objective, side, bound, truth) > 0
        self.assertGreater(mixed, 3)

    def test_refusals(self):
        mdp, cost = [[Pair(F(1), {0: F(1)}), Pair(F(3), {0: F(1)})]], [[F(1), F(2)]]
        self.assert_ends(self.solve(mdp, cost, [0], "max", "at_most", 9, ranks=2), BAD_INPUT, "cannot be met", "raise the bound", "lies in [9.99")
        self.assert_ends(self.solve(mdp, cost, [0], "max", "at_least", 21), BAD_INPUT, "cannot be met", "lower the bound")
        self.assert_ends(self.solve(mdp, cost, [], "max", "at_most", 15), BAD_INPUT, "no state of the model has the label init")
        self.assert_ends(self.solve(mdp, cost, [0], "max", "at_most", 15, at_least=1.0), BAD_JOB_FILE, "result.toml:10:1", "not both")
        self.assert_ends(self.solve(mdp, cost, [0], "max", "at_most", 15, kind="average_reward", discount=1.0), BAD_JOB_FILE, 'belongs to criterion.kind = "discounted"')
        self.assert_ends(self.solve(mdp, cost, [0], "max", "at_most", 15, constraint=""), BAD_JOB_FILE, "criterion.at_most bounds nothing")

    def test_stopped_between_multipliers(self):
        """Goes on with the same bits."""
        rng = random.Random(3)
        mdp = [[Pair(F(rng.randint(0, 9)), {rng.randrange(30): F(1, 2), rng.randrange(30): F(1, 2)}) for _ in range(3)] for _ in range(30)]
        mdp = [[Pair(p.reward, p.next if len(p.next) == 2 else {next(iter(p.next)): F(1)}) for p in row] for row in mdp]
        cost = [[F(rng.randint(0, 9)) for _ in row] for row in mdp]
        write_mdp(self.folder / "model.h5", mdp, rewards={"spent": cost}, labels={"init": {0}})
        criterion = {"kind": "discounted", "discount": DISCOUNT, "constraint": "spent", "at_most": 25.0}

        def text(**solver):
            return job_text(model={"kind": "file", "file": "model.h5"}, criterion=criterion, solver={"tolerance": self.tolerance, **solver})
        straight = self.run_job(text(), name="straight", ranks=2)
        self.assert_ends(straight, DONE)
        self.assertGreater(straight.result("sweeps"), 3)
        self.assertEqual(self.run_job(text(max_sweeps=2), ranks=2).code, 5)
        again = self.run_job(text(), ranks=2)
        self.assert_ends(again, DONE, "going on after sweep 2")
        for name in ("action", "other_action", "constrained_lower", "constrained_upper", "multiplier", "other_share", "value", "sweeps"):
            self.assert_same_bits(again.result(name), straight.result(name), name)


main()
