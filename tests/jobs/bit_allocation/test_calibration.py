"""Calibrated layers against AdaQuant in NumPy; batch norms against moments; any ranks, restarts; what is refused."""
import numpy as np

from bellshard_runs import BAD_JOB_FILE, DONE, STOPPED_EARLY, job_text, main
from network_runs import NetworkTest
from plain_network import EPSILON, convolve

BITS = [8, 3, 2]
RATES = {"weight_rate": 2e-3, "bias_rate": 1e-2, "weight_range_rate": 3e-3, "input_range_rate": 3e-2}


def levels(range_, least, most):
    scale = range_ / most
    return scale, np.rint(least / scale)


def at_levels(values, range_, least, most):
    scale, zero = levels(range_, least, most)
    return scale * (np.rint(np.clip(values / scale - zero, 0, most)) + zero)


def level_slopes(values, range_, least, most):
    """Of the level with the number, the range, the least number; round() as if it were straight"""
    scale, zero = levels(range_, least, most)
    q = values / scale - zero
    inside = (q >= 0) & (q <= most)
    end = np.where(q < 0, 0, most)
    of_scale = np.where(inside, np.rint(q) + zero - values / scale, end + zero - least / scale)
    return inside * 1.0, of_scale / most, 1.0 - inside


class Adam:
    def __init__(self, rate):
        self.rate, self.step, self.mean, self.square = rate, 0, 0.0, 0.0

    def __call__(self, number, slope):
        self.step += 1
        self.mean = 0.9 * self.mean + 0.1 * slope
        self.square = 0.999 * self.square + 0.001 * slope**2
        return number - self.rate * (self.mean / (1 - 0.9**self.step)) / (np.sqrt(self.square / (1 - 0.999**self.step)) + 1e-8)


def keep_zero_inside(range_, least, smallest):
    range_ = np.maximum(range_, smallest)
    return range_, np.minimum(0, np.maximum(least, -range_))


class Layer:
    """A layer of the float32 network with its input, its shortcut and its output"""

    def __init__(self, name, weight, scale, shift, stride, x, shortcut):
        self.name, self.weight, self.scale, self.shift, self.stride, self.x, self.shortcut = name, weight.astype(float), scale, shift, stride, x, shortcut
        self.out = self.outputs(x, self.weight, shift)

    def outputs(self, x, weight, shift):
        if self.weight.ndim == 2:
            return x @ weight.T + shift
        sums = convolve(x, weight, self.stride) * self.scale[:, None, None] + shift[:, None, None] + self.shortcut
        return np.maximum(0, sums)

    def slopes(self, x, weight, shift):
        """Of the mean squared error: weight, shift, input"""
        out = self.outputs(x, weight, shift)
        back = 2 * (out - self.out) / out.size
        if self.weight.ndim == 2:
            return back.T @ x, back.sum(axis=0), back @ weight
        back = back * (out > 0)
        of_shift = back.sum(axis=(0, 2, 3))
        back = back * self.scale[:, None, None]
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        of_weight, of_padded = np.zeros_like(weight), np.zeros_like(padded)
        rows, columns, s = out.shape[2], out.shape[3], self.stride
        for i in range(3):
            for j in range(3):
                seen = (slice(None), slice(None), slice(i, i + s * rows - s + 1, s), slice(j, j + s * columns - s + 1, s))
                of_weight[:, :, i, j] = np.tensordot(back, padded[seen], axes=((0, 2, 3), (0, 2, 3)))
                of_padded[seen] += np.tensordot(weight[:, :, i, j], back, axes=(0, 1)).swapaxes(0, 1)
        return of_weight, of_shift, of_padded[:, :, 1:-1, 1:-1]

    def fit(self, bits, iterations, activations=True):
        """Errors before and after, and what the best layer of all looks is: weight, shift, its input"""
        most, axes = 2**bits - 1, tuple(range(1, self.weight.ndim))
        each = (slice(None),) + (None,) * len(axes)
        weight, shift = self.weight.copy(), self.shift.copy()
        least = np.minimum(0, weight.min(axis=axes))
        range_ = np.maximum(0, weight.max(axis=axes)) - least
        in_least = min(0.0, self.x.min())
        in_range = max(0.0, self.x.max()) - in_least
        smallest, in_smallest = 1e-3 * range_, 1e-3 * in_range
        adams = {name: Adam(RATES[f"{kind}_rate"]) for name, kind in (("weight", "weight"), ("shift", "bias"), ("range", "weight_range"), ("least", "weight_range"),
                                                                      ("in_range", "input_range"), ("in_least", "input_range"))}
        before = best = None
        for t in range(iterations + 1):
            w = at_levels(weight, range_[each], least[each], most)
            x = at_levels(self.x, in_range, in_least, most) if activations else self.x
            error = np.mean((self.outputs(x, w, shift) - self.out)**2)
            before = error if t == 0 else before
            if best is None or error < best[0]:
                best = error, w, shift.copy(), (in_range, in_least, most)
            of_weight, of_shift, of_x = self.slopes(x, w, shift)
            if activations:
                _, of_range, of_least = level_slopes(self.x, in_range, in_least, most)
                in_range, in_least = keep_zero_inside(adams["in_range"](in_range, np.sum(of_x * of_range)), adams["in_least"](in_least, np.sum(of_x * of_least)), in_smallest)
            inside, of_range, of_least = level_slopes(weight, range_[each], least[each], most)
            moved = adams["range"](range_, np.sum(of_weight * of_range, axis=axes)), adams["least"](least, np.sum(of_weight * of_least, axis=axes))
            weight = adams["weight"](weight, of_weight * inside)
            shift = adams["shift"](shift, of_shift)
            range_, least = keep_zero_inside(*moved, smallest)
        return before, *best


