"""Generated models whose values are known in closed form at any size (jobs/value_iteration/README.md names the models).

    ring    rho = move g / (1 - (1 - move) g), V(goal) = 1 / (1 - g (stay + (1 - stay) rho)), V(d) = V(goal) rho^d
    grid    w = 1 - (1 - move) g, kappa = move g / w, V(d) = -(1 / w) (1 - kappa^d) / (1 - kappa)
with g the discount and d the distance to the goal. Printed numbers beside them come from an independent solver.
"""
from fractions import Fraction

from bellshard_runs import main
from closed_form_checks import KnownValues, discounted
from exact_average import average_reward
from exact_mdp import Pair
from exact_mdp import discounted as exact_discounted
from exact_mdp import finite_horizon
from grid_values import GridValues

METHODS = ("value_iteration", "gauss_seidel", "modified_policy_iteration", "inexact_policy_iteration", "anderson", "prioritised")


class Ring(KnownValues):
    MOVE = Fraction(9, 10)

    def values(self, states, goal, stay, discount):
        rho = self.MOVE * discount / (1 - (1 - self.MOVE) * discount)
        top = 1 / (1 - discount * (stay + (1 - stay) * rho))
        return {s: top * rho ** min((s - goal) % states, (goal - s) % states) for s in range(states)}

    def check_ring(self, goal, stay, discount, printed, **how):
        known = self.values(50, goal, Fraction(stay), Fraction(discount))
        for state, digits in printed.items():
            self.check_print(known[state], digits)
        criterion, steps = discounted(float(discount))
        self.check({"kind": "ring", "states": 50, "goal": goal, "stay": float(stay), "move": 0.9}, criterion, known, steps,
                   actions={goal: 0, (goal + 5) % 50: 1, (goal - 5) % 50: 2}, **how)

    def test_discount_9_10(self):
        self.check_ring(42, "0.8", "0.9", {42: "8.348623853211", 34: "3.289757660121", 0: "3.289757660121"})

    def test_discount_999_1000(self):
        self.check_ring(41, "0.9", "0.999", {41: "900.1", 0: "891.139892048001", 16: "875.430474691269"})

    def test_discount_9999_10000(self):
        self.check_ring(41, "0.9", "0.9999", {41: "9000.0999999993", 0: "8991.103998917975", 16: "8975.133304585141"})

    def test_every_method(self):
        self.check_ring(41, "0.9", "0.99", {}, ranks=(2,), methods=METHODS)


class Grid(GridValues):
    """Grids of 500 and 2000 cells a side: slow_closed_forms."""

    def test_100_at_99_100(self):
        self.check_grid(100, "0.99", "-91.662016441", ranks=(1, 3, 4))
        self.check_grid(100, "0.99", "-91.662016441", ranks=(2,), methods=METHODS)

    def test_100_at_999_1000(self):
        self.check_grid(100, "0.999", "-219.322291575", ranks=(1, 2, 3, 4))
        self.check_grid(100, "0.999", "-219.322291575", ranks=(1,), methods=("value_iteration",))

    def test_sweeps_follow_the_way_to_the_goal(self):
        """In the order of the states from above, values settle in some sweeps, not one a row: 100 x 100 cells take hundreds synchronously."""
        criterion, _ = discounted(0.99)
        for method, ranks, most in (("auto", 1, 3), ("auto", 2, 4), ("auto", 4, 4), ("gauss_seidel", 1, 4), ("gauss_seidel", 2, 6)):
            ending = self.solve({"kind": "grid", "rows": 100, "columns": 100}, criterion, ranks, method, 1e-8)
            self.assertLessEqual(ending.result("sweeps"), most, f"{method} on {ranks} ranks")

    def test_20_at_every_discount(self):
        for discount in ("0.99", "0.999", "0.9999", "0.999999"):
            self.check_grid(20, discount, ranks=(3, 4))


class Forest(KnownValues):
    """Wait (0) or cut (1); published by pymdptoolbox for 3 states, the rest by the oracle."""
    FIRE = Fraction(1, 10)

    def exact_model(self, states):
        return [[Pair(Fraction(4 if s == states - 1 else 0), {0: self.FIRE, min(s + 1, states - 1): 1 - self.FIRE}),
                 Pair(Fraction(2 if s == states - 1 else min(s, 1)), {0: Fraction(1)})] for s in range(states)]

    def model(self, states):
        return {"kind": "forest", "states": states, "r1": 4.0, "r2": 2.0, "p": 0.1}

    def test_discounted(self):
        for discount, expected in (("0.9", [Fraction(n, 250) for n in (6561, 7371, 8371)]),
                                   ("0.96", [Fraction(n, 625) for n in (46656, 48816, 51316)])):  # a span without correction says 5.93, 9.39, 13.39
            self.assertEqual(exact_discounted(self.exact_model(3), "max", Fraction(discount)), expected)
            criterion, steps = discounted(float(discount))
            self.check(self.model(3), criterion, dict(enumerate(expected)), steps, actions={0: 0, 1: 0, 2: 0})

    def test_average(self):
        for states, digits in ((3, "3.24"), (10, "1.549681956")):
            gain = average_reward(self.exact_model(states), "max")
            self.check_print(gain[0], digits)
            self.check(self.model(states), {"kind": "average_reward", "objective": "max"}, dict(enumerate(gain)), steps=states)

    def test_finite_horizon(self):
        expected = [["2.6973", "5.9373", "9.9373"], ["0.81", "3.24", "7.24"], ["0", "1", "4"]]  # [stage][state]
        expected = [[Fraction(v) for v in stage] for stage in expected]
        self.assertEqual(finite_horizon(self.exact_model(3), "max", 3, Fraction(9, 10))[:3], expected)
        for ranks in (1, 2, 3, 4):
            with self.subTest(ranks=ranks):
                ending = self.solve(self.model(3), {"kind": "finite_horizon", "horizon": 3, "discount": 0.9, "objective": "max"}, ranks)
                self.check_values(ending, dict(enumerate(expected[0])), steps=3)
                for stage in range(3):
                    for state in range(3):
                        self.assertAlmostEqual(ending.result("stage_value")[state, stage], float(expected[stage][state]), delta=1e-14)


main()
