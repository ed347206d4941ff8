"""Losses of single layers at each precision against NumPy; allocations against all there are; the networks that come out; any ranks, restarts; what is refused."""
import itertools
import json

import numpy as np

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, SOURCE, STOPPED_EARLY, job_text, main
from network_runs import NetworkTest
from plain_network import logits, write_images

BITS = [8, 4, 2]
FLOAT = 32


def quantise(values, least, greatest, bits):
    least, greatest = min(0.0, float(least)), max(0.0, float(greatest))
    scale = (greatest - least) / (2**bits - 1)
    if scale == 0:
        return values
    zero = np.rint(least / scale)
    return (np.rint(np.clip(values / scale - zero, 0, 2**bits - 1)) + zero) * scale


def quantise_weight(weight, bits):
    """Each output channel by its own range"""
    return np.stack([quantise(w.astype(float), w.min(), w.max(), bits) for w in weight])


def mean_loss(outputs, labels):
    top = outputs.max(axis=1)
    return np.mean(np.log(np.exp(outputs - top[:, None]).sum(axis=1)) + top - outputs[np.arange(len(labels)), labels])


def mean_divergence(whole, outputs):
    """Kullback-Leibler, of softmax(outputs) from softmax(whole)"""
    shares = [np.exp(x - x.max(axis=1, keepdims=True)) for x in (whole, outputs)]
    p, q = (x / x.sum(axis=1, keepdims=True) for x in shares)
    return np.mean(np.sum(p * np.log(p / q), axis=1))


def best_of_all(costs, losses, budget):
    """Least sum of losses over every combination, layers that are alike in nothing"""
    costs, losses = np.asarray(costs), np.asarray(losses)
    return min(sum(losses[l, k] for l, k in enumerate(choice)) for choice in itertools.product(range(costs.shape[1]), repeat=len(costs))
               if sum(costs[l, k] for l, k in enumerate(choice)) <= budget)


