"""Worst cases near a distribution (kernels/dp/robust_*.hpp) against the primal problems that they are the duals of, solved by scipy; and with weights
of a regression, of either sign, against maxima by trying everything.

usage: test_robust_backups.py PROGRAM
"""
import subprocess
import sys
import unittest

try:
    import numpy as np
    from scipy.optimize import brentq, linprog
except ImportError as absent:
    print(f"skipped: {absent}")
    sys.exit(77)

import plain_offline

PROGRAM = sys.argv[1]


def ask(lines):
    """The program's answer to each (name, a, b, c, values, weights)."""
    text = "".join(f"{name} {a!r} {b!r} {c!r} {len(v)} {' '.join(map(repr, map(float, v)))} {' '.join(map(repr, map(float, w)))}\n" for name, a, b, c, v, w in lines)
    done = subprocess.run([PROGRAM], input=text, capture_output=True, text=True, check=True)
    return np.array([float(line.split()[1]) for line in done.stdout.split("\n") if line.startswith("worst ")])


def cases(seed, count=40, most=9):
    rng = np.random.default_rng(seed)
    for k in range(count):
        n = 1 + k % most
        v = rng.random(n) * 4
        if k % 3 == 0:
            v = np.round(v * 2) / 2  # ties
        p = rng.random(n) ** 3 + 1e-3
        yield np.sort(v), p / p.sum()


def transport(v, p, radius=None, penalty=None):
    """Least q v with sum |q - p| <= radius, or with penalty / 2 sum |q - p| added: a linear program in q and the parts of q - p."""
    n = len(v)
    cost = np.concatenate([v, np.full(2 * n, (penalty or 0) / 2)])
    equal = np.vstack([np.concatenate([np.ones(n), np.zeros(2 * n)]), np.hstack([np.eye(n), -np.eye(n), np.eye(n)])])
    above = None if radius is None else np.concatenate([np.zeros(n), np.ones(2 * n)])[None]
    found = linprog(cost, A_ub=above, b_ub=None if radius is None else [radius], A_eq=equal, b_eq=np.concatenate([[1], p]), method="highs")
    assert found.status == 0
    return found.fun


def tilted(v, p, t):
    q = p * np.exp(-(v - v.min()) / t)
    return q / q.sum()


def divergence(q, p):
    seen = q > 0
    return float(np.sum(q[seen] * np.log(q[seen] / p[seen])))


def bent(v, p, penalty):
    """The q of least q v + penalty chi2(q | p): q = p max(0, 1 - (v - level) / (2 penalty)) that sums to 1."""
    q = lambda level: p * np.maximum(0, 1 - (v - level) / (2 * penalty))  # noqa: E731
    reach = 2 * penalty / p.min() + np.ptp(v) + 1
    return q(brentq(lambda level: q(level).sum() - 1, v.min() - reach, v.max() + reach, xtol=1e-14, rtol=1e-15))


def chi2(q, p):
    return float(np.sum((q - p) ** 2 / p))


