"""Models on which plain value iteration is wrong, each by hand, with every method: what was proven must hold the exact value.

Stopping at a small difference of two sweeps reports 2e-30 for 0.7 (Haddad and Monmege 2018), or a quarter for a half in a long
walk; a span without its correction reports 9 for 78; loops without cost look free; a tie looks like a way out.
"""
import math
from fractions import Fraction

import exact_mdp
from bellshard_runs import NOT_CONVERGED, job_text, main
from closed_form_checks import RANKS, FileModels, discounted
from exact_mdp import Pair

F = Fraction
METHODS = ("value_iteration", "gauss_seidel", "modified_policy_iteration", "inexact_policy_iteration")


def pair(reward, odds):
    return Pair(F(reward), {t: F(p) for t, p in odds.items()})


def sure(t):
    return {t: 1}


class Traps(FileModels):
    def check_all(self, model, criterion, known, methods=METHODS, **how):
        """auto at each number of ranks, the other methods at 1 to 4 in turn."""
        self.check(model, criterion, known, **how)
        for place, method in enumerate(methods):
            self.check(model, criterion, known, ranks=(RANKS[place],), methods=(method,), **how)


class RareExit(Traps):
    """2 N + 1 places, from N on: 7/10 to the left, 3/10 to the right, then each step goes on or back to N with 1/2."""

    LEFT = {"kind": "reachability", "target": "left", "objective": "max"}

    def chain(self, n):
        left = F(0.7)  # as stored; 1 - 0.7 is exact in double, so that the odds sum to 1
        odds = [sure(0)] + [{x - 1: F(1, 2), n: F(1, 2)} for x in range(1, n)] + [{n - 1: left, n + 1: 1 - left}]
        odds += [{x + 1: F(1, 2), n: F(1, 2)} for x in range(n + 1, 2 * n)] + [sure(2 * n)]
        return [[pair(0 if x in (0, 2 * n) else 1, p)] for x, p in enumerate(odds)]

    def reach(self, n):
        far = F(0.7)
        return {0: 1, n: far, n - 1: F(1, 2 ** (n - 1)) * (1 - far) + far, 1: F(1, 2) + far / 2, 2 * n - 1: far / 2, 2 * n: 0}

    def test_20(self):
        mdp, n = self.chain(20), 20
        exact = exact_mdp.reachability(mdp, "max", {0})
        self.assertEqual({s: exact[s] for s in self.reach(n)}, self.reach(n))
        self.assertEqual(exact_mdp.total_reward(mdp, "max", {0, 40})[n], 3 * 2 ** (n - 1) - 2)
        model = self.model(mdp, labels={"left": {0}, "done": {0, 2 * n}})
        solves = ("inexact_policy_iteration",)
        self.check_all(model, self.LEFT, self.reach(n), methods=solves, tolerance=1e-6)
        self.check_all(model, {"kind": "total_reward", "target": "done", "objective": "max"}, {n: 3 * 2 ** (n - 1) - 2, 0: 0}, methods=solves, tolerance=1e-6)

    def test_what_is_not_reached_is_not_claimed(self):
        """Sweeps alone need 2 ** N of them; and where 2 ** N times the rounding is more than 1, nobody can prove a bound by sweeps."""
        for n, methods in ((20, METHODS[:3]), (100, ("auto", *METHODS))):
            model = self.model(self.chain(n), labels={"left": {0}})
            for place, method in enumerate(methods):
                with self.subTest(n=n, method=method):
                    solver = {"method": method, "tolerance": 1e-6, "max_sweeps": 500}
                    ending = self.run_job(job_text(model=model, criterion=self.LEFT, solver=solver), "--restart", "never", ranks=RANKS[place % 4])
                    self.assert_ends(ending, NOT_CONVERGED, "not converged")
                    for state, truth in self.reach(n).items():
                        self.assertLessEqual(F(float(ending.result("lower")[state])), truth, f"state {state}")
                        self.assertGreaterEqual(F(float(ending.result("upper")[state])), truth, f"state {state}")


