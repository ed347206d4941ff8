"""A stochastic shortest path on a raster, with dense matrices and policy iteration (Howard 1960; Puterman 1994, 6.4).

Plain and slow, for maps of some hundred cells. Shares no code with the program: transition matrices that are stored, linear
systems that are solved, distances from vectors in space.
"""
import dataclasses

import numpy as np

MOVES = 8
EAST = [0, 1, 1, 1, 0, -1, -1, -1]
NORTH = [1, 1, 0, -1, -1, -1, 0, 1]
RADIUS = 6371.0  # km


@dataclasses.dataclass
class Raster:
    free: np.ndarray                # bool [row, column]
    targets: list                   # (row, column)
    drift: float = 0.1
    discount: float = 1.0
    latitude: np.ndarray = None     # degrees; None: octile costs, row 0 in the north
    longitude: np.ndarray = None
    speed: float = 30.0             # km/h
    wraps: bool = False

    def step(self, row, column, direction):
        """The cell there, or None where it is blocked or off the map."""
        row += NORTH[direction] * self.row_north()
        column += EAST[direction]
        rows, columns = self.free.shape
        if self.wraps:
            column %= columns
        if not (0 <= row < rows and 0 <= column < columns) or not self.free[row, column]:
            return None
        return row, column

    def row_north(self):
        return 1 if self.latitude is not None and self.latitude[1] > self.latitude[0] else -1

    def cost(self, row, direction):
        if self.latitude is None:
            return np.sqrt(2.0) if direction % 2 else 1.0
        there = row + NORTH[direction] * self.row_north()
        if 0 <= there < len(self.latitude):
            latitude = self.latitude[there]
        else:  # beyond the first or last row: as if rows went on evenly
            inner = 1 if there < 0 else len(self.latitude) - 2
            latitude = 2 * self.latitude[row] - self.latitude[inner]
        step = self.longitude[1] - self.longitude[0]
        a, b = on_sphere(self.latitude[row], 0), on_sphere(latitude, EAST[direction] * step)
        return RADIUS * np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b) / self.speed


def on_sphere(latitude, longitude):
    latitude, longitude = np.radians(latitude), np.radians(longitude)
    return np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])


class Solution:
    """value [row, column]: +inf where no target is reached, NaN where blocked. q [row, column, move]: cost of a move, then optimal."""

    def __init__(self, raster):
        self.raster = raster
        self.reached = reachable(raster)
        live = [cell for cell in zip(*np.nonzero(raster.free)) if cell not in set(raster.targets)]
        if raster.discount == 1:
            live = [cell for cell in live if self.reached[cell]]
        index = {cell: i for i, cell in enumerate(live)}
        matrix, cost = transitions(raster, live, index)
        values = policy_iteration(matrix, cost, proper_policy(raster, live, matrix, index))

        self.value = np.where(raster.free, np.inf, np.nan)
        self.q = np.full((*raster.free.shape, MOVES), np.nan)
        for cell in raster.targets:
            self.value[cell] = 0
        for cell, i in index.items():
            self.value[cell] = values[i]
            self.q[cell] = cost[i] + matrix[:, i] @ values


def reachable(raster):
    """Steps go both ways, so whoever a target could go to can reach it."""
    reached = np.zeros_like(raster.free)
    front = list(raster.targets)
    while front:
        cell = front.pop()
        if reached[cell]:
            continue
        reached[cell] = True
        front += [there for d in range(MOVES) if (there := raster.step(*cell, d))]
    return reached


def transitions(raster, live, index):
    """Discounted probabilities [move, state, state] among the live states, and costs [state, move]."""
    matrix = np.zeros((MOVES, len(live), len(live)))
    cost = np.zeros((len(live), MOVES))
    outcomes = ((0, 1 - 2 * raster.drift), (1, raster.drift), (-1, raster.drift))
    for cell, i in index.items():
        for move in range(MOVES):
            cost[i, move] = raster.cost(cell[0], move)
            for turn, probability in outcomes:
                there = raster.step(*cell, (move + turn) % MOVES) or cell
                if there in index:
                    matrix[move, i, index[there]] += raster.discount * probability
    return matrix, cost


def proper_policy(raster, live, matrix, index):
    """From every state with some probability to a target: along shortest chains of likely moves."""
    policy = np.zeros(len(live), dtype=int)
    settled = np.zeros(len(live), dtype=bool)
    into_target = np.array([[sum(p for turn, p in ((0, 1 - 2 * raster.drift), (1, raster.drift), (-1, raster.drift))
                                 if raster.step(*cell, (move + turn) % MOVES) in raster.targets) for cell in live] for move in range(MOVES)])
    for _ in live:
        chance = np.where(settled, 0, into_target + matrix @ settled)
        new = chance.max(axis=0) > 0
        policy[new] = chance.argmax(axis=0)[new]
        settled |= new
    return policy


def policy_iteration(matrix, cost, policy):
    states = np.arange(len(policy))
    while True:
        values = solve(np.eye(len(policy)) - matrix[policy, states], cost[states, policy])
        q = cost + (matrix @ values).T
        better = q.min(axis=1) < q[states, policy] * (1 - 1e-13)
        if not better.any():
            return values
        policy = np.where(better, q.argmin(axis=1), policy)


def solve(matrix, right):
    """With one correction from a residual in extended precision, so that the answer is good to the last digits."""
    values = np.linalg.solve(matrix, right)
    residual = right.astype(np.longdouble) - matrix.astype(np.longdouble) @ values.astype(np.longdouble)
    return values + np.linalg.solve(matrix, residual.astype(float))
