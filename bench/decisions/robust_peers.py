"""Peers of the robust jobs, NumPy and SciPy as one would write them, whole arrays at a time."""
import time

import numpy as np

HORIZON, FACTORS, STRIKE = 20, 30, 100.0


def put_data(trajectories, seed):
    rng = np.random.default_rng(seed)
    start, up = rng.uniform(95, 105), rng.random((trajectories, HORIZON)) < 0.5
    ups = np.concatenate([np.zeros((trajectories, 1), int), up.cumsum(axis=1)], axis=1)
    return start * 1.02 ** ups * 0.98 ** (np.arange(HORIZON + 1) - ups)


def tents(state):
    return np.maximum(0, 1 - np.abs(state[:, None] - (80 + np.arange(FACTORS) * 100 / FACTORS)) * (FACTORS / 100))


def search(factors, objective, low, high):
    """Each factor by scipy's bounded search, as the published code does."""
    from scipy.optimize import minimize_scalar
    return np.array([-minimize_scalar(lambda a: -objective(c, a), bounds=(low, high), method="bounded").fun for c in factors])


def offline_policy(S, algorithm, parameter, beta=0.1, ridge=1.0):
    """Weights of one algorithm on one data set."""
    w, inverse = np.zeros((HORIZON + 1, FACTORS)), np.zeros((HORIZON + 1, FACTORS, FACTORS))
    for h in reversed(range(HORIZON)):
        phi = tents(S[:, h])
        inverse[h] = np.linalg.inv(ridge * np.eye(FACTORS) + phi.T @ phi)
        v = np.zeros(len(S))
        if h + 1 < HORIZON:
            after, matrix = tents(S[:, h + 1]), inverse[h + 1]
            length = np.einsum("ni,ij,nj->n", after, matrix, after, optimize=True) if algorithm == "pevi" else after**2 @ np.diag(matrix)
            v = np.maximum(np.clip(after @ w[h + 1] - beta * np.sqrt(length), 0, HORIZON - h - 1), np.maximum(0, STRIKE - S[:, h + 1]))
        if algorithm == "pevi":
            w[h] = inverse[h] @ (phi.T @ v)
        elif algorithm == "r2pvi_tv":
            w[h] = inverse[h] @ (phi.T @ np.minimum(v, v.min() + parameter))
        elif algorithm == "r2pvi_kl":
            w[h] = -parameter * np.log(np.maximum(1 + inverse[h] @ (phi.T @ np.expm1(-v / parameter)), np.exp(-HORIZON / parameter)))
        else:
            factors = inverse[h] @ phi.T
            if algorithm == "r2pvi_chi2":
                def objective(c, a):
                    cut = np.minimum(v, a)
                    z = c @ cut
                    return z + (z * z - c @ (cut * cut)) / (4 * parameter)
                w[h] = search(factors, objective, 0, HORIZON)
            elif algorithm == "drpvi":
                w[h] = search(factors, lambda c, a: c @ np.minimum(v, a) - parameter * a, 0, HORIZON)
            else:
                w[h] = search(factors, lambda c, a: -a * np.log(max(1 + c @ np.expm1(-v / a), np.exp(-HORIZON / a))) - a * parameter, HORIZON / 20, HORIZON / parameter)
    return w[:HORIZON]


def offline_seconds(algorithm, parameter, trajectories, replications):
    data = [put_data(trajectories, seed) for seed in range(replications)]
    begin = time.monotonic()
    for S in data:
        offline_policy(S, algorithm, parameter)
    return time.monotonic() - begin


def windy_walk(alpha, scale):
    """One sparse matrix [action * state, state]; rewards [action, state]."""
    from scipy.sparse import csr_matrix
    n = 6 * scale
    r, c = np.divmod(np.arange(n * n), n)
    wall = lambda r, c: np.isin(r // scale, (1, 3)) & np.isin(c // scale, (1, 2, 3))  # noqa: E731
    still = wall(r, c) | (r * n + c == n - 1)
    band = r // scale
    wind = np.where(np.isin(c // scale, (1, 2, 3)), np.where(band == 0, alpha, np.where(band == 2, alpha**3, alpha**6)), 0.0)
    wind[still] = 0

    def to(dr, dc):
        r2, c2 = r + dr, c + dc
        inside = (r2 >= 0) & (r2 < n) & (c2 >= 0) & (c2 < n)
        inside &= ~wall(np.clip(r2, 0, n - 1), np.clip(c2, 0, n - 1)) & ~still
        return np.where(inside, r2 * n + c2, r * n + c)

    west, rows, columns, chances = to(0, -1), [], [], []
    for a, (dr, dc) in enumerate(((-1, 0), (1, 0), (0, 1), (0, -1))):
        rows += [a * n * n + r * n + c] * 2
        columns += [to(dr, dc), west]
        chances += [1 - wind, wind]
    T = csr_matrix((np.concatenate(chances), (np.concatenate(rows), np.concatenate(columns))), shape=(4 * n * n, n * n))
    T.eliminate_zeros()
    return T, np.tile(np.where(still, 0.0, -1.0), (4, 1))


def walk_models(models, scale, dense):
    made = [windy_walk(alpha, scale) for alpha in np.linspace(0, 0.5, models)]
    return [(T.toarray(), R) for T, R in made] if dense else made


def robust_iteration(family, discount, tolerance):
    """Value, seconds."""
    begin, value = time.monotonic(), np.zeros(family[0][0].shape[1])
    goal = tolerance * (1 - discount) / discount
    while True:
        least = None
        for T, R in family:
            q = R + discount * (T @ value).reshape(R.shape)
            least = q if least is None else np.minimum(least, q, out=least)
        after = least.max(axis=0)
        change = np.abs(after - value).max()
        value = after
        if change <= goal:
            return value, time.monotonic() - begin


def incremental(family, discount, tolerance, gap=1e-6):
    """Promised value, seconds."""
    goal = tolerance * (1 - discount) / discount
    states = family[0][0].shape[1]
    begin, newest, least = time.monotonic(), 0, None
    for _ in range(100):
        T, R = family[newest]
        value, change = np.zeros(states), 1.0
        while change > goal:
            after = (R + discount * (T @ value).reshape(R.shape)).max(axis=0)
            change, value = np.abs(after - value).max(), after
        q = R + discount * (T @ value).reshape(R.shape)
        least = q if least is None else np.minimum(least, q)
        policy = (least >= least.max(axis=0) - 1e-9 * (1 + np.abs(least.max(axis=0)))).argmax(axis=0)
        worth = []
        for T, R in family:
            chain, reward = T[policy * states + np.arange(states)], R[policy, np.arange(states)]
            value, change = np.zeros(states), 1.0
            while change > goal:
                after = reward + discount * (chain @ value)
                change, value = np.abs(after - value).max(), after
            worth.append(value[0])
        promised, newest = least[policy[0], 0], int(np.argmin(worth))
        if abs(promised - min(worth)) <= gap:
            break
    return promised, time.monotonic() - begin
