"""Residual networks for small pictures in NumPy, one slice of the kernel at a time; files of small random ones."""
import h5py
import numpy as np

MEAN, DEVIATION, EPSILON = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 1e-5


def names_of(stages):
    """Layers in their order: conv1, both of each block, linear"""
    return ["conv1"] + [f"layer{s + 1}/{b}/conv{k}" for s, blocks in enumerate(stages) for b in range(blocks) for k in (1, 2)] + ["linear"]


def random_network(seed, stages=(2, 2), width=4, classes=3):
    draw, tensors = np.random.default_rng(seed), {}

    def convolution(name, norm, outputs, inputs):
        tensors[f"{name}/weight"] = draw.normal(size=(outputs, inputs, 3, 3)) * np.sqrt(2 / (9 * inputs))
        for part, low, high in (("weight", 0.8, 1.2), ("bias", -0.2, 0.2), ("running_mean", -0.2, 0.2), ("running_var", 0.6, 1.4)):
            tensors[f"{norm}/{part}"] = draw.uniform(low, high, outputs)
    convolution("conv1", "bn1", width, 3)
    inputs = width
    for s, blocks in enumerate(stages):
        outputs = width * 2**s
        for b in range(blocks):
            for k in (1, 2):
                convolution(f"layer{s + 1}/{b}/conv{k}", f"layer{s + 1}/{b}/bn{k}", outputs, inputs)
                inputs = outputs
    tensors["linear/weight"], tensors["linear/bias"] = draw.normal(size=(classes, inputs)), draw.normal(size=classes)
    return {name: value.astype(np.float32) for name, value in tensors.items()}


def write_network(path, tensors):
    with h5py.File(path, "w") as file:
        for name, value in tensors.items():
            file[name] = value


def read_network(path):
    tensors = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: tensors.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return tensors


def random_images(seed, count, side=8, classes=3):
    draw = np.random.default_rng(seed)
    return draw.integers(0, 256, size=(count, side, side, 3), dtype=np.uint8), draw.integers(0, classes, size=count).astype(np.uint8)


def write_images(path, images, labels):
    with h5py.File(path, "w") as file:
        file["image"], file["label"] = images, labels


def convolve(x, weight, stride):
    """x [image, channel, row, column], padding 1"""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    rows, columns = x.shape[2], x.shape[3]
    out = sum(np.einsum("oc,ncij->noij", weight[:, :, i, j], padded[:, :, i:i + rows:1, j:j + columns]) for i in range(3) for j in range(3))
    return out[:, :, ::stride, ::stride]


def normalise(tensors, norm, x):
    part = {k: tensors[f"{norm}/{k}"].astype(float)[None, :, None, None] for k in ("weight", "bias", "running_mean", "running_var")}
    return (x - part["running_mean"]) / np.sqrt(part["running_var"] + EPSILON) * part["weight"] + part["bias"]


def logits(tensors, images, take=lambda layer, x: x):
    """take(layer's name, its input): the input that it works on"""
    def layer(name, x, stride=1):
        return convolve(take(name, x), tensors[f"{name}/weight"].astype(float), stride)
    x = ((images / 255.0 - MEAN) / DEVIATION).transpose(0, 3, 1, 2)
    x = np.maximum(0, normalise(tensors, "bn1", layer("conv1", x)))
    stage = 1
    while f"layer{stage}/0/conv1/weight" in tensors:
        block = 0
        while f"layer{stage}/{block}/conv1/weight" in tensors:
            name, stride = f"layer{stage}/{block}", 2 if stage > 1 and block == 0 else 1
            y = np.maximum(0, normalise(tensors, f"{name}/bn1", layer(f"{name}/conv1", x, stride)))
            y = normalise(tensors, f"{name}/bn2", layer(f"{name}/conv2", y))
            more = y.shape[1] - x.shape[1]
            x = np.maximum(0, y + np.pad(x[:, :, ::stride, ::stride], ((0, 0), (more // 2, more // 2), (0, 0), (0, 0))))
            block += 1
        stage += 1
    return take("linear", x.mean(axis=(2, 3))) @ tensors["linear/weight"].astype(float).T + tensors["linear/bias"]


def prune(weight, kept):
    """All but so many weights 0, the smallest first"""
    flat = weight.astype(np.float64).ravel().copy()
    flat[np.argsort(np.abs(flat), kind="stable")[:flat.size - kept]] = 0
    return flat.reshape(weight.shape)
