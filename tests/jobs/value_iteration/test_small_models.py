"""Models of textbooks and of other tools' tests, written to files by hand, with their known values at 1, 2, 3 and 4 ranks.

Each known value is confirmed by the oracle in exact rationals before the program is asked.
"""
from fractions import Fraction

import exact_mdp
from bellshard_runs import main
from closed_form_checks import RANKS, FileModels, discounted
from exact_average import average_reward
from exact_mdp import Pair

F = Fraction


def pair(reward, odds, upper=None):
    return Pair(F(reward), {t: F(p) for t, p in odds.items()}, upper and {t: F(p) for t, p in upper.items()})


def sure(t):
    return {t: 1}


class SmallModels(FileModels):
    def check_discounted(self, mdp, discount, expected, actions=None, objective="max"):
        self.assertEqual(exact_mdp.discounted(mdp, objective, F(discount)), expected)
        criterion, steps = discounted(float(discount), objective)
        self.check(self.model(mdp), criterion, dict(enumerate(expected)), steps, actions=actions)

    def test_puterman_3_1(self):
        b = F("0.95")
        mdp = [[pair(5, {0: "1/2", 1: "1/2"}), pair(10, sure(1))], [pair(-1, sure(1))]]
        self.check_discounted(mdp, "0.95", [(5 - F("5.5") * b) / ((1 - b / 2) * (1 - b)), -1 / (1 - b)], actions={0: 0})

    TOOLBOX = [[pair(5, {0: "1/2", 1: "1/2"}), pair(10, sure(1))], [pair(-1, {0: "4/5", 1: "1/5"}), pair(2, {0: "1/10", 1: "9/10"})]]

    def test_two_states_of_pymdptoolbox(self):
        self.check_discounted(self.TOOLBOX, "0.9", [F(1825, 43), F(1550, 43)], actions={0: 1, 1: 0})

    def test_two_states_of_pymdptoolbox_on_average(self):
        self.assertEqual(average_reward(self.TOOLBOX, "max"), [F(35, 9)] * 2)
        self.check(self.model(self.TOOLBOX), {"kind": "average_reward", "objective": "max"}, {0: F(35, 9), 1: F(35, 9)}, actions={0: 1, 1: 0})

    def test_reward_of_one_state(self):
        """Storm's discounted test: 1 or 100 a step."""
        mdp = [[pair(1, sure(0)), pair(100, sure(0))]]
        self.check_discounted(mdp, "0.9", [F(1000)], actions={0: 1})
        for horizon, expected in ((5, F(40951, 100)), (10, F(6513215599, 10 ** 7))):
            self.assertEqual(exact_mdp.finite_horizon(mdp, "max", horizon, F("0.9"))[0], [expected])
            self.check(self.model(mdp), {"kind": "finite_horizon", "horizon": horizon, "discount": 0.9, "objective": "max"}, {0: expected}, steps=horizon)

    def test_two_ways_to_the_end(self):
        """Storm's discounted test: 4 in the second step, or 1 a step until the end comes with 1/5. At 15/16 both are worth 15/4."""
        mdp = [[pair(0, sure(1)), pair(0, sure(2))], [pair(4, sure(3))], [pair(1, {2: "4/5", 3: "1/5"})], [pair(0, sure(3))]]
        self.assertEqual(exact_mdp.total_reward(mdp, "max", {3})[0], 5)
        model = self.model(mdp, labels={"end": {3}})
        self.check(model, {"kind": "total_reward", "objective": "max", "target": "end"}, {0: 5, 1: 4, 2: 5, 3: 0}, steps=5, actions={0: 1})
        self.check_discounted(mdp, "0.9", [F(18, 5), 4, F(25, 7), 0], actions={0: 0})
        self.check_discounted(mdp, "0.9375", [F(15, 4), 4, 4, 0])

    def test_stochastic_inventory(self):
        """QuantEcon's and Puterman's (3.2.2): at most 3 in stock, demand 0, 1, 2 with 1/4, 1/2, 1/4; price 8, order 4 + 2 a, holding 1."""
        demand = {0: F(1, 4), 1: F(1, 2), 2: F(1, 4)}
        mdp = []
        for stock in range(4):
            row = []
            for order in range(4 - stock):
                there, odds = stock + order, {}
                for d, p in demand.items():
                    odds[max(there - d, 0)] = odds.get(max(there - d, 0), 0) + p
                row.append(pair(sum(8 * min(d, there) * p for d, p in demand.items()) - (4 + 2 * order if order else 0) - there, odds))
            mdp.append(row)
        expected = [[F(n, 16) for n in (67, 129, 194, 227)], [2, F(25, 4), 10, F(21, 2)], [0, 5, 6, 5], [0] * 4]
        self.assertEqual(exact_mdp.finite_horizon(mdp, "max", 3), expected)
        model = self.model(mdp)
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                ending = self.solve(model, {"kind": "finite_horizon", "horizon": 3, "objective": "max"}, ranks)
                self.check_values(ending, dict(enumerate(expected[0])), steps=3)
                self.assertEqual(ending.result("stage_value").T.tolist(), [[float(v) for v in stage] for stage in expected[:3]])  # exact in double


main()
