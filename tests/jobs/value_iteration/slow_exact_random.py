"""As test_exact_random, with every criterion, objective and method at 1, 2, 3 and 4 ranks."""
import itertools

from bellshard_runs import main
from exact_random_checks import PROBLEMS, ROBUST, ExactRandom


class RandomModels(ExactRandom):
    pass


class RobustModels(ExactRandom):
    robust = True


def run(name, objective, method, ranks):
    return lambda self: self.check_run(name, objective, method, ranks)


def add_tests():
    for test_class, problems in ((RandomModels, PROBLEMS), (RobustModels, ROBUST)):
        for (name, problem), objective, ranks in itertools.product(problems.items(), ("max", "min"), (1, 2, 3, 4)):
            for method in ("auto", *problem.methods):
                setattr(test_class, f"test_{name}_{objective}_{method}_{ranks}_ranks", run(name, objective, method, ranks))


add_tests()
main()
