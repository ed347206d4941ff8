"""The three-species fishery in a few lines of NumPy and SciPy: its law, backward induction over all points of the quadrature, what a written policy takes."""
import numpy as np
from scipy.interpolate import RegularGridInterpolator

NOISE, THRESHOLD, PENALTY = 0.1, 0.05, 100


def next_mean(kind, t, x, y, z):
    """Mean of the next biomass, from what is left."""
    if kind == "one_species":
        return x + x * (1 - x) - 0.1 * x ** 2 / (x ** 2 + 0.09), y, z
    growth = max(1 - 0.5 * t / 100, 0.5) if kind == "drifting" else 1.0
    return (x + growth * x * (1 - x) - 0.3 * z * x ** 2 / (0.09 + x ** 2) - 0.1 * x * y,
            y + y * (1 - y) - 1.1 * 0.3 * z * y ** 2 / (0.09 + y ** 2) - 0.1 * x * y,
            z + z * (0.1 * (x + 1.1 * y) - 0.1))


def interpolate(nodes, values, points):
    """values [z, y, x], linear between nodes and constant beyond them; axes of one node are left out."""
    used = [d for d in range(3) if len(nodes[d]) > 1]
    axes = [nodes[d] for d in reversed(used)]
    places = np.stack([np.clip(points[d], nodes[d][0], nodes[d][-1]) for d in reversed(used)], axis=-1)
    return RegularGridInterpolator(axes, values.reshape([len(a) for a in axes]))(places)


def backward(kind, nodes, horizon):
    """Yields t, V_t [z, y, x], and W_t - x' - y', from the last stage to the first."""
    e, w = np.polynomial.hermite.hermgauss(5)
    e, w = np.sqrt(2) * e, w / np.sqrt(np.pi)
    z, y, x = np.meshgrid(nodes[2], nodes[1], nodes[0], indexing="ij")
    alone = kind == "one_species"
    with_y = 0 if kind in ("one_species", "one_fishery") else 1
    value = np.zeros_like(x)
    for t in reversed(range(horizon)):
        mean = next_mean(kind, t, x, y, z)
        expected = np.zeros_like(x)
        for i, j, k in np.ndindex(5, 5, 5):
            there = [mean[0] + NOISE * x * e[i], mean[1] + NOISE * y * e[j], mean[2] + NOISE * z * e[k]]
            lost = there[0] <= THRESHOLD
            if not alone:
                lost = lost | (there[1] <= THRESHOLD) | (there[2] <= THRESHOLD)
            expected += w[i] * w[j] * w[k] * np.where(lost, -PENALTY / (t + 1), interpolate(nodes, value, there))
        gain = expected - x - with_y * y
        best = np.maximum.accumulate(gain, axis=2)
        if with_y:
            best = np.maximum.accumulate(best, axis=1)
        value = x + with_y * y + best
        yield t, value, gain
