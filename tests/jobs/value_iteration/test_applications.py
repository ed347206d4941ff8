"""Generated models of inventory, epidemics, machines and growth against published tables, exact sums and plain solvers."""
import hashlib
import itertools
from fractions import Fraction

import numpy as np

from bellshard_runs import main
from closed_form_checks import KnownValues, discounted, published
from exact_mdp import Pair
from exact_mdp import discounted as exact_discounted

# De Moor, Gijsbrechts and Boute (2022), figure 3: orders by stock of age 1, 8 down to 0, and of age 2, 0 to 8.
LIFO = ["000000000", "000000000", "000000000", "000000000", "111111111", "222222222", "333333333", "333333333", "333333333"]
FIFO = ["100000000", "110000000", "211000000", "221100000", "322111100", "332211111", "433322222", "443333333", "444444444"]


class Inventories(KnownValues):
    def test_puterman(self):
        """The expected rewards of three periods (Puterman 1994, section 3.2), as of a model in a file: test_small_models."""
        expected = [Fraction(n, 16) for n in (67, 129, 194, 227)]
        model = {"kind": "inventory", "capacity": 3, "fixed_cost": 4.0, "unit_cost": 2.0, "holding_cost": 1.0, "price": 8.0, "demand": [0.25, 0.5, 0.25]}
        self.check(model, {"kind": "finite_horizon", "horizon": 3, "objective": "max"}, dict(enumerate(expected)), steps=3)

    def test_perishable_orders(self):
        for issue, table in (("lifo", LIFO), ("fifo", FIFO)):
            for ranks in (1, 2, 3, 4):
                with self.subTest(issue, ranks=ranks):
                    model = {"kind": "perishable", "life": 2, "lead_time": 1, "max_order": 10, "issue": issue, "demand": "gamma", "demand_mean": 4.0,
                             "demand_variation": 0.5, "max_demand": 100, "order_cost": 3.0, "shortage_cost": 5.0, "waste_cost": 7.0, "holding_cost": 1.0}
                    action = self.solve(model, discounted(0.99)[0], ranks, tolerance=1e-8).result("action").reshape(11, 11)
                    orders = ["".join(map(str, action[fresh, :9])) for fresh in range(8, -1, -1)]
                    self.assertEqual(orders, table)

    def test_perishable_orders_in_14641_states(self):
        """Units live for three periods and arrive after two: the orders that an independent code gives, as a digest of one byte a state."""
        model = {"kind": "perishable", "life": 3, "lead_time": 2, "max_order": 10, "issue": "lifo", "demand": "gamma", "demand_mean": 4.0,
                 "demand_variation": 0.5, "max_demand": 100, "order_cost": 3.0, "shortage_cost": 5.0, "waste_cost": 7.0, "holding_cost": 1.0}
        for ranks in (1, 2, 3, 4):
            with self.subTest(ranks=ranks):
                action = self.solve(model, discounted(0.99)[0], ranks, tolerance=1e-8).result("action")
                self.assertEqual(np.bincount(action).tolist(), [10043, 1089, 1331, 2178])
                self.assertEqual(hashlib.sha256(action.astype(np.uint8).tobytes()).hexdigest(),
                                 "09c3b14f4e61e77b147d455332b748f44dd1f80234db7c32efaedfd8e9db497d")

    def test_perishable_gain(self):
        """Hendrix et al. (2019): profit of a period with Poisson demand of mean 5, cost 1/2, price 1; printed with two decimals."""
        for life, gain in ((2, 2.22), (3, 2.40), (4, 2.47)):
            for ranks in (1, 2, 3, 4) if life < 4 else (1, 2):
                with self.subTest(life=life, ranks=ranks):
                    model = {"kind": "perishable", "life": life, "lead_time": 1, "max_order": 10, "issue": "fifo", "demand": "poisson", "demand_mean": 5.0,
                             "max_demand": 100, "price": 1.0, "order_cost": 0.5, "shortage_cost": 0.0, "waste_cost": 0.0, "holding_cost": 0.0}
                    ending = self.solve(model, {"kind": "average_reward", "objective": "max"}, ranks, tolerance=1e-4)
                    lower, upper = ending.result("lower"), ending.result("upper")
                    self.assertGreaterEqual(upper.min(), gain - 0.005)
                    self.assertLessEqual(lower.max(), gain + 0.005)


