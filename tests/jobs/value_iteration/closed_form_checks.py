"""Known values against the proven bounds, at 1, 2, 3 and 4 ranks: what the tests of closed forms and of small models share."""
import math
from fractions import Fraction

import numpy as np

from bellshard_runs import DONE, JobTest, job_text
from mdp_file import write_mdp

RANKS = (1, 2, 3, 4)
ROUNDED_PARAMETERS = Fraction(1, 2 ** 51)  # relative: .1 in a job file is not 1/10 in the program


def published(digits):
    """A printed number, and how far the true one may lie from it."""
    decimals = len(digits.partition(".")[2])
    return Fraction(digits), Fraction(1, 2 * 10 ** decimals)


class KnownValues(JobTest):
    tolerance = 1e-9

    def solve(self, model, criterion, ranks, method="auto", tolerance=None):
        ending = self.run_job(job_text(model=model, criterion=criterion, solver={"method": method, "tolerance": tolerance or self.tolerance}),
                              name=f"at-{ranks}-{method}", ranks=ranks)
        self.assert_ends(ending, DONE)
        return ending

    def check_print(self, truth, digits):
        """A closed form and a number that a floating-point solver printed."""
        number, off = published(digits)
        self.assertLessEqual(abs(truth - number), off + abs(truth) / 10 ** 12, digits)

    def check_values(self, ending, known, steps=1, tolerance=None):
        """known: state -> value, infinite or not, or (value, how far it may be off); steps: about how many a value sums up, each of which
        rounds the model's parameters anew."""
        lower, upper, value = (ending.result(name) for name in ("lower", "upper", "value"))
        floor = Fraction(float(max(abs(value[np.isfinite(value)])))) / 1000
        for state, wanted in known.items():
            if wanted == math.inf:
                self.assertEqual((lower[state], value[state], upper[state]), (math.inf,) * 3, f"state {state}")
                continue
            truth, off = wanted if isinstance(wanted, tuple) else (Fraction(wanted), Fraction(0))
            off += ROUNDED_PARAMETERS * math.ceil(steps) * max(abs(truth), floor)
            low, high = Fraction(float(lower[state])), Fraction(float(upper[state]))
            said = f"state {state}: {float(truth)!r} is known, {float(low)!r} .. {float(high)!r} proven, width {float(high - low):.1e}"
            self.assertTrue(low - off <= truth <= high + off, said)
            self.assertTrue(low <= Fraction(float(value[state])) <= high, said)
            self.assertLessEqual(high - low, Fraction(tolerance or self.tolerance) * max(abs(truth), floor), said)

    def check(self, model, criterion, known, steps=1, ranks=RANKS, methods=("auto",), tolerance=None, actions=None, policy=False):
        """actions: state -> index; policy: the written one must attain the values. Rounding grows with the steps that a value sums up; what is proven may be as wide."""
        tolerance = tolerance or max(self.tolerance, 1e-11 * steps)
        for method in methods:
            for count in ranks:
                with self.subTest(ranks=count, method=method):
                    ending = self.solve(model, criterion, count, method, tolerance)
                    self.check_values(ending, known, steps, tolerance)
                    if policy:
                        self.assert_close(ending.result("policy_value"), ending.result("value"), tolerance)
                    for state, action in (actions or {}).items():
                        self.assertEqual(ending.result("action")[state], action, f"state {state}")


class FileModels(KnownValues):
    def model(self, mdp, **more):
        write_mdp(self.folder / "model.h5", mdp, **more)
        return {"kind": "file", "file": "model.h5"}


def discounted(discount, objective="max"):
    return {"kind": "discounted", "discount": discount, "objective": objective}, 1 / (1 - discount)
