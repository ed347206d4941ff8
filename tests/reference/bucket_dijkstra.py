"""Shortest paths on an octile map, as Dijkstra (1959) finds them, a bucket of distances at a time (Denardo and Fox 1979).

No step is shorter than 1, so all cells whose distance lies in [k, k + 1) are settled together.
"""
import numpy as np

STEPS = [(-1, 0, 1.0), (-1, 1, 2 ** 0.5), (0, 1, 1.0), (1, 1, 2 ** 0.5), (1, 0, 1.0), (1, -1, 2 ** 0.5), (0, -1, 1.0), (-1, -1, 2 ** 0.5)]


def read_octile(path):
    """True where free."""
    lines = path.read_text().splitlines()
    rows, columns = int(lines[1].split()[1]), int(lines[2].split()[1])
    return np.array([[cell == "." for cell in line[:columns]] for line in lines[4:4 + rows]])


def distances(free, target):
    """[row, column]; +inf where there is no way, NaN where blocked. Diagonal steps may pass between two blocked cells."""
    open_cells = np.pad(free, 1)  # a blocked frame
    distance = np.full(open_cells.shape, np.inf)
    distance[target[0] + 1, target[1] + 1] = 0
    flat, free_flat, width = distance.reshape(-1), open_cells.reshape(-1), open_cells.shape[1]
    pending = np.array([(target[0] + 1) * width + target[1] + 1])
    while pending.size:
        bucket = int(flat[pending].min())
        now = pending[flat[pending] < bucket + 1]
        later = [pending[flat[pending] >= bucket + 1]]
        for row, column, cost in STEPS:
            there, through = now + row * width + column, flat[now] + cost
            shorter = free_flat[there] & (through < flat[there])
            np.minimum.at(flat, there[shorter], through[shorter])
            later.append(there[shorter])
        pending = np.unique(np.concatenate(later))
    return np.where(free, distance[1:-1, 1:-1], np.nan)
