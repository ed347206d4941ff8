"""500 random models and 100 interval models of every criterion against the oracle in exact rationals.

Each criterion at two rank counts, each method at one, some with one objective; slow_exact_random runs all of them at 1, 2, 3 and 4.
"""
from bellshard_runs import main
from exact_random_checks import PROBLEMS, ROBUST, ExactRandom

ONE_OBJECTIVE = ("anderson", "prioritised")


class RandomModels(ExactRandom):
    pass


class RobustModels(ExactRandom):
    robust = True


def add_test(test_class, name, objective, method, ranks):
    def check(self):
        for count in ranks:
            with self.subTest(ranks=count):
                self.check_run(name, objective, method, count)
    setattr(test_class, f"test_{name}_{objective}_{method}", check)


def add_tests():
    groups = [(RandomModels, *item) for item in PROBLEMS.items()] + [(RobustModels, *item) for item in ROBUST.items()]
    for number, (test_class, name, problem) in enumerate(groups):
        for turn, objective in enumerate(("max", "min")):
            add_test(test_class, name, objective, "auto", [2, 4] if (number + turn) % 2 else [1, 3])
            for place, method in enumerate(problem.methods):
                if method in ONE_OBJECTIVE and (number + turn + place) % 2:
                    continue
                add_test(test_class, name, objective, method, [1 + (number + 2 * turn + place) % 4])


add_tests()
main()
