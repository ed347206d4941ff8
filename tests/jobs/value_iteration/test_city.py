"""The streets of Berlin: shortest paths as Dijkstra finds them without drift, a proven enclosure with it.

Berlin_1_1024.map of the Moving AI Lab's grid benchmarks (Sturtevant 2012), in ../shared/data/maps beside the checkout or in
$BELLSHARD_DATA/maps.
"""
import unittest

import numpy as np

from bellshard_runs import DATA, DONE, JobTest, job_text, main
from bucket_dijkstra import distances, read_octile

CITY = DATA / "maps" / "Berlin_1_1024.map"


@unittest.skipUnless(CITY.exists(), f"{CITY} is absent")
class City(JobTest):
    def test_without_drift(self):
        free = read_octile(CITY)
        self.assertTrue(free[0, 0])

        ending = self.run_job(job_text(model={"file": str(CITY), "drift": 0.0, "target": [[0, 0]]}, solver={"tolerance": 1e-9}),
                              "--verify", ranks=2)

        self.assert_ends(ending, DONE)
        expected = distances(free, (0, 0))
        self.assert_close(ending.result("value"), expected, 1e-12)
        np.testing.assert_array_equal(ending.result("cell") == 3, np.isinf(expected))
        self.assertEqual(ending.result("unreachable_states"), np.isinf(expected).sum())

    def test_with_drift(self):
        free = read_octile(CITY)

        ending = self.run_job(job_text(model={"file": str(CITY), "drift": 0.1, "target": [[0, 0]]}), "--verify", ranks=2)

        self.assert_ends(ending, DONE)
        straight, upper = distances(free, (0, 0)), ending.result("upper")
        np.testing.assert_array_equal(np.isfinite(upper), np.isfinite(straight))
        self.assertLessEqual(ending.result("proven_width"), 1e-6)
        reached = np.isfinite(straight)
        # A step of cost 1 covers 0.8 + 0.2 sqrt2 at most, in the mean: where it slides, it slides along a diagonal.
        self.assertTrue(np.all(upper[reached] >= straight[reached] / (0.8 + 0.2 * 2 ** 0.5)))


main()