class Distributions(unittest.TestCase):
    def compare(self, lines, expected, tolerance):
        np.testing.assert_allclose(ask(lines), expected, rtol=0, atol=tolerance)

    def test_total_variation(self):
        lines, expected = [], []
        for k, (v, p) in enumerate(cases(1)):
            penalty, radius = 0.1 + k % 7 / 3, k % 6 / 5
            lines += [("tv_penalised", penalty, 0, 0, v, p), ("tv_ball", radius, v[0], v[-1], v, p)]
            expected += [transport(v, p, penalty=penalty), transport(v, p, radius=2 * radius)]
        self.compare(lines, expected, 1e-9)

    def test_l1_ball_in_any_order(self):
        lines, expected = [], []
        rng = np.random.default_rng(7)
        long = [(np.round(rng.random(n) * 6) / 2, rng.dirichlet(np.ones(n))) for n in (10, 16, 17, 63, 64, 65, 90) for _ in range(9)]
        for k, (v, p) in enumerate([*cases(2), *long]):
            order = rng.permutation(len(v))
            lines.append(("l1_worst", k % 9 / 4, 0, 0, v[order], p[order]))
            expected.append(transport(v, p, radius=k % 9 / 4))
        self.compare(lines, expected, 1e-9)

    def test_kullback_leibler(self):
        lines, expected = [], []
        for k, (v, p) in enumerate(cases(3)):
            penalty, radius = 0.2 + k % 5, 0.02 + k % 4 / 10
            q = tilted(v, p, penalty)
            lines.append(("kl_penalised", penalty, 5.0, 0, v, p))
            expected.append(q @ v + penalty * divergence(q, p))
            lines.append(("kl_ball", radius, 1e-4, 5.0, v, p))
            least = p[v == v.min()].sum()
            if np.ptp(v) == 0 or radius >= -np.log(least):
                expected.append(v.min())
            else:
                t = brentq(lambda t: divergence(tilted(v, p, t), p) - radius, 1e-3, 1e6, xtol=1e-13)
                expected.append(tilted(v, p, t) @ v)
        answers = ask(lines)
        np.testing.assert_allclose(answers[::2], expected[::2], rtol=0, atol=1e-10)
        np.testing.assert_allclose(answers[1::2], expected[1::2], rtol=0, atol=1e-4)  # the coldest temperature is no zero
        self.assertLess(np.median(np.abs(answers[1::2] - expected[1::2])), 1e-10)

    def test_a_rare_worst_outcome_and_a_wide_ball(self):
        """Weight moves to one outcome of 1e-8 until its divergence is the radius; the best temperature is near the hot end of the search."""
        rare, top = 1e-8, 5.0
        lines, expected = [], []
        for q in (0.3, 0.5, 0.7, 0.9):
            lines.append(("kl_ball", q * np.log(q / rare) + (1 - q) * np.log((1 - q) / (1 - rare)), 1e-2, top, [0.0, top], [rare, 1 - rare]))
            expected.append((1 - q) * top)
        self.compare([(name, float(a), b, c, v, w) for name, a, b, c, v, w in lines], expected, 1e-9)

    def test_no_ball_is_worth_less_than_its_least_outcome(self):
        """Balls that reach to the least outcome, or just not: what rounding loses there is not below it."""
        lines = []
        for v, p in cases(8, 400):
            lines += [("chi2_ball", float((1 / p[0] - 1) * (1 + e)), 0, 0, v, p) for e in (-1e-3, -1e-12, 0, 1e-15, 1e-12, 1e-3)]
        self.assertTrue((ask(lines) >= [line[4][0] for line in lines]).all())

    def test_chi_square(self):
        lines, expected = [], []
        for k, (v, p) in enumerate(cases(4)):
            penalty, radius = 0.1 + k % 7 / 2, 0.05 + k % 6 / 4
            q = bent(v, p, penalty)
            lines += [("chi2_penalised", penalty, 5.0, 0, v, p), ("chi2_ball", radius, 0, 0, v, p)]
            expected.append(q @ v + penalty * chi2(q, p))
            least = v == v.min()
            if np.ptp(v) == 0 or radius >= 1 / p[least].sum() - 1:
                expected.append(v.min())
            else:
                far = lambda x: chi2(bent(v, p, np.exp(x)), p) - radius  # noqa: E731
                expected.append(bent(v, p, np.exp(brentq(far, -25, 12, xtol=1e-13))) @ v)
        self.compare(lines, expected, 1e-7)

    def test_a_finite_family_takes_the_lowest_of_equals(self):
        v = np.array([2.0, 1.5, 3.0, 1.5])
        self.compare([("family", 0, 0, 0, v, v), ("family", 0, 0, 0, v[:1], v[:1])], [1001.5, 2.0], 0)


class Regressions(unittest.TestCase):
    """Weights of either sign: no distribution, but the same maxima."""

    @staticmethod
    def cases(seed):
        """-> values, rising, and weights, 30 times."""
        rng = np.random.default_rng(seed)
        for k in range(30):
            n = 1 + k % 8
            yield np.sort(np.round(rng.random(n) * 12) / 4), rng.normal(size=n) / 2

    def test_against_trying_everything(self):
        lines, expected = [], []
        for k, (v, w) in enumerate(self.cases(5)):
            top = 2.0 + k % 2
            for name, a, b, c, value in (("chi2_penalised", 0.3, top, 0, plain_offline.best_chi2(w[None], v, 0.3, top)),
                                         ("tv_ball", 0.2, 0.0, top, plain_offline.best_tv(w[None], v, 0.2, top))):
                lines.append((name, a, b, c, v, w))
                expected.append(value[0])
        np.testing.assert_allclose(ask(lines), expected, rtol=0, atol=1e-10)

    def test_temperatures_against_trying_many(self):
        lines, expected = [], []
        for v, w in self.cases(6):
            lines.append(("kl_ball", 0.2, 0.1, 3.0, v, w))
            expected.append(plain_offline.best_kl(w[None], v, 0.2, 0.1, 3.0)[0])
        np.testing.assert_allclose(ask(lines), expected, rtol=0, atol=1e-7)

    def test_what_was_never_seen_is_worth_nothing(self):
        self.assertEqual(list(ask([("kl_penalised", 0.1, 3.0, 0, [], []), ("kl_penalised", 0.1, 3.0, 0, [1.0], [0.0]), ("chi2_penalised", 0.1, 3.0, 0, [1.0], [0.0]),
                                   ("tv_penalised", 0.1, 0, 0, [], []), ("tv_ball", 0.1, 0.0, 3.0, [1.0], [0.0])])), [0] * 5)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