def layers_of(tensors, names, images):
    """The float32 network, layer by layer, on images"""
    x = ((images / 255.0 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)).transpose(0, 3, 1, 2)
    layers, block_input = [], None
    for name in names[:-1]:
        norm = {part: tensors[f"{name.replace('conv', 'bn')}/{part}"].astype(float) for part in ("weight", "bias", "running_mean", "running_var")}
        scale = norm["weight"] / np.sqrt(norm["running_var"] + EPSILON)
        weight = tensors[f"{name}/weight"]
        stride, shortcut = 2 if name.endswith("0/conv1") and not name.startswith("layer1") else 1, 0.0
        if name.endswith("conv1"):
            block_input = x
        else:
            over = block_input.shape[2] // x.shape[2]
            more = weight.shape[0] - block_input.shape[1]
            shortcut = np.pad(block_input[:, :, ::over, ::over], ((0, 0), (more // 2, more // 2), (0, 0), (0, 0)))
        layers.append(Layer(name, weight, scale, norm["bias"] - scale * norm["running_mean"], stride, x, shortcut))
        x = layers[-1].out
    layers.append(Layer("linear", tensors["linear/weight"], None, tensors["linear/bias"].astype(float), 1, x.mean(axis=(2, 3)), None))
    return layers


def outputs_of(fitted, layers, whole_layers, images_layers, matched):
    """A network of fitted layers on images; matched: batch norms get the moments of the float32 network on the images of `layers`"""
    runs = [[layer[0].x, None] for layer in (layers, images_layers)]  # images that norms are matched on, and those that are asked for
    for l, (error, weight, shift, (in_range, in_least, most)) in enumerate(fitted):
        scale = layers[l].scale
        if layers[l].weight.ndim == 2:
            return at_levels(runs[1][0].mean(axis=(2, 3)), in_range, in_least, most) @ weight.T + shift
        sums = []
        for run in runs:
            run[1] = run[0] if layers[l].name.endswith("conv1") else run[1]
            sums.append(convolve(at_levels(run[0], in_range, in_least, most), weight, layers[l].stride))
        if matched:
            want = convolve(layers[l].x, whole_layers[l].weight, layers[l].stride)
            factor = np.sqrt((want.var(axis=(0, 2, 3)) + EPSILON) / (sums[0].var(axis=(0, 2, 3)) + EPSILON))
            shift = whole_layers[l].shift + scale * want.mean(axis=(0, 2, 3)) - factor * scale * sums[0].mean(axis=(0, 2, 3))
            scale = factor * scale
        for run, sum_ in zip(runs, sums):
            out = sum_ * scale[:, None, None] + shift[:, None, None]
            if not layers[l].name.endswith("conv1"):
                over, more = run[1].shape[2] // out.shape[2], out.shape[1] - run[1].shape[1]
                out = out + np.pad(run[1][:, :, ::over, ::over], ((0, 0), (more // 2, more // 2), (0, 0), (0, 0)))
            run[0] = np.maximum(0, out)
    return None


def mean_loss(outputs, labels):
    top = outputs.max(axis=1)
    return np.mean(np.log(np.exp(outputs - top[:, None]).sum(axis=1)) + top - outputs[np.arange(len(labels)), labels])


class Calibration(NetworkTest):
    job_name = "bit_allocation"
    stages = (1, 1)

    def job(self, quantisation=None, **calibration):
        return job_text(model={"network": "network.h5"}, images={"file": "images.h5"}, quantisation={"calibration": 9, "bits": BITS, **(quantisation or {})},
                        calibration={"method": "adaquant", "iterations": 4, **RATES, **calibration}, solver={"compression": [0.1, 0.2]})

    def test_layers_against_numpy(self):
        layers, of_all = layers_of(self.tensors, self.names, self.images[:9]), layers_of(self.tensors, self.names, self.images)
        fitted = [[layer.fit(bits, 4) for bits in BITS] for layer in layers]
        for matched, keys in ((False, {"match_norms": False}), (True, {})):
            done = self.run_job(self.job(**keys), name=f"matched{matched}", ranks=2)
            self.assert_ends(done, DONE)
            for name, which in (("nearest_layer_error", 0), ("layer_error", 1)):
                expected = np.array([[f[which] for f in of] for of in fitted])
                np.testing.assert_allclose(done.result(name)[:, 1:], expected[:, 1:], rtol=2e-3)
                np.testing.assert_allclose(done.result(name)[:, 0], expected[:, 0], rtol=5e-2)  # of 8 bits: one number that lies between two levels shows
            left = done.result("layer_error") / done.result("nearest_layer_error")
            self.assertLessEqual(left.max(), 1)
            self.assertLess(np.median(left[:, 1:]), 0.95)
            for k in range(len(BITS)):
                outputs = outputs_of([of[k][1:] for of in fitted], layers, layers, of_all, matched)
                self.assertAlmostEqual(done.result("uniform_cross_entropy")[k], mean_loss(outputs, self.labels), delta=2e-3)

    def test_weights_alone(self):
        done = self.run_job(self.job({"activations": False}))
        self.assert_ends(done, DONE)
        fitted = [[layer.fit(bits, 4, activations=False) for bits in BITS] for layer in layers_of(self.tensors, self.names, self.images[:9])]
        np.testing.assert_allclose(done.result("layer_error")[:, 1:], [[f[1] for f in of[1:]] for of in fitted], rtol=2e-3)

    def test_any_ranks_and_restart(self):
        text = self.job({"bits": [4, 2]}, batch=4, iterations=7)
        whole = self.run_job(text, name="whole")
        self.assert_ends(whole, DONE)
        runs = [self.run_job(text, name=f"r{ranks}", ranks=ranks) for ranks in (2, 3)]
        for ranks in (1, 2, 3, 1):  # each life ends after a task of each rank
            life = self.run_job(text, "--time-limit", "0.001s", name="stopped", ranks=ranks)
            self.assert_ends(life, STOPPED_EARLY, "stopped.calibrated.checkpoint")
        runs.append(self.run_job(text, name="stopped", ranks=2))
        self.assert_ends(runs[-1], DONE, "stopped.calibrated.checkpoint")
        self.assertFalse(list(self.folder.glob("stopped.*.checkpoint*")))  # gone with the result
        for run in runs:
            self.assert_ends(run, DONE)
            for name in ("layer_error", "nearest_layer_error", "sensitivity", "bits", "cross_entropy", "uniform_cross_entropy", "uniform_nearest_cross_entropy"):
                self.assert_same_bits(run.result(name), whole.result(name), name)
        other = self.run_job(self.job({"bits": [4, 2]}, batch=4, iterations=7, seed=1), name="other")
        self.assertNotEqual(other.result("layer_error").tobytes(), whole.result("layer_error").tobytes())

    def test_real_layers(self):
        folder = self.data_folder("resnet_cifar10")
        text = job_text(model={"network": str(folder / "resnet20.h5")}, images={"file": str(folder / "cifar10_test_2000.h5"), "limit": 96},
                        quantisation={"calibration": 16, "bits": [4, 2]}, calibration={"method": "adaquant", "iterations": 8}, solver={"compression": [0.125]})
        done = self.run_job(text, ranks=2)
        self.assert_ends(done, DONE)
        before, after = done.result("nearest_layer_error"), done.result("layer_error")
        self.assertTrue(np.all(after < before))
        self.assertLess(np.median(after / before), 0.8)
        self.assertLess(np.max(done.result("uniform_cross_entropy") / done.result("uniform_nearest_cross_entropy")), 1)

    def test_what_is_refused(self):
        for keys, message in (({"method": "newton"}, "calibration.method"), ({"iterations": 0}, "calibration.iterations"), ({"batch": 0}, "calibration.batch"),
                              ({"weight_rate": -1e-5}, "calibration.weight_rate"), ({"seed": -1}, "calibration.seed"), ({"rate": 1}, "calibration.rate")):
            self.assert_ends(self.run_job(self.job(**keys)), BAD_JOB_FILE, message)
        table = job_text(model={"table": "network.h5"}, calibration={"method": "adaquant"}, solver={"compression": [0.5]})
        self.assert_ends(self.run_job(table), BAD_JOB_FILE, "calibration.method has no use")

    def test_check_counts_the_samples(self):
        (self.folder / "job.toml").write_text(self.job())
        done = self.call("check", self.job_name, "-c", "job.toml")
        self.assert_ends(done, DONE)
        self.assertIn("a layer's inputs and outputs on all calibration images", done.out)


main()