class BitAllocation(NetworkTest):
    job_name = "bit_allocation"

    def setUp(self):
        super().setUp()
        self.ranges = {}
        logits(self.tensors, self.images[:9], lambda name, x: self.ranges.update({name: (x.min(), x.max())}) or x)

    def job(self, compression=(0.1, 0.15, 0.2), solver=None, **quantisation):
        return job_text(model={"network": "network.h5"}, images={"file": "images.h5"}, quantisation={"calibration": 9, "bits": BITS, **quantisation},
                        solver={"compression": list(compression), **(solver or {})})

    def outputs(self, bits, images, activations=True):
        """Of the network with these precisions, in the order of its layers"""
        of = dict(zip(self.names, bits))
        tensors = {**self.tensors, **{f"{n}/weight": quantise_weight(w, of[n]) for n, w in zip(self.names, self.weights) if of[n] != FLOAT}}
        return logits(tensors, images, lambda name, x: quantise(x, *self.ranges[name], of[name]) if activations and of[name] != FLOAT else x)

    def table(self, base, loss, activations=True):
        """loss(outputs) with one layer at each precision"""
        return np.array([[loss(self.outputs([base] * l + [b] + [base] * (len(self.names) - 1 - l), self.images[:9], activations)) for b in BITS] for l in range(len(self.names))])

    def cross_entropy(self, outputs):
        return mean_loss(outputs, self.labels[:len(outputs)])

    def divergence(self, outputs):
        return mean_divergence(logits(self.tensors, self.images[:len(outputs)]), outputs)

    def check_quality(self, done, activations=True):
        for q, bits in enumerate(done.result("bits")):
            outputs = self.outputs(bits, self.images, activations)
            self.assertAlmostEqual(done.result("accuracy")[q], np.mean(np.argmax(outputs, axis=1) == self.labels))
            self.assertAlmostEqual(done.result("cross_entropy")[q], mean_loss(outputs, self.labels), delta=1e-4)
            self.assertAlmostEqual(done.result("divergence")[q], self.divergence(outputs), delta=1e-4)

    def test_sensitivity_and_networks(self):
        done = self.run_job(self.job(), ranks=2)
        self.assert_ends(done, DONE, "proven optima")
        losses = self.table(8, self.cross_entropy)
        np.testing.assert_allclose(done.result("layer_cross_entropy"), losses, atol=1e-4)
        self.assertAlmostEqual(done.attribute("results", "base_cross_entropy"), losses[0, 0], delta=1e-4)
        increase = np.maximum(losses - losses[0, 0], 1e-6)
        increase[:, 0] = 0
        self.assertGreater(increase.max(), 0.1)
        np.testing.assert_allclose(done.result("sensitivity"), increase, atol=2e-4)
        np.testing.assert_array_equal(done.result("precision"), BITS)

        sizes = np.array([w.size for w in self.weights])
        np.testing.assert_array_equal(done.result("layer_weights"), sizes)
        np.testing.assert_array_equal(done.result("bits"), np.array(BITS)[done.result("choice")])
        for q, share in enumerate((0.1, 0.15, 0.2)):
            ratio = np.dot(done.result("bits")[q], sizes) / (32 * sizes.sum())
            self.assertAlmostEqual(done.result("ratio")[q], ratio, places=14)
            self.assertLessEqual(ratio, share)
            best = best_of_all(np.outer(sizes, BITS), done.result("sensitivity"), share * 32 * sizes.sum())
            self.assertAlmostEqual(done.result("loss")[q], best, places=12)
        self.check_quality(done)
        for k, b in enumerate(BITS):
            outputs = self.outputs([b] * len(self.names), self.images)
            self.assertAlmostEqual(done.result("uniform_accuracy")[k], np.mean(np.argmax(outputs, axis=1) == self.labels))
            self.assertAlmostEqual(done.result("uniform_cross_entropy")[k], mean_loss(outputs, self.labels), delta=1e-4)
            self.assertAlmostEqual(done.result("uniform_divergence")[k], self.divergence(outputs), delta=1e-4)
        whole = logits(self.tensors, self.images)
        self.assertAlmostEqual(done.attribute("results", "float32_accuracy"), np.mean(np.argmax(whole, axis=1) == self.labels))
        self.assertAlmostEqual(done.attribute("results", "float32_cross_entropy"), mean_loss(whole, self.labels), delta=1e-5)

    def test_divergence(self):
        for base, of_base in (("highest", 8), ("float32", FLOAT)):
            done = self.run_job(self.job(loss="divergence", base=base), name=base, ranks=2)
            self.assert_ends(done, DONE, "proven optima")
            losses, least = self.table(of_base, self.divergence), self.divergence(self.outputs([of_base] * len(self.names), self.images[:9]))
            self.assertGreater(losses.max(), 0.03)
            np.testing.assert_allclose(done.result("layer_divergence"), losses, rtol=1e-3, atol=1e-5)
            self.assertAlmostEqual(done.attribute("results", "base_divergence"), least, delta=2e-6)
            increase = np.maximum(losses - least, 1e-6)
            if base == "highest":
                increase[:, 0] = 0
            else:
                self.assertEqual(done.attribute("results", "base_divergence"), 0)
            np.testing.assert_allclose(done.result("sensitivity"), increase, rtol=1e-3, atol=1e-5)
            sizes = np.array([w.size for w in self.weights])
            for q, share in enumerate((0.1, 0.15, 0.2)):
                self.assertAlmostEqual(done.result("loss")[q], best_of_all(np.outer(sizes, BITS), done.result("sensitivity"), share * 32 * sizes.sum()), places=12)
        write_images(self.folder / "images.h5", self.images, 2 - self.labels)
        other = self.run_job(self.job(loss="divergence", base="float32"), name="other")
        self.assert_same_bits(other.result("sensitivity"), done.result("sensitivity"), "labels are not looked at")
        self.assertNotEqual(other.result("layer_cross_entropy").tobytes(), done.result("layer_cross_entropy").tobytes())

    def test_weights_alone_beside_float32(self):
        done = self.run_job(self.job(activations=False, base="float32"), ranks=2)
        self.assert_ends(done, DONE)
        np.testing.assert_allclose(done.result("layer_cross_entropy"), self.table(FLOAT, self.cross_entropy, activations=False), atol=1e-4)
        base = mean_loss(logits(self.tensors, self.images[:9]), self.labels[:9])
        np.testing.assert_array_equal(done.result("sensitivity"), np.maximum(done.result("layer_cross_entropy") - done.attribute("results", "base_cross_entropy"), 1e-6))
        self.assertAlmostEqual(done.attribute("results", "base_cross_entropy"), base, delta=1e-5)
        self.check_quality(done, activations=False)

    def test_operations(self):
        done = self.run_job(self.job((0.01, 0.03), solver={"limit": "operations"}))
        self.assert_ends(done, DONE)
        side = {"conv1": 8, "layer1": 8, "layer2": 4, "linear": 1}
        products = np.array([w.size * side[name.split("/")[0]]**2 for name, w in zip(self.names, self.weights)])
        np.testing.assert_array_equal(done.result("layer_products"), products)
        for q, share in enumerate((0.01, 0.03)):
            ratio = np.dot(done.result("bits")[q].astype(float)**2, products) / (1024 * products.sum())
            self.assertAlmostEqual(done.result("operation_ratio")[q], ratio, places=14)
            self.assertLessEqual(ratio, share)
            best = best_of_all(np.outer(products, np.square(BITS)), done.result("sensitivity"), share * 1024 * products.sum())
            self.assertAlmostEqual(done.result("loss")[q], best, places=12)

    def test_any_ranks_and_restart(self):
        text = self.job(loss="divergence")
        whole = self.run_job(text, name="whole")
        self.assert_ends(whole, DONE)
        runs = [self.run_job(text, name=f"r{ranks}", ranks=ranks) for ranks in (2, 3)]
        lives = []  # each ends after a layer; both losses are measured, so the first may ask for the other
        while not lives or lives[-1].code == STOPPED_EARLY and len(lives) < 20:
            lives.append(self.run_job(text if lives else self.job(loss="cross_entropy"), "--time-limit", "0.001s", name="stopped", ranks=1 + len(lives) % 3))
        self.assertGreater(len(lives), 3)
        self.assertFalse(list(self.folder.glob("stopped.sensitivity*")))  # gone with the result
        runs.append(lives[-1])
        for run in runs:
            self.assert_ends(run, DONE)
            for name in ("layer_cross_entropy", "layer_divergence", "sensitivity", "bits", "loss", "accuracy", "cross_entropy", "divergence", "uniform_cross_entropy"):
                self.assert_same_bits(run.result(name), whole.result(name), name)

    def test_a_measured_table(self):
        """The example: every budget's optimum by sums over all cells, in Python's numbers."""
        example = SOURCE / "jobs" / "bit_allocation"
        layers = [json.loads(line) for line in (example / "example.jsonl").read_text().splitlines()]
        done = self.call("run", self.job_name, "-c", example / "example.toml", ranks=2, file=self.folder / "bits.h5")
        self.assert_ends(done, DONE)
        weights = [layer["cost"][0] // BITS[0] for layer in layers]
        for q, share in enumerate(done.result("compression")):
            left = {0: 0.0}  # bits stored -> least loss
            for layer in layers:
                sums = {}
                for spent, loss in left.items():
                    for cost, more in zip(layer["cost"], layer["loss"]):
                        if spent + cost <= share * 32 * sum(weights):
                            sums[spent + cost] = min(sums.get(spent + cost, np.inf), loss + more)
                left, least = {}, np.inf
                for spent in sorted(sums):  # none that a cheaper one equals
                    if sums[spent] < least:
                        left[spent] = least = sums[spent]
            self.assertAlmostEqual(done.result("loss")[q], min(left.values()), places=12)
            self.assertAlmostEqual(done.result("ratio")[q], np.dot(done.result("bits")[q], weights) / (32 * sum(weights)), places=14)
        swept = self.call("run", self.job_name, "-c", example / "example.toml", "--set", "output.frontier=true", "--set", "output.file=swept.h5", ranks=3, file=self.folder / "swept.h5")
        self.assert_ends(swept, DONE, "checked against the Lagrangian bound")
        np.testing.assert_allclose(swept.result("loss"), done.result("loss"), rtol=1e-14)

    def test_opens_in_xarray(self):
        import xarray
        done = self.run_job(self.job())
        with xarray.open_dataset(done.file, group="results", engine="h5netcdf") as results:
            self.assertEqual(results["bits"].dims, ("budget", "layer"))
            self.assertEqual(results["bits"].dtype, np.int32)
            self.assertEqual(results["sensitivity"].dims, ("layer", "precision"))

    def test_real_network(self):
        folder = self.data_folder("resnet_cifar10")
        text = job_text(model={"network": str(folder / "resnet20.h5")}, images={"file": str(folder / "cifar10_test_2000.h5"), "limit": 96},
                        quantisation={"calibration": 32}, solver={"compression": [0.13, 0.25]})
        done = self.run_job(text, ranks=2)
        self.assert_ends(done, DONE)
        self.assertEqual(done.result("layer_weights").sum(), 268_336)
        self.assertLess(abs(done.result("uniform_accuracy")[0] - done.attribute("results", "float32_accuracy")), 0.05)
        self.assertEqual(done.result("accuracy")[1], done.result("uniform_accuracy")[0])  # all layers at 8 bits fit a quarter
        self.assertEqual(done.result("ratio")[1], 0.25)
        self.assertGreater(done.result("accuracy")[0], done.result("uniform_accuracy")[2])

    def test_what_is_refused(self):
        refused = [(self.job(()), "solver.compression is empty"),
                   (self.job((0.0,)), "solver.compression"),
                   (self.job(bits=[]), "quantisation.bits is empty"),
                   (self.job(bits=[4, 4]), "names a precision twice"),
                   (self.job(bits=[1]), "quantisation.bits"),
                   (self.job(bits=[17]), "quantisation.bits"),
                   (self.job(base="lowest"), "quantisation.base"),
                   (self.job(loss="accuracy"), "quantisation.loss"),
                   (job_text(model={"network": "network.h5"}, solver={"compression": [0.5]}), "images.file"),
                   (job_text(model={"network": "network.h5", "table": "network.h5"}, images={"file": "images.h5"}, solver={"compression": [0.5]}), "name one of them"),
                   (job_text(model={"table": "network.h5"}, solver={"compression": [0.5], "limit": "operations"}), "solver.limit has no use"),
                   (job_text(model={"table": "network.h5"}, quantisation={"loss": "divergence"}, solver={"compression": [0.5]}), "quantisation.loss has no use"),
                   (job_text(solver={"compression": [0.5]}), "name one of them")]
        for text, message in refused:
            self.assert_ends(self.run_job(text), BAD_JOB_FILE, message)
        self.assert_ends(self.run_job(self.job((0.05,)), ranks=2), BAD_INPUT, "is less than")
        good = {"layer": "a", "cost": [80, 40, 20], "loss": [0, 1, 2]}
        for bad, message in (({**good, "cost": [80, 40]}, "costs"), ({**good, "cost": [80, 40], "loss": [0, 1]}, "2 choices"), ({**good, "cost": [80, 41, 20]}, "choice 1 costs 41")):
            (self.folder / "bad.jsonl").write_text(json.dumps(bad) + "\n")
            self.assert_ends(self.run_job(job_text(model={"table": "bad.jsonl"}, solver={"compression": [0.5]}), ranks=3), BAD_INPUT, "bad.jsonl:1", message)

    def test_check_measures_nothing(self):
        (self.folder / "job.toml").write_text(self.job())
        done = self.call("check", self.job_name, "-c", "job.toml", ranks=2)
        self.assert_ends(done, DONE)
        self.assertRegex(done.out, rf"layers +{len(self.names)}\n")


main()
