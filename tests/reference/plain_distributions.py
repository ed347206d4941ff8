"""Returns and stocks the plain way: a model is actions[state][action] = [(next state, probability, reward), ...]."""
import functools

import h5py
import numpy as np


def write_model(path, actions, initial=(0,), mean_off=0.0):
    """The MDP file with /transition_reward; `mean_off` spoils the expected reward of the first pair."""
    pairs = [pair for state in actions for pair in state]
    with h5py.File(path, "w") as file:
        file.attrs["schema"], file.attrs["schema_version"] = "bellshard.mdp", 1
        file["action_offset"] = np.cumsum([0] + [len(state) for state in actions])
        file["transition_offset"] = np.cumsum([0] + [len(pair) for pair in pairs])
        file["next_state"] = np.array([next_state for pair in pairs for next_state, _, _ in pair])
        file["probability"] = np.array([float(p) for pair in pairs for _, p, _ in pair])
        file["transition_reward"] = np.array([float(r) for pair in pairs for _, _, r in pair])
        mean = np.array([sum(p * r for _, p, r in pair) for pair in pairs], dtype=float)
        mean[0] += mean_off
        file["reward"] = mean
        file["label/init"] = np.isin(np.arange(len(actions)), list(initial)).astype(np.uint8)
    return path


def random_model(rng, states, branch=2, low=-2, high=3):
    def pair():
        p = rng.dirichlet(np.ones(branch))
        return [(int(rng.integers(states)), float(q), int(rng.integers(low, high + 1))) for q in p / p.sum()]
    return [[pair() for _ in range(2)] for _ in range(states)]


def utility_values(actions, horizon, utility):
    """W(s, c) = max over actions of E W(s', c + r), W of no steps = utility(c)."""
    @functools.cache
    def value(steps, state, stock):
        if steps == 0:
            return utility(stock)
        return max(sum(p * value(steps - 1, n, stock + r) for n, p, r in pair) for pair in actions[state])
    return value


def all_laws(actions, horizon, low, size):
    """[state] -> array [policy, return - low]: the laws of all deterministic policies that see the whole history."""
    laws = [np.eye(1, size, -low) for _ in actions]
    for _ in range(horizon):
        later = []
        for pairs in actions:
            rows = []
            for pair in pairs:
                sums = np.zeros((1, size))
                for n, p, r in pair:
                    shifted = np.zeros_like(laws[n])
                    a, b = max(0, r), size + min(0, r)
                    shifted[:, a:b] = laws[n][:, a - r:b - r]
                    sums = (sums[:, None, :] + p * shifted[None, :, :]).reshape(-1, size)
                rows.append(sums)
            later.append(np.concatenate(rows))
        laws = later
    return laws


def tail_mean(values, probabilities, level, worst=True):
    """Mean of the worst or best share of the outcomes; probabilities [..., value]."""
    order = np.argsort(values, kind="stable")
    order = order if worst else order[::-1]
    p = np.asarray(probabilities)[..., order]
    taken = np.diff(np.minimum(np.cumsum(p, axis=-1), level), prepend=0, axis=-1)
    return (taken * np.asarray(values)[order]).sum(-1) / level + (level - taken.sum(-1)) * np.asarray(values)[order][-1] / level


def follow_exactly(actions, stage_action, stocks, state, stock, discount=1.0):
    """Law {return: probability} of a written policy whose stock is drawn between two of the grid's, right in the mean."""
    low, step = stocks[0], stocks[1] - stocks[0] if len(stocks) > 1 else 1.0

    def rows(value):
        x = min(max((value - low) / step, 0), len(stocks) - 1)
        k = min(int(x + 1e-12), len(stocks) - 1)
        w = x - k if x - k > 1e-9 else 0
        return [(k, 1 - w)] + ([(k + 1, w)] if w > 0 else [])

    @functools.cache
    def law(stage, s, k):
        if stage == stage_action.shape[1]:
            return ((0.0, 1.0),)
        found = {}
        for n, p, r in actions[s][stage_action[s, stage, k]]:
            for other, w in rows((stocks[k] + r) / discount):
                for x, q in law(stage + 1, n, other):
                    total = round(r + discount * x, 12)
                    found[total] = found.get(total, 0) + p * w * q
        return tuple(sorted(found.items()))

    found = {}
    for k, w in rows(stock):
        for x, q in law(0, state, k):
            found[x] = found.get(x, 0) + w * q
    return found


def plain_backup(actions, horizon, discount, stocks, laws, worth, project):
    """Laws [state][stock] by backward induction, and the actions [stage][state][stock]: between two stocks a next law is their mixture, right in the mean.

    A law is a list of (return, probability); `laws` is that of no steps, `worth` of a total, `project` brings a law back onto its atoms.
    """
    def mixed(later, n, stock):
        x = min(max((stock - stocks[0]) / (stocks[1] - stocks[0]), 0), len(stocks) - 1)
        k = min(int(x), len(stocks) - 2)
        return [(value, p * w) for place, w in ((k, 1 - (x - k)), (k + 1, x - k)) for value, p in later[n][place]]

    held, chosen = [[laws] * len(stocks) for _ in actions], []
    for _ in range(horizon):
        now, best = [], []
        for pairs in actions:
            now.append([]), best.append([])
            for stock in stocks:
                totals = [[(r + discount * g, p * q) for n, p, r in pair for g, q in mixed(held, n, (stock + r) / discount)] for pair in pairs]
                values = np.array([sum(p * worth(stock + g) for g, p in law) for law in totals])
                best[-1].append(int(np.argmax(values > values.max() - 1e-12)))
                now[-1].append(project(totals[best[-1][-1]]))
        held = now
        chosen.append(best)
    return held, chosen[::-1]


def onto_atoms(law, atoms):
    """Each value shared by its two neighbours, right in the mean."""
    found = np.zeros(len(atoms))
    for value, p in law:
        x = min(max((value - atoms[0]) / (atoms[1] - atoms[0]), 0), len(atoms) - 1)
        k = min(int(x), len(atoms) - 2)
        found[k] += p * (1 - (x - k))
        found[k + 1] += p * (x - k)
    return list(zip(atoms, found))


def middle_quantiles(law, count):
    """Equally likely: the quantiles in the middle of each share."""
    values, p = np.array(sorted(law)).T
    return [(values[np.searchsorted(np.cumsum(p), (j + 0.5) / count - 1e-12)], 1 / count) for j in range(count)]


def wasserstein(values_a, p, values_b, q):
    """Wasserstein-1 distance of two discrete laws."""
    points = np.unique(np.concatenate([values_a, values_b]))
    def cumulative(values, probabilities):
        return np.array([np.sum(np.asarray(probabilities)[np.asarray(values) <= x]) for x in points[:-1]])
    return float(np.sum(np.abs(cumulative(values_a, p) - cumulative(values_b, q)) * np.diff(points)))
