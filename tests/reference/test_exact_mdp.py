"""The oracle against the definitions (brute_force_mdp) on small random models, and on models that are solved with a pencil."""
import math
import random
import unittest
from fractions import Fraction

import brute_force_mdp
import exact_average
import exact_graph
import exact_mdp
import exact_robust
from exact_mdp import Pair, with_rewards
from random_mdps import random_cases, random_interval_cases, union

DISCOUNT = Fraction(7, 8)
SMALL = [case for case in random_cases(400, seed=7) if math.prod(len(pairs) for pairs in case.mdp) <= 60]


def pair(reward, **odds):
    return Pair(Fraction(reward), {int(name[1:]): Fraction(p) for name, p in odds.items()})


class AgainstEveryPolicy(unittest.TestCase):
    def compare(self, oracle, definition):
        self.assertGreater(len(SMALL), 150)
        for objective in ("max", "min"):
            for number, case in enumerate(SMALL):
                with self.subTest(objective, case=number):
                    self.assertEqual(oracle(case, objective), definition(case, objective))

    def test_discounted(self):
        self.compare(lambda case, objective: exact_mdp.discounted(case.mdp, objective, DISCOUNT),
                     lambda case, objective: brute_force_mdp.discounted(case.mdp, objective, DISCOUNT))

    def test_finite_horizon(self):
        self.compare(lambda case, objective: exact_mdp.finite_horizon(case.mdp, objective, 3, DISCOUNT)[0],
                     lambda case, objective: brute_force_mdp.finite_horizon(case.mdp, objective, 3, DISCOUNT))

    def test_reachability(self):
        self.compare(lambda case, objective: exact_mdp.reachability(case.mdp, objective, case.goal, case.hazard),
                     lambda case, objective: brute_force_mdp.reachability(case.mdp, objective, case.goal, case.hazard))

    def test_total_reward(self):
        self.compare(lambda case, objective: exact_mdp.total_reward(with_rewards(case.mdp, case.cost), objective, case.goal),
                     lambda case, objective: brute_force_mdp.total_reward(with_rewards(case.mdp, case.cost), objective, case.goal))

    def test_average_reward(self):
        self.compare(lambda case, objective: exact_average.average_reward(case.mdp, objective),
                     lambda case, objective: brute_force_mdp.average_reward(case.mdp, objective))

    def test_bounded_reachability(self):
        unlimited = 10 ** 6
        self.compare(lambda case, objective: exact_mdp.bounded_reachability(case.mdp, objective, 3, case.goal, case.hazard),
                     lambda case, objective: brute_force_mdp.until_budget(with_rewards(case.mdp, case.whole), objective, case.goal, unlimited, case.hazard, 3))

    def test_reward_reachability(self):
        """A bound on the steps bounds the budget where each step costs 1."""
        def ones(case):
            return with_rewards(case.mdp, [[1] * len(pairs) for pairs in case.mdp])
        self.compare(lambda case, objective: exact_mdp.reward_reachability(ones(case), objective, case.goal, 4, case.hazard),
                     lambda case, objective: exact_mdp.bounded_reachability(case.mdp, objective, 4, case.goal, case.hazard))

    def test_reward_reachability_with_free_steps(self):
        """The tree of 5 steps lies below, and above it what is still possible after them."""
        strictly = 0
        for case in SMALL[:120]:
            mdp = with_rewards(case.mdp, case.whole)
            for objective in ("max", "min"):
                exact = exact_mdp.reward_reachability(mdp, objective, case.goal, 3, case.hazard)
                tree = brute_force_mdp.until_budget(mdp, objective, case.goal, 3, case.hazard, 5)
                unlimited = exact_mdp.reachability(mdp, objective, case.goal, case.hazard)
                for low, value, high in zip(tree, exact, unlimited):
                    self.assertTrue(low <= value <= high, (low, value, high))
                    strictly += value < high
        self.assertGreater(strictly, 50)


class Robust(unittest.TestCase):
    """Against every policy with nature's best answer, and against nature without a choice."""

    def compare(self, robust, exact):
        cases = [case for case in random_interval_cases(80, seed=9) if math.prod(len(pairs) for pairs in case.mdp) <= 12]
        self.assertGreater(len(cases), 20)
        for case in cases:
            for objective in ("max", "min"):
                candidates = []
                for policy in brute_force_mdp.policies(case.mdp):
                    nature = [exact_robust.vertices(pairs[a]) for pairs, a in zip(case.mdp, policy)]
                    candidates.append(exact(nature, exact_robust.opponent(objective), case))
                self.assertEqual(robust(case.mdp, objective, case), brute_force_mdp.best_of(candidates, objective))

    def test_discounted(self):
        self.compare(lambda mdp, objective, case: exact_robust.discounted(mdp, objective, DISCOUNT),
                     lambda mdp, objective, case: exact_mdp.discounted(mdp, objective, DISCOUNT))

    def test_reachability(self):
        self.compare(lambda mdp, objective, case: exact_robust.reachability(mdp, objective, case.goal, case.hazard),
                     lambda mdp, objective, case: exact_mdp.reachability(mdp, objective, case.goal, case.hazard))

    def test_without_width_nature_has_no_choice(self):
        for case in random_cases(40, seed=11):
            mdp = [[Pair(p.reward, p.next, dict(p.next)) for p in pairs] for pairs in case.mdp]
            for objective in ("max", "min"):
                self.assertEqual(exact_robust.discounted(mdp, objective, DISCOUNT), exact_mdp.discounted(case.mdp, objective, DISCOUNT))
                self.assertEqual(exact_robust.reachability(mdp, objective, case.goal), exact_mdp.reachability(case.mdp, objective, case.goal))
                self.assertEqual(exact_robust.finite_horizon(mdp, objective, 4), exact_mdp.finite_horizon(case.mdp, objective, 4)[0])


