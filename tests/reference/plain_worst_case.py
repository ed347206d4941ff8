"""Robust policies by a sequence of worst models, and robust value iteration, on dense arrays T [action, state, state], R [action, state] in plain NumPy."""
import numpy as np
from scipy.optimize import linprog


def windy_walk(alpha, columns=(1, 2, 3), n=6):
    """S = (0, 0), G = (0, 5); walls in rows 1 and 3 of three middle columns, wind in these columns; north, south, east, west."""
    walls = {(r, c) for r in (1, 3) for c in columns}
    T, R = np.zeros((4, n * n, n * n)), -np.ones((4, n * n))

    def to(r, c, dr, dc):
        inside = 0 <= r + dr < n and 0 <= c + dc < n and (r + dr, c + dc) not in walls
        return (r + dr) * n + c + dc if inside else r * n + c

    for r in range(n):
        for c in range(n):
            s = r * n + c
            if (r, c) in walls or (r, c) == (0, n - 1):
                T[:, s, s], R[:, s] = 1, 0
                continue
            wind = 0.0 if c not in columns else alpha if r == 0 else alpha**3 if r == 2 else alpha**6
            for a, (dr, dc) in enumerate(((-1, 0), (1, 0), (0, 1), (0, -1))):
                T[a, s, to(r, c, dr, dc)] += 1 - wind
                T[a, s, to(r, c, 0, -1)] += wind
    return T, R


def optimum(T, R, discount):
    """Policy iteration with exact evaluation."""
    policy = np.zeros(T.shape[1], int)
    while True:
        value = evaluate(T, R, policy, discount)
        q = R + discount * T @ value
        better = np.where(q.max(axis=0) > q[policy, np.arange(len(value))] + 1e-12, q.argmax(axis=0), policy)
        if (better == policy).all():
            return value, q
        policy = better


def evaluate(T, R, policy, discount):
    s = np.arange(T.shape[1])
    return np.linalg.solve(np.eye(len(s)) - discount * T[policy, s], R[policy, s])


def greedy(q):
    return (q >= q.max(axis=0) - 1e-9 * (1 + np.abs(q.max(axis=0)))).argmax(axis=0)


def sequence(family, start, discount, gap=1e-6, most=100):
    """Rows (model added, promised value, worst model, worst value), the Q after each, and whether it ended with a gap."""
    rows, qs, newest, q = [], [], 0, None
    while True:
        solved = optimum(*family[newest], discount)[1]
        q = solved if q is None else np.minimum(q, solved)
        qs.append(q)
        policy = greedy(q)
        worth = np.array([evaluate(T, R, policy, discount)[start] for T, R in family])
        worst = int((worth <= worth.min() + 2e-9).argmax())
        rows.append((newest, q[policy[start], start], worst, worth.min()))
        if abs(rows[-1][3] - rows[-1][1]) <= gap:
            return rows, qs, False
        if worst in [row[0] for row in rows] or len(rows) == most:
            return rows, qs, True
        newest = worst


def robust_value(family, discount):
    value = np.zeros(family[0][0].shape[1])
    while True:
        after = np.min([R + discount * T @ value for T, R in family], axis=0).max(axis=0)
        if np.abs(after - value).max() < 1e-13:
            return after
        value = after


def l1_worst(p, value, radius):
    """Least q value over |q - p| <= radius on the support of p: a linear program."""
    on = np.flatnonzero(p > 0)
    n = len(on)
    cost = np.concatenate([value[on], np.zeros(n)])
    above = np.vstack([np.hstack([np.eye(n), -np.eye(n)]), np.hstack([-np.eye(n), -np.eye(n)]), np.concatenate([np.zeros(n), np.ones(n)])[None]])
    found = linprog(cost, A_ub=above, b_ub=np.concatenate([p[on], -p[on], [radius]]), A_eq=np.concatenate([np.ones(n), np.zeros(n)])[None], b_eq=[1], method="highs")
    return found.fun


def l1_residual(T, R, value, radius, discount):
    """Largest |value - robust backup of it| with L1 balls around each pair's next states."""
    q = np.array([[R[a, s] + discount * l1_worst(T[a, s], value, radius) for s in range(len(value))] for a in range(len(T))])
    return np.abs(q.max(axis=0) - value).max()
