"""Curves of a network, what is kept by them and by other rules, and the networks that come out, against NumPy; any ranks, restarts, the real network; what is refused."""
import itertools

import h5py
import numpy as np

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, STOPPED_EARLY, job_text, main
from network_runs import NetworkTest
from plain_network import logits, prune, read_network, write_network

RULES = ["curves", "uniform", "global", "lamp", "erdos_renyi"]


def greatest(scores, total):
    """How many of each list are among so many of the greatest of all"""
    ranked = sorted(((-s, l) for l, list_ in enumerate(scores) for s in list_))[:total]
    return [sum(1 for _, l in ranked if l == layer) for layer in range(len(scores))]


def lamp(weight):
    square = np.sort(weight.astype(np.float64).ravel()**2)
    return square / np.cumsum(square[::-1])[::-1]


def erdos_renyi(weights, total):
    share = [(sum(w.shape)) / w.size for w in weights]
    low, high = 0.0, 1e9
    for _ in range(200):
        middle = (low + high) / 2
        if sum(min(1, middle * s) * w.size for s, w in zip(share, weights)) > total:
            high = middle
        else:
            low = middle
    return [min(1, low * s) * w.size for s, w in zip(share, weights)]


class Networks(NetworkTest):
    job_name = "prune_allocation"
    amounts = 6

    def job(self, sparsity=(0.3, 0.6, 0.9), pruning=None, **more):
        return job_text(model={"network": "network.h5"}, images={"file": "images.h5"}, pruning={"amounts": self.amounts, "calibration": 9, **(pruning or {})},
                        solver={"sparsity": list(sparsity), **more.pop("solver", {})}, **more)

    def outputs(self, kept, images):
        return logits({**self.tensors, **{f"{name}/weight": prune(w, k) for name, w, k in zip(self.names, self.weights, kept)}}, images)

    def test_curves_rules_and_networks(self):
        whole = [w.size for w in self.weights]
        near = logits(self.tensors, self.images[:9])
        done = self.run_job(self.job(), ranks=2)
        self.assert_ends(done, DONE, "whole network")
        costs = np.array([[w.size * (self.amounts - 1 - k) // (self.amounts - 1) for k in range(self.amounts)] for w in self.weights])
        np.testing.assert_array_equal(done.result("curve_weights"), costs)
        curve = np.array([[np.mean((self.outputs(whole[:l] + [costs[l, k]] + whole[l + 1:], self.images[:9]) - near)**2) for k in range(self.amounts)] for l in range(len(whole))])
        np.testing.assert_allclose(done.result("curve"), curve, rtol=1e-4, atol=1e-9)
        self.assertAlmostEqual(done.attribute("results", "whole_accuracy"), np.mean(np.argmax(logits(self.tensors, self.images), axis=1) == self.labels))

        kept, offset = done.result("rule_weights"), done.result("weight_offset")
        for q, share in enumerate((0.3, 0.6, 0.9)):
            budget = int(np.floor((1 - share) * sum(whole) + 1e-6))
            self.assertEqual(kept[q, 1].tolist(), [n * budget // sum(whole) for n in whole])
            self.assertEqual(kept[q, 2].tolist(), greatest([np.abs(w).ravel() for w in self.weights], budget))
            self.assertEqual(kept[q, 3].tolist(), greatest([lamp(w) for w in self.weights], budget))
            np.testing.assert_allclose(kept[q, 4], erdos_renyi(self.weights, budget), atol=1)
            for r, rule in enumerate(RULES):
                self.assertLessEqual(kept[q, r].sum(), budget, rule)
                grid = [next(k for k in range(self.amounts) if costs[l, k] <= kept[q, r, l]) for l in range(len(whole))]
                self.assertAlmostEqual(done.result("rule_sum")[q, r], sum(curve[l, k] for l, k in enumerate(grid)), delta=1e-4)
                joint = np.mean((self.outputs(kept[q, r], self.images[:9]) - near)**2)
                np.testing.assert_allclose(done.result("rule_joint")[q, r], joint, rtol=1e-4)
                self.assertAlmostEqual(done.result("rule_accuracy")[q, r], np.mean(np.argmax(self.outputs(kept[q, r], self.images), axis=1) == self.labels))
                self.assertLessEqual(done.result("rule_sum")[q, 0], done.result("rule_sum")[q, r] + 1e-9, rule)
            for l, w in enumerate(self.weights):
                np.testing.assert_array_equal(done.result("mask")[q, offset[l]:offset[l + 1]].reshape(w.shape) != 0, prune(w, kept[q, 0, l]) != 0)

    def test_optimum_of_the_measured_curves(self):
        done = self.run_job(self.job((0.5,), output={"frontier": False}))
        self.assert_ends(done, DONE, "proven")
        curve, costs = done.result("curve"), done.result("curve_weights")
        budget, best = done.result("budget")[0], np.inf
        for choice in itertools.product(range(self.amounts), repeat=len(self.weights) - 1):  # the last layer takes the most that is left for it
            left = budget - sum(costs[l, k] for l, k in enumerate(choice))
            if left >= 0:
                best = min(best, sum(curve[l, k] for l, k in enumerate(choice)) + min(curve[-1, k] for k in range(self.amounts) if costs[-1, k] <= left))
        self.assertAlmostEqual(done.result("loss")[0], best, places=12)

    def test_any_ranks_and_restart(self):
        whole = self.run_job(self.job(), name="whole")
        self.assert_ends(whole, DONE)
        runs = [self.run_job(self.job(), ranks=ranks, name=f"r{ranks}") for ranks in (2, 3)]
        stopped = self.run_job(self.job(), "--time-limit", "0.001s", name="stopped", ranks=2)
        self.assert_ends(stopped, STOPPED_EARLY, "checkpoint")
        runs.append(self.run_job(self.job(), name="stopped", ranks=3))
        for run in runs:
            self.assert_ends(run, DONE)
            for name in ("curve", "choice", "loss", "rule_joint", "rule_accuracy", "mask"):
                np.testing.assert_array_equal(run.result(name), whole.result(name))

    def test_worst_image(self):
        done = self.run_job(self.job((0.5,), {"distortion": "worst"}), ranks=2)
        near = logits(self.tensors, self.images[:9])
        kept = [w.size for w in self.weights]
        kept[2] = done.result("curve_weights")[2, 3]
        np.testing.assert_allclose(done.result("curve")[2, 3], np.max(np.mean((self.outputs(kept, self.images[:9]) - near)**2, axis=1)), rtol=1e-4)

    def test_fewer_images_than_asked_for(self):
        done = self.run_job(self.job((0.5,), {"calibration": 1000}), ranks=2)
        self.assert_ends(done, DONE, "on 21 images")
        near, kept = logits(self.tensors, self.images), [w.size for w in self.weights]
        kept[1] = done.result("curve_weights")[1, 2]
        np.testing.assert_allclose(done.result("curve")[1, 2], np.mean((self.outputs(kept, self.images) - near)**2), rtol=1e-4)
        text = self.job((0.5,)).replace("[pruning]", "limit = 22\n[pruning]")
        self.assert_ends(self.run_job(text), BAD_INPUT, "images.limit = 22", "21 images")

    def test_real_network(self):
        folder = self.data_folder("resnet_cifar10")
        text = job_text(model={"network": str(folder / "resnet20.h5")}, images={"file": str(folder / "cifar10_test_2000.h5"), "limit": 100},
                        pruning={"amounts": 5, "calibration": 16}, solver={"sparsity": [0.3, 0.6]})
        done = self.run_job(text, ranks=2)
        self.assert_ends(done, DONE)
        weights = [w.size for name, w in read_network(folder / "resnet20.h5").items() if name.endswith(("conv1/weight", "conv2/weight", "linear/weight"))]
        self.assertEqual(done.result("curve_weights")[:, 0].sum(), sum(weights))
        sums = done.result("rule_sum")
        self.assertTrue(np.all(sums[:, :1] <= sums + 1e-9))
        self.assertGreater(done.attribute("results", "whole_accuracy"), 0.7)

    def test_published_size(self):
        """resnet32: the weights of its layers, and those that are left at the published sparsity of 95.5 %."""
        folder = self.data_folder("resnet_cifar10")
        text = job_text(model={"network": str(folder / "resnet32.h5")}, images={"file": str(folder / "cifar10_test_2000.h5"), "limit": 16},
                        pruning={"amounts": 2, "calibration": 1}, solver={"sparsity": [0.955]})
        done = self.run_job(text, ranks=2)
        self.assert_ends(done, DONE)
        self.assertEqual(done.result("curve_weights")[:, 0].tolist(), [432, *[2304] * 10, 4608, *[9216] * 9, 18432, *[36864] * 9, 640])
        self.assertEqual(done.result("weight_offset")[-1], 461_872)
        self.assertEqual(done.result("budget").tolist(), [20_784])

    def test_what_is_refused(self):
        refused = [(job_text(model={"network": "network.h5"}, images={"file": "images.h5"}), "solver.sparsity"),
                   (job_text(model={"network": "network.h5"}, solver={"sparsity": [0.5]}), "images.file"),
                   (self.job(solver={"objective": "max"}), "solver.objective"),
                   (job_text(model={"network": "network.h5", "table": "network.h5"}, images={"file": "images.h5"}, solver={"sparsity": [0.5]}), "name one of them"),
                   (job_text(model={"table": "network.h5"}, solver={"sparsity": [0.5], "budget": [1]}), "solver.sparsity")]
        for text, message in refused:
            self.assert_ends(self.run_job(text), BAD_JOB_FILE, message)
        broken = dict(self.tensors)
        del broken["layer1/1/conv2/weight"]
        write_network(self.folder / "network.h5", broken)
        self.assert_ends(self.run_job(self.job()), BAD_INPUT, "layer1/1/conv2")


main()
