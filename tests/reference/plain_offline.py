"""Robust and plain pessimistic value iteration from offline data, one trajectory set at a time, in plain NumPy: the oracle of the job robust_offline.

Dense features, dense inverses, one-dimensional maxima by trying every kink (and, between kinks, the vertex of the parabola) or by ever finer grids. Slow on purpose; shares no code with the program.
"""
import numpy as np

STRIKE = 100.0


class Put:
    """American put on a binomial walk: hold (0) or exercise (1); features are tents, of holding alone."""
    horizon = 20

    def __init__(self, d=30, low=80.0, span=100.0):
        self.d, self.anchor, self.width = d, low + np.arange(d) * span / d, span / d

    def features(self, state, action):
        return np.maximum(0, 1 - np.abs(np.asarray(state, dtype=float)[..., None] - self.anchor) / self.width)

    def theta(self, h):
        return np.zeros(self.d)

    def value(self, state, h, w, bonus):
        phi = self.features(state, 0)
        q = np.clip(phi @ w - bonus(phi), 0, self.horizon - h)
        return np.maximum(q, np.maximum(0, STRIKE - np.asarray(state, dtype=float)))

    def holds(self, state, h, w, bonus):
        phi = self.features(state, 0)
        q = np.clip(phi @ w - bonus(phi), 0, self.horizon - h)
        exercise = np.maximum(0, STRIKE - np.asarray(state, dtype=float))
        return ~(exercise > q)

    def evaluate(self, run, up, start):
        """Expected pay-off of the policy of `run` from `start`, by the binomial tree."""
        value = None
        for h in reversed(range(self.horizon)):
            k = np.arange(h + 1)
            s = start * 1.02 ** k * 0.98 ** (h - k)
            later = up * value[1:] + (1 - up) * value[:-1] if value is not None else np.zeros(h + 1)
            value = np.where(self.holds(s, h, run.w[h], run.bonus(h)), later, np.maximum(0, STRIKE - s))
        return value[0]

    def optimum(self, up, start):
        value = np.zeros(self.horizon + 1)
        for h in reversed(range(self.horizon)):
            k = np.arange(h + 1)
            s = start * 1.02 ** k * 0.98 ** (h - k)
            value = np.maximum(np.maximum(0, STRIKE - s), up * value[1:] + (1 - up) * value[:-1])
        return value[0]


class LinearWalk:
    """Five states, sixteen actions, features of dimension four, horizon three."""
    horizon, d = 3, 4

    def __init__(self, xi=0.2, delta=0.3):
        self.p = np.array([delta + xi / 4 * sum(1 if a >> i & 1 else -1 for i in range(4)) for a in range(16)])
        table = np.zeros((5, 16, 4))
        for s in range(3):
            table[s, :, s], table[s, :, 3] = 1 - self.p, self.p
        table[3, :, 2] = table[4, :, 3] = 1
        self.table = table

    def features(self, state, action):
        return self.table[np.asarray(state, dtype=int), np.asarray(action, dtype=int)]

    def theta(self, h):
        return np.array([0, 0, 0, 0.0 if h == 0 else 1.0])

    def q(self, h, w, bonus):
        phi = self.table.reshape(80, 4)
        return np.clip(phi @ w - bonus(phi), 0, self.horizon - h).reshape(5, 16)

    def value(self, state, h, w, bonus):
        return self.q(h, w, bonus).max(axis=1)[np.asarray(state, dtype=int)]

    def step(self, h, share=0.0):
        """[factor, next state]: share of x5's arrivals in the first step that fall to x4."""
        mu = np.zeros((4, 5))
        mu[0, 1], mu[0, 3] = (0.999, 0.001) if h == 0 else (1, 0)
        mu[1, 2] = mu[2, 3] = mu[3, 4] = 1
        if h == 0:
            mu[3] = [0, 0, 0, share, 1 - share]
        return mu

    def evaluate(self, run, share, start=None):
        here, total = np.eye(5)[0], 0.0
        for h in range(self.horizon):
            phi = self.table[np.arange(5), self.q(h, run.w[h], run.bonus(h)).argmax(axis=1)]
            total += here @ phi @ self.theta(h)
            here = here @ phi @ self.step(h, share)
        return total


