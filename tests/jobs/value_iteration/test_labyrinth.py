"""Without drift the values are shortest paths: the job against Dijkstra in a labyrinth of one lane."""
import numpy as np

from bellshard_runs import DONE, JobTest, job_text, main
from bucket_dijkstra import distances


def labyrinth(size):
    """One lane of two cells, from the top to the bottom: news must travel against every order of visiting."""
    free = np.ones((size, size), dtype=bool)
    free[2::3] = False
    free[2::6, -1] = free[5::6, 0] = True
    return free


class Labyrinth(JobTest):
    def check_ranks(self, ranks):
        free = labyrinth(160)
        drawing = "\n".join("".join("@."[int(cell)] for cell in row) for row in free)

        ending = self.run_job(job_text(model={"map": drawing, "drift": 0.0, "target": [[0, 0]]}, solver={"tolerance": 1e-9, "tile": 8}),
                              ranks=ranks)

        self.assert_ends(ending, DONE)
        self.assert_close(ending.result("value"), distances(free, (0, 0)), 1e-12)
        self.assertEqual(ending.result("unreachable_states"), 0)

    def test_on_one_rank(self):
        self.check_ranks(1)

    def test_on_three_ranks(self):
        self.check_ranks(3)


main()
