"""Interval models of other tools' tests, by hand, with nature against us and with us, at 1, 2, 3 and 4 ranks.

Each known value is confirmed by the oracle in exact rationals before the program is asked. The four numbers of a model, as Storm's
tests give them: max with nature against us and with us, min with nature against us and with us. All models lie in one file.
"""
import dataclasses
from fractions import Fraction

import exact_mdp
import exact_robust
from bellshard_runs import main
from closed_form_checks import RANKS, FileModels
from exact_mdp import Pair
from random_mdps import shifted

F = Fraction
QUESTIONS = (("max", "adversarial"), ("max", "cooperative"), ("min", "adversarial"), ("min", "cooperative"))


def pair(reward, odds):
    """odds: state -> probability, or -> (least, greatest)."""
    ends = {t: p if isinstance(p, tuple) else (p, p) for t, p in odds.items()}
    return Pair(F(reward), {t: F(p) for t, (p, _) in ends.items()}, {t: F(p) for t, (_, p) in ends.items()})


def sure(*next_states):
    """One action to each."""
    return [pair(0, {t: 1}) for t in next_states]


@dataclasses.dataclass
class Case:
    mdp: list
    target: set
    values: tuple    # of the first state, in the order of QUESTIONS
    start: int = 0
    off: str = "0"   # how far the printed values may be off


def solve(case, objective, nature, horizon=None):
    """By the oracle, [state]."""
    oracle, mdp = (exact_robust, case.mdp) if nature == "adversarial" else (exact_mdp, exact_robust.with_nature(case.mdp))
    return oracle.bounded_reachability(mdp, objective, horizon, case.target) if horizon else oracle.reachability(mdp, objective, case.target)


GAMBLE, WORSE = pair(0, {1: ("0.4", "0.9"), 2: ("0.5", "0.8")}), pair(0, {1: ("0.3", "0.7"), 2: ("0.4", "0.8")})
TINY_01 = [[GAMBLE], sure(1), sure(2)]
TINY_03 = [[GAMBLE, WORSE], sure(1), sure(2)]
LATER_GAMBLE = pair(0, {3: ("0.4", "0.9"), 4: ("0.5", "0.8")})
TINY_04 = [[pair(0, {1: "0.4", 2: "0.3", 3: ("0.1", "0.6")})], sure(1, 2), [LATER_GAMBLE, LATER_GAMBLE, *sure(0)], sure(3), sure(4)]
TINY_BOUNDED = [[pair(0, {0: ("0.4", "0.6"), 1: ("0.2", "0.5")})], [pair(0, {0: ("0.1", "0.2"), 2: ("0.8", "1")})],
                [pair(0, {1: ("0.3", "0.5"), 3: ("0.6", "1")})], sure(3)]
# PRISM's robot; it is stuck in 2 and 3
P, Q = F("0.4"), F("0.6")
ROBOT = [[pair(1, {1: "0.6", 0: "0.4"}), pair(1, {3: "0.8", 1: "0.1", 4: "0.1"})],
         [pair(1, {2: ("0.8", "0.9"), 1: ("0.1", "0.2")}), pair(1, {4: (P, Q), 2: (1 - Q, 1 - P)})],
         [pair(1, {2: 1})], [pair(1, {3: 1})],
         [pair(1, {5: 1}), pair(1, {3: "0.6", 4: "0.4"})],
         [pair(1, {2: "0.9", 5: "0.1"}), pair(1, {4: 1})]]
# A quotient of the crowds protocol: intervals without any width
CROWDS = [{32: 1}, {31: 1}, {30: 1}, {29: "0.2", 30: "0.8"}, {18: "0.2", 31: "0.8"}, {29: 1}, {28: 1}, {9: "0.8", 29: "0.2"},
          {18: "0.167", 26: "0.833"}, {5: "0.167", 27: "0.833"}, {25: 1}, {24: 1}, {22: "0.2", 24: "0.8"}, {18: "0.2", 25: "0.8"}, {22: 1},
          {17: "0.8", 22: "0.2"}, {18: "0.167", 20: "0.833"}, {14: "0.167", 21: "0.833"}, {18: 1}, {16: "0.8", 18: "0.2"}, {13: "0.2", 19: "0.8"},
          {12: "0.2", 15: "0.8"}, {10: 1}, {8: "0.8", 18: "0.2"}, {6: "0.167", 21: "0.833"}, {5: "0.167", 20: "0.833"}, {4: "0.2", 23: "0.8"},
          {3: "0.2", 7: "0.8"}, {2: 1}, {1: 1}, {0: "0.167", 27: "0.833"}, {0: "0.167", 26: "0.833"}, {32: 1}]


