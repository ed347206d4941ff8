"""solver.compatible against the published table, written down in plain Python from its description; what it differs in from the optimum; what is refused."""
import json
import random
from fractions import Fraction

import numpy as np

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, JobTest, job_text, main

NO_RESOURCES = 7


def published(layers, budget):
    """Choice of each layer, and what the table says that they lose. float32 sums; of equal ones the lowest number."""
    order = sorted(range(len(layers)), key=lambda l: layers[l]["cost"][0])  # by size, ascending
    before, picked = None, []
    for n, l in enumerate(order):
        size, loss = layers[l]["cost"][0], [np.float32(np.inf if x is None else x) for x in layers[l]["loss"]]
        first = layers[l].get("least", 0)
        left = [size * (1 - Fraction(k, len(loss) - 1)) for k in range(len(loss))]
        row, choice = [], []
        for j in range(budget):
            if n == 0:
                k = min(range(first, len(loss)), key=lambda k: abs(left[k] / size - Fraction(j, size)))
                value = loss[k]
            elif j == 0:
                k = len(loss) - 1
                value = loss[k] + (before[0] if n > 1 else np.float32(0))  # the second layer forgets the first
            else:
                allowed = [k for k in range(first, len(loss)) if j > left[k]]
                k = min(allowed, key=lambda k: loss[k] + before[j - int(left[k])])
                value = loss[k] + before[j - int(left[k])]
            row.append(value)
            choice.append(k)
        before = row
        picked.append(choice)
    j, taken = budget - 1, [0] * len(layers)
    for n, l in reversed(list(enumerate(order))):
        taken[l] = picked[n][j]
        if n > 0:
            j -= int(layers[l]["cost"][0] * (1 - Fraction(taken[l], len(layers[l]["loss"]) - 1)))
    return taken, before[budget - 1]


def draw(rng, layers, choices, most):
    return [{"layer": f"layer{l}", "cost": [n * (choices - 1 - k) // (choices - 1) for k in range(choices)], "loss": sorted(rng.random()**3 * n for _ in range(choices))}
            for l, n in enumerate(rng.randrange(3, most) for _ in range(layers))]


class Compatible(JobTest):
    job_name = "prune_allocation"

    def solve(self, layers, budgets, *options, ranks=1, **solver):
        (self.folder / "t.jsonl").write_text("".join(json.dumps(layer) + "\n" for layer in layers))
        return self.run_job(job_text(model={"table": "t.jsonl"}, solver={"budget": budgets, "compatible": True, **solver}), *options, ranks=ranks)

    def check(self, layers, budgets, ranks):
        done = self.solve(layers, budgets, "--restart", "never", ranks=ranks)
        self.assert_ends(done, DONE, "compatible choices")
        for q, budget in enumerate(budgets):
            choice, loss = published(layers, budget)
            self.assertEqual(done.result("choice")[q].tolist(), choice, f"budget {budget}")
            self.assertEqual(done.result("table_loss")[q], loss, f"budget {budget}")
            np.testing.assert_allclose(done.result("loss")[q], sum(l["loss"][k] for l, k in zip(layers, choice)))
            self.assertEqual(done.result("cost")[q], sum(l["cost"][k] for l, k in zip(layers, choice)))
        self.assertEqual(done.attribute("results", "proven_optimal"), 0)
        return done

    def test_published_table(self):
        rng = random.Random(31)
        for ranks, (layers, choices, most) in enumerate(((5, 11, 60), (3, 4, 90), (7, 30, 25), (1, 6, 40)), start=1):
            drawn = draw(rng, layers, choices, most)
            total = sum(l["cost"][0] for l in drawn)
            budgets = [1, 2, total + 9, *(rng.randrange(1, total) for _ in range(5))]
            if layers == 7:
                drawn[2]["least"], drawn[0]["least"], drawn[4]["loss"][3] = 11, 4, None
            self.check(drawn, budgets, ranks)

    def test_what_it_differs_in(self):
        def layers(*rows):
            return [{"layer": str(n), "cost": [n - n * k // 4 for k in range(5)], "loss": loss} for n, loss in rows]
        done = self.check(layers((100, (0, 1, 4, 9, 30)), (400, (0, 2, 5, 11, 40)), (500, (0, .5, 1.5, 6, 25))), [240, 600, 1], 2)
        self.assertEqual(done.result("cost").tolist(), [250, 550, 0])  # the smallest layer rounds up to 25
        self.assertEqual(done.result("table_loss").tolist(), [26, 6.5, 40 + 25])  # with 1 weight left the second layer forgets the first
        self.assertEqual(done.result("loss").tolist(), [26, 6.5, 30 + 40 + 25])
        done = self.check(layers((4, (0, 1, 4, 9, 30)), (8, (0, 2, 5, 11, 40))), [8, 12], 1)
        self.assertEqual(done.result("loss").tolist(), [6, 1])  # "<" leaves a weight unused: the optima are 5 and 0
        self.assertEqual(done.result("cost").tolist(), [7, 11])

    def test_what_is_refused(self):
        layers = draw(random.Random(5), 3, 5, 50)
        self.assert_ends(self.solve(layers, [0, 9]), BAD_INPUT, "a budget of 0")
        self.assert_ends(self.solve(layers, [9], objective="max"), BAD_JOB_FILE, "solver.compatible")
        self.assert_ends(self.solve(layers, [9], method="table"), BAD_JOB_FILE, "solver.method")
        self.assert_ends(self.solve(layers, [10**9], memory_limit=0.5, ranks=2), NO_RESOURCES, "solver.compatible", "raise solver.memory_limit")
        layers[1]["cost"][2] += 1
        self.assert_ends(self.solve(layers, [9]), BAD_INPUT, "t.jsonl:2: layer layer1", "choice 2 costs")


main()
