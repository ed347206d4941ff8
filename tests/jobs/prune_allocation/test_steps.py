"""A network pruned in steps: what each step measures, chooses and comes to, against NumPy; a stop after every sweep; what is refused."""
import numpy as np

from bellshard_runs import BAD_JOB_FILE, DONE, STOPPED_EARLY, JobTest, job_text, main
from plain_network import logits, names_of, prune, random_images, random_network, write_images, write_network


def least_sum(costs, losses, budget):
    """The least sum of losses with one choice of each layer within the budget; inf where a choice is forbidden."""
    least = np.zeros(budget + 1)
    for cost, loss in zip(costs, losses):
        ways = [np.concatenate([np.full(min(c, budget + 1), np.inf), least[:max(0, budget + 1 - c)]]) + x for c, x in zip(cost, loss)]
        least = np.min(ways, axis=0)
    return least[budget]


class Steps(JobTest):
    job_name = "prune_allocation"

    def make(self, stages):
        self.tensors = random_network(3, stages)
        self.images, self.labels = random_images(4, 21)
        write_network(self.folder / "network.h5", self.tensors)
        write_images(self.folder / "images.h5", self.images, self.labels)
        self.names = names_of(stages)
        self.weights = [self.tensors[f"{name}/weight"] for name in self.names]

    def job(self, sparsity, pruning, solver=None):
        return job_text(model={"network": "network.h5"}, images={"file": "images.h5"}, pruning={"calibration": 9, **pruning}, solver={"sparsity": list(sparsity), **(solver or {})})

    def outputs(self, kept):
        return logits({**self.tensors, **{f"{name}/weight": prune(w, k) for name, w, k in zip(self.names, self.weights, kept)}}, self.images[:9])

    def test_each_step_begins_at_the_one_before(self):
        self.make((2, 1))
        amounts, sizes = 6, [w.size for w in self.weights]
        costs = np.array([[n * (amounts - 1 - k) // (amounts - 1) for k in range(amounts)] for n in sizes])
        once = self.run_job(self.job((0.25, 0.3, 0.475, 0.6), {"amounts": amounts}), name="once")
        self.assert_ends(once, DONE)
        for method in ("auto", "table"):
            done = self.run_job(self.job((0.3, 0.6), {"amounts": amounts, "rate": 0.25}, {"method": method}), name=method, ranks=2)
            self.assert_ends(done, DONE, "in 4 steps", "proven optima")
            np.testing.assert_allclose(done.result("step_sparsity"), [0.25, 0.3, 0.475, 0.6])
            budgets = [int(np.floor((1 - s) * sum(sizes) + 1e-6)) for s in (0.25, 0.3, 0.475, 0.6)]
            self.assertEqual(done.result("budget").tolist(), budgets)
            choice, curve, offset = done.result("choice"), done.result("step_curve"), done.result("weight_offset")
            before, left = np.zeros(len(sizes), int), np.array(sizes)
            compared = self.outputs(left)
            for t, budget in enumerate(budgets):
                for l in range(len(sizes)):
                    self.assertTrue(np.isnan(curve[t, l, :before[l]]).all())
                    for k in range(before[l], amounts):
                        kept = left.copy()
                        kept[l] = costs[l, k]
                        np.testing.assert_allclose(curve[t, l, k], np.mean((self.outputs(kept) - compared)**2), rtol=1e-4, atol=2e-5)
                self.assertTrue((choice[t] >= before).all())
                self.assertLessEqual(done.result("cost")[t], budget)
                self.assertAlmostEqual(done.result("loss")[t], least_sum(costs, np.where(np.isnan(curve[t]), np.inf, curve[t]), budget), places=12)
                before, left = choice[t], costs[np.arange(len(sizes)), choice[t]]
                np.testing.assert_array_equal(done.result("rule_weights")[t, 0], left)
                np.testing.assert_allclose(done.result("step_joint")[t], np.mean((self.outputs(left) - compared)**2), rtol=1e-4, atol=2e-5)
                compared = self.outputs(left)
                for l, w in enumerate(self.weights):
                    np.testing.assert_array_equal(done.result("mask")[t, offset[l]:offset[l + 1]].reshape(w.shape) != 0, prune(w, left[l]) != 0)
            self.assertTrue((np.diff(done.result("mask").astype(int), axis=0) <= 0).all())
            self.assertTrue((choice != once.result("choice")).any())
            np.testing.assert_array_equal(done.result("curve"), once.result("curve"))
            np.testing.assert_array_equal(done.result("rule_weights")[:, 5], once.result("rule_weights")[:, 0])
            np.testing.assert_array_equal(done.result("rule_joint")[:, 5], once.result("rule_joint")[:, 0])

    def test_stopped_after_every_sweep(self):
        self.make((1,))
        text = self.job((0.4,), {"amounts": 5, "rate": 0.3})
        whole = self.run_job(text, name="whole", ranks=2)
        self.assert_ends(whole, DONE, "in 2 steps")
        for lives in range(20):
            life = self.run_job(text, "--time-limit", "0.001s", name="lives", ranks=1 + lives % 4)
            if life.code == DONE:
                break
            self.assert_ends(life, STOPPED_EARLY, "checkpoint")
        self.assertEqual(lives, 7)  # two steps of four layers: the last life stops after no sweep
        for name in ("step_curve", "step_joint", "choice", "loss", "rule_joint", "rule_accuracy", "mask"):
            self.assert_same_bits(whole.result(name), life.result(name), name)

    def test_what_is_refused(self):
        self.make((1,))
        for text, message in ((self.job((0.5, 0.4), {"rate": 0.2}), "sparsities rise"), (self.job((1.0,), {"rate": 0.2}), "solver.sparsity has 1"),
                              (self.job((0.999,), {"rate": 0.001}), "more than 1000 steps"),
                              (job_text(model={"table": "network.h5"}, solver={"budget": [1]}, pruning={"rate": 0.2}), "pruning.rate")):
            self.assert_ends(self.run_job(text), BAD_JOB_FILE, message)


main()
