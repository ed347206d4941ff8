"""Stochastic growth on the grid of the benchmark, 17820 capitals and 1.6e9 pairs, and on every tenth of them."""
import numpy as np

from bellshard_runs import main
from closed_form_checks import RANKS, KnownValues, discounted
from growth_by_bisection import CHAIN, DISCOUNT, PUBLISHED_CHAIN, STEADY, Growth

POINTS, AT = 17820, (999, 2)
CHECK = 0.146549143695695  # printed by the benchmark: the next capital there


class WholeGrid(KnownValues):
    patience = 1500

    def test_oracle(self):
        """On the benchmark's own grid and chain it needs as many sweeps and gives the number that the benchmark prints."""
        growth = Growth(POINTS, 1e-5, PUBLISHED_CHAIN)
        _, policy, sweeps = growth.solve(1e-7)
        self.assertEqual(sweeps, 257)
        self.assertAlmostEqual(growth.capital[policy[AT]], CHECK, delta=1e-11)

    def run_growth(self, points, ranks):
        model = {"kind": "growth", "capital_points": points, "discount": DISCOUNT}
        ending = self.solve(model, discounted(DISCOUNT)[0], ranks, tolerance=1e-7)
        return [ending.result(name).reshape(points, 5) for name in ("lower", "upper", "action")]

    def test_every_tenth(self):
        points = POINTS // 10
        growth = Growth(points, STEADY / points, CHAIN)
        value, policy, _ = growth.solve(1e-12)
        off = np.abs(growth.sweep_of_all(value) - value).max() / (1 - DISCOUNT) + 1e-12
        self.assertLess(off, 1e-9)
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                lower, upper, action = self.run_growth(points, ranks)
                self.assertTrue(np.all(lower <= value + off) and np.all(value - off <= upper))
                self.assertLessEqual(np.abs(action - policy).max(), 1)  # neighbours may tie
                self.assertAlmostEqual(growth.capital[action[AT[0] // 10, AT[1]]], CHECK, delta=2 * STEADY / points)

    def test_whole_grid(self):
        growth = Growth(POINTS, STEADY / POINTS, CHAIN)
        value, policy, _ = growth.solve(1e-7)
        lower, upper, action = self.run_growth(POINTS, 2)
        off = 1e-7 * DISCOUNT / (1 - DISCOUNT) + 1e-8
        self.assertTrue(np.all(lower <= value + off) and np.all(value - off <= upper))
        self.assertEqual(action[AT], policy[AT])
        self.assertAlmostEqual(growth.capital[action[AT]], CHECK, delta=2 * STEADY / POINTS)  # another grid and chain: a step beside


main()