class Epidemic(KnownValues):
    """Printed by an independent code with bounds of its own; it agrees with the policy counts of madupite (Gargiani et al. 2024)."""

    def check_epidemic(self, population, discount, printed, counts, ranks, off=0, tolerance=1e-9, **more):
        model = {"kind": "infectious_disease", "population": population, **more}
        known = {state: (published(digits)[0], published(digits)[1] + Fraction(off)) for state, digits in printed.items()}
        criterion, steps = discounted(discount, "min")
        for count in ranks:
            with self.subTest(ranks=count):
                ending = self.solve(model, criterion, count, tolerance=tolerance)
                self.check_values(ending, known, steps, tolerance=tolerance)
                if counts is None:
                    continue
                actions, times = np.unique(ending.result("action"), return_counts=True)
                self.assertEqual(dict(zip(actions.tolist(), times.tolist())), counts)

    THOUSAND = {0: "-1900.236884252", 500: "-843.346289129", 999: "-1707.662873089", 1000: "-2000"}

    def test_1000_people(self):
        self.check_epidemic(1000, 0.99, self.THOUSAND, {0: 3, 19: 998}, ranks=(1, 2, 3, 4))

    def test_1000_people_without_stored_transitions(self):
        self.check_epidemic(1000, 0.99, self.THOUSAND, {0: 3, 19: 998}, ranks=(2,), storage="matrix_free")

    def test_1000_people_at_9999_10000(self):
        """Rounding is larger than 1e-8 at values of 2e5: a stop rule in absolute numbers never ends."""
        self.check_epidemic(1000, 0.9999, {0: "-199900.2368842", 500: "-198818.5661403", 999: "-199706.5686924", 1000: "-200000"}, None,  # actions tie within rounding
                            ranks=(1, 2, 3, 4), off="2e-7")

    def test_20000_people_to_nine_digits(self):
        """Where all are susceptible nothing costs, for ever. Plain sums of 100 transitions could prove 3e-8 here."""
        gamma = Fraction(0.9999)
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                ending = self.solve({"kind": "infectious_disease", "population": 20000}, discounted(0.9999, "min")[0], ranks, tolerance=1e-9)
                self.check_values(ending, {20000: -20 / (1 - gamma)}, tolerance=1e-9)

    def test_5000_people(self):
        self.check_epidemic(5000, 0.99, {0: "-1414.0817716", 2500: "25334.0518483", 4999: "13619.1088964", 5000: "-2000"},
                            {0: 3269, 14: 71, 16: 360, 17: 822, 19: 479}, ranks=(1, 2, 3, 4), off="6e-7", tolerance=1e-8)


class AdditiveProduct(KnownValues):
    """Independent machines: the value of the whole is the sum of the machines', each solved by the oracle."""
    WEAR, MEND, EFFORT, DISCOUNT = Fraction(3, 5), Fraction(4, 5), Fraction(2), Fraction(19, 20)

    def machine(self, k, factors, levels):
        rows, wear = [], self.WEAR * (k + 1) / factors
        for worn in range(levels):
            runs = {worn + 1: wear, worn: 1 - wear} if worn + 1 < levels else {worn: Fraction(1)}
            mends = {worn - 1: self.MEND, worn: 1 - self.MEND} if worn > 0 else {worn: Fraction(1)}
            rows.append([Pair(Fraction(worn), {t: p for t, p in odds.items() if p}) for odds in (runs, mends)])
            rows[-1][1] = Pair(worn + self.EFFORT * (k + 1), rows[-1][1].next)
        return exact_discounted(rows, "min", self.DISCOUNT)

    def check_product(self, factors, levels, ranks, **more):
        values = [self.machine(k, factors, levels) for k in range(factors)]
        sums = {state: sum(values[k][digit] for k, digit in enumerate(digits)) for state, digits in enumerate(itertools.product(range(levels), repeat=factors))}
        criterion, steps = discounted(float(self.DISCOUNT), "min")
        self.check({"kind": "additive", "factors": factors, "levels": levels, "wear": 0.6, "mend": 0.8, "effort": 2.0, **more}, criterion, sums, steps, ranks)

    def test_three_machines(self):
        self.check_product(3, 8, (1, 2, 3, 4), storage="matrix_free")

    def test_three_machines_stored(self):
        self.check_product(3, 8, (3,), storage="stored")

    def test_four_machines(self):
        self.check_product(4, 9, (2,), storage="matrix_free")


class Growth(KnownValues):
    """Stochastic growth (Aruoba and Fernandez-Villaverde 2015) on a coarse grid against policy iteration with dense matrices."""
    CHAIN = np.array([[.9727, .0273, 0, 0, 0], [.0041, .9806, .0153, 0, 0], [0, .0082, .9836, .0082, 0], [0, 0, .0153, .9806, .0041], [0, 0, 0, .0273, .9727]])
    LEVELS, DISCOUNT = np.array([.9792, .9896, 1, 1.0106, 1.0212]), 0.95

    def by_policy_iteration(self, points):
        """[capital, productivity]"""
        steady = (self.DISCOUNT / 3) ** 1.5
        capital = 0.5 * steady + steady / points * np.arange(points)
        reward = (1 - self.DISCOUNT) * np.log((np.outer(capital ** (1 / 3), self.LEVELS))[:, :, None] - capital)  # [k, z, k']
        policy = np.zeros((points, 5), dtype=int)
        while True:
            moves = np.zeros((points, 5, points, 5))
            for k, z in itertools.product(range(points), range(5)):
                moves[k, z, policy[k, z]] = self.CHAIN[z]
            size = 5 * points
            here = np.take_along_axis(reward, policy[..., None], axis=2).reshape(size)
            value = np.linalg.solve(np.eye(size) - self.DISCOUNT * moves.reshape(size, size), here).reshape(points, 5)
            q = reward + self.DISCOUNT * (self.CHAIN @ value.T)[None]
            better = q.argmax(axis=2)
            if np.all(q.max(axis=2) <= value + 1e-14):
                return value
            policy = better

    def test_coarse_grid(self):
        value = self.by_policy_iteration(60).reshape(-1)
        known = {s: (Fraction(float(v)), Fraction(1, 10 ** 12)) for s, v in enumerate(value)}
        criterion, _ = discounted(self.DISCOUNT)
        self.check({"kind": "growth", "capital_points": 60, "discount": 0.95}, criterion, known)


main()
