"""The models of the Quantitative Verification Benchmark Set against their exact values: what test_qvbs and slow_qvbs share.

The models are in ../shared/data/qvbs beside the checkout or in $BELLSHARD_DATA/qvbs; reference.csv there has the exact values.
"""
import csv
import time
from fractions import Fraction

from bellshard_runs import DATA, DONE, JobTest, job_text
from qvbs_properties import PROPERTIES

QVBS = DATA / "qvbs"
RELATIVE, ABSOLUTE, SMALL = Fraction(1, 10 ** 6), Fraction(1, 10 ** 9), Fraction(1, 1000)


def reference():
    """model -> property -> exact value; "True" says that a probability is 1."""
    values = {}
    for row in csv.DictReader((QVBS / "reference.csv").read_text().splitlines()):
        value = Fraction(1) if row["value_approx"] == "True" else (Fraction(int(row["value_num"]), int(row["value_den"])) if row["value_num"]
                                                                   else Fraction(row["value_approx"]))
        values.setdefault(row["file"].removesuffix(".umb"), {})[row["property"]] = value
    return values


class BenchmarkSet(JobTest):
    def setUp(self):
        super().setUp()
        if not QVBS.is_dir():
            self.skipTest(f"{QVBS} is absent")

    def check_model(self, model, ranks):
        converted = self.call("convert", QVBS / f"{model}.umb", "model.h5")
        self.assert_ends(converted, DONE)
        for name, criterion in PROPERTIES[model].items():
            with self.subTest(property=name, ranks=ranks):
                started = time.monotonic()
                ending = self.run_job(job_text(model={"kind": "file", "file": "model.h5"}, criterion=criterion,
                                               solver={"tolerance": float(RELATIVE) / 2}), name=f"{name}-{ranks}", ranks=ranks)
                seconds = time.monotonic() - started
                self.assert_ends(ending, DONE)
                lower, upper = self.initial_bounds(ending)
                exact = reference()[model][name]
                said = f"{model} {name} at {ranks} ranks: exact {float(exact)!r}, proven [{float(lower)!r}, {float(upper)!r}], width {float(upper - lower):.1e}, {seconds:.2f} s"
                print(said, flush=True)
                self.assertTrue(lower <= exact <= upper, said)
                self.assertLessEqual(upper - lower, ABSOLUTE if exact < SMALL else RELATIVE * exact, said)

    def initial_bounds(self, ending):
        """Of the greatest value over all initial states: herman has 2048 and asks for the worst, the others have one."""
        return tuple(Fraction(float(ending.result(f"initial_{name}").max())) for name in ("lower", "upper"))


def add_tests(test_class, ranks_of):
    """One test a model at each of ranks_of(model)."""
    for model in PROPERTIES:
        for ranks in ranks_of(model):
            name = f"test_{model}_{ranks}_ranks".replace("-", "_").replace(".", "_")
            setattr(test_class, name, lambda self, model=model, ranks=ranks: self.check_model(model, ranks))
