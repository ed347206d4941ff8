"""Models numbered at random, whose states lead on from layer to layer: ordered sweeps find the order themselves.

The oracle is backward induction in exact rationals, layer by layer; a layer's states may also wait, which a step's own return solves.
"""
import random
from fractions import Fraction

from bellshard_runs import DONE, JobTest, job_text, main
from exact_mdp import Pair
from mdp_file import write_mdp

LAYERS, WIDTH, ACTIONS = 40, 25, 3
STATES = LAYERS * WIDTH


def layered(seed):
    """(rows by number, values by number, the last layer) of least total cost; some choices wait with probability 1/4."""
    draw = random.Random(seed)
    number = list(range(STATES))
    draw.shuffle(number)
    rows, value = [None] * STATES, [Fraction(0)] * STATES
    for k in reversed(range(STATES)):
        layer = k // WIDTH
        if layer == LAYERS - 1:
            rows[number[k]] = [Pair(Fraction(0), {number[k]: Fraction(1)})]
            continue
        ways = []
        for action in range(ACTIONS):
            a, b = draw.sample(range((layer + 1) * WIDTH, (layer + 2) * WIDTH), 2)
            wait = Fraction(1, 4) if draw.random() < 0.3 else Fraction(0)
            cost = Fraction(draw.randint(1, 64), 8)
            odds = {number[a]: (1 - wait) / 2, number[b]: (1 - wait) / 2}
            if wait:
                odds[number[k]] = wait
            ways.append((cost / (1 - wait) + (value[number[a]] + value[number[b]]) / 2, Pair(cost, odds)))
        value[number[k]] = min(q for q, _ in ways)
        rows[number[k]] = [pair for _, pair in ways]
    return rows, value, {number[k] for k in range(STATES - WIDTH, STATES)}


class VisitingOrder(JobTest):
    def check(self, method, ranks, most_sweeps):
        rows, value, goal = layered(3)
        write_mdp(self.folder / "layered.h5", rows, labels={"goal": goal})
        ending = self.run_job(job_text(model={"kind": "file", "file": "layered.h5"}, solver={"method": method},
                                       criterion={"kind": "total_cost", "target": "goal"}), name=f"{method}-{ranks}", ranks=ranks)
        self.assert_ends(ending, DONE)
        lower, upper = ending.result("lower"), ending.result("upper")
        for s, truth in enumerate(value):
            self.assertTrue(Fraction(float(lower[s])) <= truth <= Fraction(float(upper[s])), f"state {s}: {lower[s]!r} <= {truth} <= {upper[s]!r}")
        self.assertLessEqual(int(ending.result("sweeps")), most_sweeps)

    def test_alone(self):
        self.check("auto", 1, 3)
        self.check("gauss_seidel", 1, 3)

    def test_on_several_ranks(self):
        for ranks in (2, 3):
            for method in ("auto", "gauss_seidel"):
                with self.subTest(ranks=ranks, method=method):
                    self.check(method, ranks, 60)


main()
