"""Any model, stopped by its sweep limit and restarted: every method goes on with the same bits; synchronous sweeps on any ranks."""
from fractions import Fraction

import numpy as np

from bellshard_runs import DONE, NOT_CONVERGED, JobTest, job_text, main
from exact_mdp import Pair
from mdp_file import write_mdp

SAME_BITS = [f"results/{name}" for name in ("value", "lower", "upper", "action", "sweeps", "proven_width")] + ["trace/residual"]
METHODS = ("auto", "value_iteration", "gauss_seidel", "modified_policy_iteration", "inexact_policy_iteration", "anderson", "prioritised")
GARNET = {"kind": "garnet", "states": 300, "actions": 4, "branching": 3, "seed": 7}


def walk(cells):
    """Left, right or wait on a line, an end to reach: undiscounted, so that the proof needs the expected steps."""
    def move(s, step):
        odds = {}
        for to, p in ((s + step, Fraction(5, 8)), (s - step, Fraction(1, 4)), (s, Fraction(1, 8))):
            to = min(max(to, 0), cells - 1)
            odds[to] = odds.get(to, 0) + p
        return odds
    return [[Pair(Fraction(1), {0: Fraction(1)})]] + [[Pair(Fraction(s % 7 + 1), move(s, step)) for step in (1, -1)] for s in range(1, cells)]


def scattered(states):
    """States lead on along a scattered numbering (`states` is no multiple of 7), one in a hundred back as well, so that sweeps in place
    visit them in an order of their own."""
    number = [k * 7 % states for k in range(states)]
    def steps(k, way):
        odds = {number[min(k + 1 + way, states - 1)]: Fraction(3, 4)}
        back = number[max(0, k - 30) if k % 100 == 0 else min(k + 5, states - 1)]
        odds[back] = odds.get(back, 0) + Fraction(1, 4)
        return odds
    rows = [None] * states
    for k in range(states):
        rows[number[k]] = [Pair(Fraction((k + way) % 5), steps(k, way)) for way in (0, 2)]
    return rows


class ModelRestart(JobTest):
    def run_method(self, model, criterion, method, ranks, name, tolerance=1e-9, **solver):
        return self.run_job(job_text(model=model, criterion=criterion, solver={"method": method, "tolerance": tolerance, **solver}),
                            name=name, ranks=ranks)

    def check(self, model, criterion, method, ranks=(2, 2, 2, 2), **solver):
        """Stopped after a third and after half of the sweeps; ranks: of the uninterrupted run, then of each life."""
        straight = self.run_method(model, criterion, method, ranks[0], f"straight-{method}", **solver)
        self.assert_ends(straight, DONE)
        sweeps = int(straight.result("sweeps"))
        stops = sorted({max(1, sweeps // 3), max(1, sweeps // 2)})
        self.assertGreater(sweeps, stops[-1], "one sweep is no life")
        name = f"lives-{method}"
        for stop, count in zip(stops, ranks[1:]):
            self.assert_ends(self.run_method(model, criterion, method, count, name, max_sweeps=stop, **solver), NOT_CONVERGED)
        last = self.run_method(model, criterion, method, ranks[-1], name, **solver)
        self.assert_ends(last, DONE, f"going on after sweep {stops[-1]}")
        for name in SAME_BITS:
            self.assert_same_bits(last.variable(name), straight.variable(name), f"{method}: {name}")

    def test_discounted(self):
        criterion = {"kind": "discounted", "discount": 0.99}
        for method in METHODS:
            with self.subTest(method=method):
                self.check(GARNET, criterion, method)

    def test_poor_numbers(self):
        write_mdp(self.folder / "scattered.h5", scattered(200))
        for method in ("auto", "gauss_seidel"):
            with self.subTest(method=method):
                self.check({"kind": "file", "file": "scattered.h5"}, {"kind": "discounted", "discount": 0.99}, method)

    def test_undiscounted(self):
        for objective, cells, methods in (("min", 60, METHODS), ("max", 7, METHODS[:4])):  # the longest way out grows by 5/2 a cell
            write_mdp(self.folder / "walk.h5", walk(cells), labels={"goal": {0}})
            criterion = {"kind": "total_cost", "objective": objective, "target": "goal"}
            for method in methods:
                with self.subTest(objective=objective, method=method):
                    self.check({"kind": "file", "file": "walk.h5"}, criterion, method)

    def test_other_ranks(self):
        self.check(GARNET, {"kind": "discounted", "discount": 0.99}, "value_iteration", (1, 2, 4, 3))
        for count in (1, 3):
            # Ordered sweeps depend on the ranks; what is promised is the enclosure.
            self.run_method(GARNET, {"kind": "discounted", "discount": 0.99}, "auto", 2, f"moved-{count}", max_sweeps=2)
            moved = self.run_method(GARNET, {"kind": "discounted", "discount": 0.99}, "auto", count, f"moved-{count}")
            self.assert_ends(moved, DONE, "going on after sweep 2")
            straight = self.run_method(GARNET, {"kind": "discounted", "discount": 0.99}, "auto", count, f"straight-{count}")
            self.assertTrue(np.all(moved.result("lower") <= straight.result("upper")))
            self.assertTrue(np.all(straight.result("lower") <= moved.result("upper")))


main()