class LongWalk(Traps):
    """A fair walk between two ends, or one that rests every other step: s / N reach the far end, after s (N - s) steps or twice as many."""
    END = 64

    def setUp(self):
        super().setUp()
        end, half = self.END, F(1, 2)
        walk = [[pair(1, {s - 1: half, s + 1: half}), pair(1, {s: half, s - 1: half / 2, s + 1: half / 2})] for s in range(1, end)]
        self.walk = self.model([[pair(0, sure(0))], *walk, [pair(0, sure(end))]], labels={"far": {end}, "ends": {0, end}})

    def test_probability(self):
        for objective in ("max", "min"):
            self.check_all(self.walk, {"kind": "reachability", "target": "far", "objective": objective}, {s: F(s, self.END) for s in range(self.END + 1)},
                           methods=METHODS if objective == "max" else ())

    def test_least_steps(self):
        known = {s: s * (self.END - s) for s in range(self.END + 1)}
        self.check_all(self.walk, {"kind": "total_reward", "target": "ends", "objective": "min"}, known, actions={1: 0, 30: 0})

    def test_most_steps(self):
        known = {s: 2 * s * (self.END - s) for s in range(self.END + 1)}
        self.check(self.walk, {"kind": "total_reward", "target": "ends", "objective": "max"}, known, ranks=(1, 3), actions={1: 1, 30: 1})


class Spans(Traps):
    def test_forest(self):
        """A span without its correction says 5.93, 9.39, 13.39."""
        criterion, steps = discounted(0.96)
        known = {0: F(46656, 625), 1: F(48816, 625), 2: F(51316, 625)}
        self.check_all({"kind": "forest", "states": 3, "r1": 4.0, "r2": 2.0, "p": 0.1}, criterion, known, steps=steps)


class EndComponents(Traps):
    def test_waiting(self):
        """Staying looks as good as the way out, and is worth nothing: the written policy must leave."""
        mdp = [[pair(0, sure(1)), pair(0, {2: F(1, 2), 3: F(1, 2)})], [pair(0, sure(0))], [pair(0, sure(2))], [pair(0, sure(3))]]
        self.check_all(self.model(mdp, labels={"goal": {2}}), {"kind": "reachability", "objective": "max", "target": "goal"},
                       {0: F(1, 2), 1: F(1, 2), 2: 1, 3: 0}, actions={0: 1}, policy=True)

    GOAL, TRAP = 7, 8
    MDP = [[pair(0, sure(1)), pair(7, sure(GOAL))],                           # 0, 1: a loop without cost, two ways out
           [pair(0, sure(0)), pair(5, sure(GOAL))],
           [pair(1, {GOAL: F(1, 2), TRAP: F(1, 2)})],                         # misses the goal whatever it does
           [pair(1, sure(3)), pair(3, sure(GOAL))],                           # may stay for 1
           [pair(0, sure(4)), pair(3, sure(GOAL))],                           # may stay for nothing
           [pair(1, {GOAL: F(1, 2), 5: F(1, 2)}), pair(3, sure(GOAL))],       # arrives in any case
           [pair(1, {2: F(1, 2), GOAL: F(1, 2)}), pair(10, sure(GOAL))],      # cheap and risky, or dear and sure
           [pair(0, sure(GOAL))], [pair(0, sure(TRAP))]]

    def check_loops(self, kind, solve, most, least):
        for objective, known in (("max", most), ("min", least)):
            self.assertEqual(solve(self.MDP, objective, {self.GOAL}), known)
            self.check_all(self.model(self.MDP, labels={"goal": {self.GOAL}}), {"kind": kind, "objective": objective, "target": "goal"},
                           dict(enumerate(known)), policy=True)

    def test_totals(self):
        inf = math.inf
        self.check_loops("total_reward", exact_mdp.total_reward, [inf, inf, inf, inf, inf, 3, inf, 0, inf], [5, 5, inf, 3, 3, 2, 10, 0, inf])

    def test_probabilities(self):
        half = F(1, 2)
        self.check_loops("reachability", exact_mdp.reachability, [1, 1, half, 1, 1, 1, 1, 1, 0], [0, 0, half, 0, 0, 1, F(3, 4), 1, 0])


main()
