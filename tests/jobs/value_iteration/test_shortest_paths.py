"""Without drift the values are shortest paths: the job against Dijkstra, on a city and on a labyrinth.

The city: Berlin_1_1024.map of the Moving AI Lab's grid benchmarks (Sturtevant 2012), in ../shared/data/maps beside the checkout
or in $BELLSHARD_DATA/maps.
"""
import unittest

import numpy as np

from bellshard_runs import DATA, DONE, JobTest, job_text, main
from bucket_dijkstra import distances, read_octile

CITY = DATA / "maps" / "Berlin_1_1024.map"


def labyrinth(size):
    """One lane of two cells, from the top to the bottom: news must travel against every order of visiting."""
    free = np.ones((size, size), dtype=bool)
    free[2::3] = False
    free[2::6, -1] = free[5::6, 0] = True
    return free


class ShortestPaths(JobTest):
    def check(self, ending, expected):
        self.assert_ends(ending, DONE)
        self.assert_close(ending.result("value"), expected, 1e-12)
        np.testing.assert_array_equal(ending.result("cell") == 3, np.isinf(expected))
        self.assertEqual(ending.result("unreachable_states"), np.isinf(expected).sum())

    @unittest.skipUnless(CITY.exists(), f"{CITY} is absent")
    def test_city(self):
        free = read_octile(CITY)
        self.assertTrue(free[0, 0])

        ending = self.run_job(job_text(model={"file": str(CITY), "drift": 0.0, "target": [[0, 0]]}, solver={"tolerance": 1e-9}),
                              "--verify", ranks=2)

        self.check(ending, distances(free, (0, 0)))

    @unittest.skipUnless(CITY.exists(), f"{CITY} is absent")
    def test_city_with_drift(self):
        free = read_octile(CITY)

        ending = self.run_job(job_text(model={"file": str(CITY), "drift": 0.1, "target": [[0, 0]]}), "--verify", ranks=2)

        self.assert_ends(ending, DONE)
        straight, upper = distances(free, (0, 0)), ending.result("upper")
        np.testing.assert_array_equal(np.isfinite(upper), np.isfinite(straight))
        self.assertLessEqual(ending.result("proven_width"), 1e-6)
        reached = np.isfinite(straight)
        # A step of cost 1 covers 0.8 + 0.2 sqrt2 at most, in the mean: where it slides, it slides along a diagonal.
        self.assertTrue(np.all(upper[reached] >= straight[reached] / (0.8 + 0.2 * 2 ** 0.5)))

    def check_labyrinth(self, ranks):
        free = labyrinth(160)
        drawing = "\n".join("".join("@."[int(cell)] for cell in row) for row in free)

        ending = self.run_job(job_text(model={"map": drawing, "drift": 0.0, "target": [[0, 0]]}, solver={"tolerance": 1e-9, "tile": 8}),
                              ranks=ranks)

        self.check(ending, distances(free, (0, 0)))

    def test_labyrinth_on_one_rank(self):
        self.check_labyrinth(1)

    def test_labyrinth_on_three_ranks(self):
        self.check_labyrinth(3)


main()