def window(first, last, least, greatest):
    """tiny-bounded meets its target at a step in [first, last]: each step has states of its own."""
    mdp = [[shifted(step, (t + 1) * 4) for step in row] for t in range(last) for row in TINY_BOUNDED] + [sure(last * 4 + s) for s in range(4)]
    return Case(mdp, {t * 4 + 2 for t in range(first, last + 1)}, (least, greatest, greatest, least))


REACHED = [Case(TINY_01, {1}, ("0.4", "0.5", "0.5", "0.4")), Case(TINY_03, {1}, ("0.4", "0.6", "0.5", "0.3")), Case(TINY_04, {3}, (1, 1, F(3, 7), "0.42")),
           window(2, 2, "0.32", "0.45"), window(4, 4, "0.1952", "0.324"), window(4, 5, "0.3236", "0.50292"), window(4, 6, "0.37928", "0.57888"),
           Case(ROBOT, {2, 3}, (1, 1, "0.6", "0.4")),
           Case([[pair(0, odds)] for odds in CROWDS], {32}, ("0.1383409",) * 4, start=11, off="1e-6")]  # printed by an iteration that stops at 1e-6
REACHED_IN_TIME = {3: Case(TINY_03, {1}, ("0.4", "0.6", "0.5", "0.3")),
                   4: Case(TINY_BOUNDED, {2}, ("0.6528", "0.81", "0.81", "0.6528")), 2: Case(TINY_BOUNDED, {2}, ("0.32", "0.45", "0.45", "0.32"))}
MOST_STEPS = max(REACHED_IN_TIME)


class IntervalModels(FileModels):
    def write(self, cases):
        """One after the other, and the first state of each."""
        mdp, goal, first = [], set(), []
        for case in cases:
            first.append(len(mdp))
            goal |= {len(mdp) + s for s in case.target}
            mdp += [[shifted(step, first[-1]) for step in row] for row in case.mdp]
        return self.model(mdp, labels={"goal": goal}), first

    def exact(self, case, question, horizon=None):
        """Of all states; the printed value is that of the start."""
        values, printed = solve(case, *QUESTIONS[question], horizon), F(case.values[question])
        self.assertLessEqual(abs(values[case.start] - printed), F(case.off), QUESTIONS[question])
        return values

    def check_questions(self, criterion, cases, check):
        model, first = self.write(cases)
        for question, (objective, nature) in enumerate(QUESTIONS):
            for ranks in RANKS:
                with self.subTest(objective, nature=nature, ranks=ranks):
                    check(question, first, self.solve(model, {**criterion, "objective": objective, "nature": nature, "target": "goal"}, ranks))

    def test_reached(self):
        exact = [[self.exact(case, question) for case in REACHED] for question in range(len(QUESTIONS))]

        def check(question, first, ending):
            self.check_values(ending, {begin + s: v for begin, values in zip(first, exact[question]) for s, v in enumerate(values)}, steps=6)
        self.check_questions({"kind": "reachability"}, REACHED, check)

    def test_reached_in_time(self):
        """One run with most steps: stage_value [state, stage] has the values with fewer."""
        exact = [[self.exact(case, question, horizon) for horizon, case in REACHED_IN_TIME.items()] for question in range(len(QUESTIONS))]

        def check(question, first, ending):
            stages = ending.result("stage_value")
            for horizon, begin, values in zip(REACHED_IN_TIME, first, exact[question]):
                if horizon == MOST_STEPS:
                    self.check_values(ending, {begin + s: v for s, v in enumerate(values)}, steps=horizon)
                for s, value in enumerate(values):
                    self.assertAlmostEqual(stages[begin + s, MOST_STEPS - horizon], float(value), delta=1e-14)
        self.check_questions({"kind": "bounded_reachability", "horizon": MOST_STEPS}, list(REACHED_IN_TIME.values()), check)

    def test_robot(self):
        """Pmaxmin = max(p, (1 + p) / 10), Rminmax = 98 / 80, p = 1/2 - delta."""
        self.assertEqual(exact_robust.reachability(ROBOT, "max", {5})[0], F(2, 5))
        model = self.model(ROBOT, labels={"goal1": {5}, "goal2": {2, 3}})
        self.check(model, {"kind": "reachability", "objective": "max", "target": "goal1"}, {0: F(2, 5)})
        self.check(model, {"kind": "total_reward", "objective": "min", "target": "goal1 | goal2"}, {0: F(98, 80)})


main()