class WithAPencil(unittest.TestCase):
    # 0 waits (reward 0) or tries (reward 1: half to 1, half to 2); 1 is the goal, 2 a trap.
    TRY = [[pair(0, s0=1), pair(1, s1="1/2", s2="1/2")], [pair(0, s1=1)], [pair(0, s2=1)]]

    def test_waiting_for_ever_is_no_way_to_the_goal(self):
        self.assertEqual(exact_mdp.reachability(self.TRY, "max", {1}), [Fraction(1, 2), 1, 0])
        self.assertEqual(exact_mdp.reachability(self.TRY, "min", {1}), [0, 1, 0])
        self.assertEqual(exact_mdp.reachability(exact_mdp.chain(self.TRY, [0, 0, 0]), "max", {1}), [0, 1, 0])

    def test_a_free_loop_does_not_save_the_cost(self):
        mdp = [[pair(0, s0=1), pair(3, s1=1)], [pair(0, s1=1)]]
        self.assertEqual(exact_mdp.total_reward(mdp, "min", {1}), [3, 0])
        self.assertEqual(exact_mdp.total_reward(mdp, "max", {1}), [math.inf, 0])

    def test_average_of_two_classes(self):
        mdp = [[pair(9, s1=1), pair(0, s2=1)], [pair(1, s1="1/2", s3="1/2")], [pair(2, s2=1)], [pair(2, s1=1)]]
        self.assertEqual(exact_average.average_reward(mdp, "max"), [2, Fraction(4, 3), 2, Fraction(4, 3)])
        self.assertEqual(exact_average.average_reward(mdp, "min"), [Fraction(4, 3), Fraction(4, 3), 2, Fraction(4, 3)])

    def test_end_components(self):
        mdp = [[pair(0, s1=1), pair(0, s2=1)], [pair(0, s0="1/2", s1="1/2")], [pair(0, s2=1), pair(0, s0=1)], [pair(0, s0=1)]]
        self.assertEqual(exact_graph.end_components(mdp), [({0, 1, 2}, [(0, 0), (0, 1), (1, 0), (2, 0), (2, 1)])])

    def test_forest_of_three_states(self):
        """Wait or cut; fires with 1/10; the published values are 6561/250, 7371/250, 8371/250 at discount 9/10."""
        wait = [Fraction(1, 10), Fraction(9, 10)]
        mdp = [[Pair(Fraction([0, 0, 4][s]), {0: wait[0], min(s + 1, 2): wait[1]}), Pair(Fraction(min(s, 1) + (s == 2)), {0: Fraction(1)})] for s in range(3)]
        self.assertEqual(exact_mdp.discounted(mdp, "max", Fraction(9, 10)), [Fraction(n, 250) for n in (6561, 7371, 8371)])
        self.assertEqual(exact_average.average_reward(mdp, "max"), [Fraction(81, 25)] * 3)


class RandomModels(unittest.TestCase):
    """The drawn models hold what they are there for."""

    def test_distributions(self):
        for case in random_cases():
            for pairs in case.mdp:
                self.assertIn(len(pairs), (1, 2, 3))
                for p in pairs:
                    self.assertEqual(sum(p.next.values()), 1)
                    self.assertTrue(all(x > 0 for x in p.next.values()))
        for case in random_interval_cases():
            for p in (p for pairs in case.mdp for p in pairs):
                self.assertTrue(sum(p.next.values()) <= 1 <= sum(p.upper.values()))
                self.assertTrue(all(0 < p.next[t] <= p.upper[t] <= 1 for t in p.next))

    def test_variety(self):
        counts = {"fractional": 0, "finite total": 0, "infinite total": 0, "component": 0, "multichain": 0, "tie": 0}
        for case in random_cases():
            costly = with_rewards(case.mdp, case.cost)
            values = exact_mdp.total_reward(costly, "min", case.goal)
            counts["fractional"] += any(0 < v < 1 for v in exact_mdp.reachability(case.mdp, "max", case.goal, case.hazard))
            counts["finite total"] += any(0 < v < math.inf for v in values)
            counts["infinite total"] += math.inf in values
            counts["component"] += any(len(states) > 1 and states.isdisjoint(case.goal) for states, _ in exact_graph.end_components(case.mdp))
            counts["multichain"] += len(set(exact_average.average_reward(case.mdp, "max"))) > 1
            counts["tie"] += any(len({exact_mdp.q_value(p, values) for p in pairs}) < len(pairs) for pairs in costly)
        self.assertGreaterEqual(min(counts.values()), 50, counts)

    def test_the_union_is_solved_case_by_case(self):
        cases = random_cases(6)
        joined = union(cases)
        expected = [v for case in cases for v in exact_mdp.discounted(case.mdp, "max", DISCOUNT)]
        self.assertEqual(exact_mdp.discounted(joined.mdp, "max", DISCOUNT), expected)


unittest.main(verbosity=2)