def cut_moments(c, v, a):
    """sum c min(v, a) and sum c min(v, a)^2 for each row of c."""
    cut = np.minimum(v, a)
    return c @ cut, c @ cut**2


def best_chi2(c, v, lam, top):
    """[factor] greatest over a in [0, top] of z + z^2 / (4 lam) - z2 / (4 lam)."""
    kinks = np.unique(np.concatenate([[0.0, top], v[(v > 0) & (v < top)]]))
    best = np.full(len(c), -np.inf)
    objective = lambda a: (lambda z, z2: z + (z * z - z2) / (4 * lam))(*cut_moments(c, v, a))  # noqa: E731
    for low, high in zip(kinks, kinks[1:]):
        f0, f1, f2 = objective(low), objective((low + high) / 2), objective(high)
        best = np.maximum(best, np.maximum(f0, f2))
        half = (high - low) / 2
        second, first = (f0 - 2 * f1 + f2) / 2, (f2 - f0) / 2  # of the parabola over [-1, 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            vertex = -first / (2 * second)
        inner = (second < 0) & (np.abs(vertex) < 1)
        for i in np.flatnonzero(inner):
            at = (low + high) / 2 + half * vertex[i]
            z, z2 = cut_moments(c[i], v, at)
            best[i] = max(best[i], z + (z * z - z2) / (4 * lam))
    return best


def best_tv(c, v, rho, top):
    kinks = np.unique(np.concatenate([[0.0, top], v[(v > 0) & (v < top)]]))
    return np.max([cut_moments(c, v, a)[0] - rho * a for a in kinks], axis=0)


def best_kl(c, v, rho, coolest, top):
    """[factor] greatest over a in [coolest, top / rho] of -a log(1 + sum c (exp(-v / a) - 1)) - a rho; the first part at most top."""
    def value(ci, a):
        inside = 1 + ci @ np.expm1(-v / a)
        return (min(top, -a * np.log(inside)) if inside > 0 else top) - a * rho
    best = []
    for ci in c:
        grid = np.geomspace(coolest, max(coolest, top / rho), 200)
        for _ in range(12):  # ever closer around the best point
            values = np.array([value(ci, a) for a in grid])
            k = int(values.argmax())
            grid = np.linspace(grid[max(k - 1, 0)], grid[min(k + 1, grid.size - 1)], 31)
        best.append(values.max())
    return np.array(best)


class Run:
    """Weights [h][factor] and inverses of the Gram matrices of one algorithm on one data set."""

    def __init__(self, env, S, A, algorithm, parameter, beta, gamma):
        H, d = env.horizon, env.d
        self.w, self.inverse, self.beta, self.full = np.zeros((H, d)), np.zeros((H, d, d)), beta, algorithm == "pevi"
        for h in reversed(range(H)):
            phi = env.features(S[:, h], A[:, h])
            gram = gamma * np.eye(d) + phi.T @ phi
            self.inverse[h] = np.linalg.inv(gram)
            v = env.value(S[:, h + 1], h + 1, self.w[h + 1], self.bonus(h + 1)) if h + 1 < H else np.zeros(len(S))
            c, top = np.linalg.solve(gram, phi.T), float(H)
            if algorithm == "pevi":
                expected = c @ v
            elif algorithm == "r2pvi_tv":
                expected = c @ np.minimum(v, v.min() + parameter)
            elif algorithm == "r2pvi_kl":
                expected = -parameter * np.log(np.maximum(1 + c @ np.expm1(-v / parameter), np.exp(-top / parameter)))
            elif algorithm == "r2pvi_chi2":
                expected = best_chi2(c, v, parameter, top)
            elif algorithm == "drpvi":
                expected = best_tv(c, v, parameter, top)
            elif algorithm == "drvi_l":
                expected = best_kl(c, v, parameter, H / 20, top)
            self.w[h] = env.theta(h) + expected

    def bonus(self, h):
        inverse = self.inverse[h]
        if self.full:
            return lambda phi: self.beta * np.sqrt(np.einsum("...i,ij,...j", phi, inverse, phi))
        return lambda phi: self.beta * np.sqrt(phi**2 @ np.diag(inverse))
