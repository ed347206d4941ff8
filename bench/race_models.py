"""Models of the race, as arrays that every peer can hold: S states with A actions each, discounted, rewards to be most."""
import dataclasses

import numpy as np


@dataclasses.dataclass
class Model:
    name: str
    discount: float
    states: int
    actions: int
    transition_offset: np.ndarray  # [pair + 1]
    next_state: np.ndarray         # [transition]
    probability: np.ndarray        # [transition]
    reward: np.ndarray             # [pair]

    def save(self, path):
        np.savez(path, **dataclasses.asdict(self))
        return path

    @staticmethod
    def load(path):
        with np.load(path) as arrays:
            return Model(**{name: arrays[name].item() if arrays[name].ndim == 0 else arrays[name] for name in arrays})


def random_model(states, actions, sparsity, discount, seed=1):
    """As MDPSolver's benchmark grid: next states drawn without preference, as many as the sparsity leaves."""
    rng = np.random.default_rng(seed)
    count = max(1, round(states * (1 - sparsity)))
    pairs = states * actions
    next_state = np.concatenate([np.sort(rng.permutation(states)[:count]) for _ in range(pairs)]).astype(np.int32)
    probability = rng.random((pairs, count)) + 1e-3
    probability /= probability.sum(axis=1, keepdims=True)
    return Model(f"random n={states} m={actions} {sparsity:.0%} sparse", discount, states, actions,
                 np.arange(0, pairs * count + 1, count, dtype=np.int64), next_state, probability.reshape(-1), rng.random(pairs))


def banded_model(states, actions, branching, half_width, discount, seed=1):
    """Next states near the state: what reads memory in order."""
    rng = np.random.default_rng(seed)
    pairs = states * actions
    stride = max(1, 2 * half_width // branching)
    first = rng.integers(-half_width, -half_width + stride, size=(pairs, 1))
    near = np.repeat(np.arange(states), actions)[:, None] + first + stride * np.arange(branching)
    probability = rng.random((pairs, branching)) + 1e-3
    probability /= probability.sum(axis=1, keepdims=True)
    near %= states
    order = np.argsort(near, axis=1)
    return Model(f"banded n={states} m={actions} {branching} next within {half_width}", discount, states, actions,
                 np.arange(0, pairs * branching + 1, branching, dtype=np.int64), np.take_along_axis(near, order, axis=1).astype(np.int32).reshape(-1),
                 np.take_along_axis(probability, order, axis=1).reshape(-1), rng.random(pairs))
