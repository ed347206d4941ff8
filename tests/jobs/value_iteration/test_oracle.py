"""The job against a serial oracle with dense matrices (tests/reference/dense_raster.py), on small maps with narrow passages,
pools that no target can be reached from, several targets and, on the globe, seas that go round."""
import itertools

import numpy as np

from bellshard_runs import DONE, JobTest, job_text, main, write_grid
from dense_raster import Raster, Solution

TOLERANCE = 1e-11


def drawn_map(rows, columns, seed):
    """Random rocks, walls with one gap each, and a pool."""
    random = np.random.default_rng(seed)
    free = random.random((rows, columns)) > 0.15
    for wall in range(5, rows - 1, 6):
        free[wall] = False
        free[wall, random.integers(1, columns - 1)] = True
        free[wall - 1, :] |= free[wall]
    free[0:4, 0:4] = False
    free[1:3, 1:3] = True  # the pool
    return free


def some_targets(free, count):
    cells = np.argwhere(free)
    return [tuple(int(x) for x in cells[i]) for i in np.linspace(len(cells) // 3, len(cells) - 1, count, dtype=int)]


class Oracle(JobTest):
    def check(self, ending, raster):
        self.assert_ends(ending, DONE)
        oracle = Solution(raster)
        value, lower, upper, action, cell = map(ending.result, ("value", "lower", "upper", "action", "cell"))

        self.assert_close(value, oracle.value, 1e-12)
        known = np.isfinite(oracle.value)
        rounding = 1e-14 * np.maximum(1, oracle.value[known])  # of the oracle itself
        self.assertTrue(np.all(lower[known] <= oracle.value[known] + rounding))
        self.assertTrue(np.all(upper[known] >= oracle.value[known] - rounding))
        self.assertLessEqual(np.max((upper[known] - lower[known]) / np.maximum(1, upper[known])), TOLERANCE)

        target = np.zeros_like(raster.free)
        target[tuple(zip(*raster.targets))] = True
        np.testing.assert_array_equal(cell == 0, ~raster.free)
        np.testing.assert_array_equal(cell == 2, target)
        np.testing.assert_array_equal(cell == 3, raster.free & ~oracle.reached)
        self.check_policy(action, oracle)

    def check_policy(self, action, oracle):
        """The written move is a best one of the oracle's."""
        moving = action >= 0
        np.testing.assert_array_equal(moving, np.isfinite(oracle.q[..., 0]) & enterable(oracle.raster))
        chosen = np.take_along_axis(oracle.q, np.maximum(action, 0)[..., None], axis=-1)[..., 0]
        worse = (chosen - oracle.q.min(axis=-1))[moving] / np.maximum(1, chosen[moving])
        self.assertLessEqual(worse.max(), 1e-9)

    def solver(self, method):
        return {"method": method, "tolerance": TOLERANCE, "tile": 8}


def enterable(raster):
    """Cells with at least one neighbour: where there is none, no move is written."""
    rows, columns = raster.free.shape
    return np.array([[raster.free[r, c] and any(raster.step(r, c, d) for d in range(8)) for c in range(columns)] for r in range(rows)])


def criterion_of(discount):
    return {"kind": "total_cost"} if discount == 1 else {"kind": "discounted", "discount": discount}


class OctileMaps(Oracle):
    def check_map(self, drift, discount, method, ranks):
        free = drawn_map(18, 23, seed=7)
        targets = some_targets(free, 3)
        drawing = "\n".join("".join(".@"[not cell] for cell in row) for row in free)

        ending = self.run_job(job_text(model={"map": drawing, "drift": drift, "target": targets}, criterion=criterion_of(discount),
                                       solver=self.solver(method)), ranks=ranks)

        self.check(ending, Raster(free, targets, drift, discount))


class Globes(Oracle):
    def check_globe(self, drift, discount, latitude, longitude, wraps, method="gauss_seidel", ranks=2):
        random = np.random.default_rng(11)
        free = random.random((len(latitude), len(longitude))) > 0.25
        free[4, :] = False
        free[4, 3] = True
        target = some_targets(free, 1)
        grid = write_grid(self.folder / "sea.nc", latitude, longitude, free)

        ending = self.run_job(job_text(model={"file": grid.name, "drift": drift, "speed": 20.0, "target": target},
                                       criterion=criterion_of(discount), solver=self.solver(method)), ranks=ranks)

        self.check(ending, Raster(free, target, drift, discount, np.asarray(latitude), np.asarray(longitude), 20.0, wraps))

    def test_rising_latitude_goes_round(self):
        self.check_globe(0.1, 1, np.arange(-82.5, 90, 15), np.arange(-172.5, 180, 15), wraps=True)

    def test_falling_latitude_goes_round(self):
        self.check_globe(0.1, 1, np.arange(82.5, -90, -15), np.arange(7.5, 360, 15), wraps=True, method="jacobi", ranks=3)

    def test_region_does_not_go_round(self):
        self.check_globe(0.1, 1, np.arange(40.5, 60, 1.5), np.arange(-20.5, 10, 1.25), wraps=False)

    def test_sideways_only(self):
        self.check_globe(0.5, 1, np.arange(-82.5, 90, 15), np.arange(-172.5, 180, 15), wraps=True)

    def test_discounted(self):
        self.check_globe(0.1, 0.9, np.arange(-82.5, 90, 15), np.arange(-172.5, 180, 15), wraps=True)


def octile_case(drift, discount, method):
    """Both methods, all drifts and both criteria, at 1, 2 or 3 ranks in turn."""
    ranks = 1 + (int(10 * drift) + (discount < 1) + (method == "jacobi")) % 3
    return lambda self: self.check_map(drift, discount, method, ranks)


for drift, discount, method in itertools.product((0.0, 0.1, 0.5), (1, 0.95), ("gauss_seidel", "jacobi")):
    name = f"test_drift_{drift}_discount_{discount}_{method}".replace(".", "_")
    setattr(OctileMaps, name, octile_case(drift, discount, method))

main()
