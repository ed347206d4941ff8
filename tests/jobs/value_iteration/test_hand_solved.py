"""A map that is solved with pencil and paper.

      0 1 2 3
    0 T A # U      T target, # blocked, U has no free neighbour
    1 # B # #
    2 # C D #      drift 0.1: a move goes where it aims with 0.8, and to either side of that with 0.1 each

Total cost. V is the value; what is blocked or off the map leaves the state as it is.
    A, west:       V(A) = 1 + 0.8 * 0 + 0.2 V(A)                        V(A) = 1 / 0.8 = 5/4
    B, north-west: V(B) = sqrt2 + 0.8 * 0 + 0.1 V(A) + 0.1 V(B)         V(B) = (sqrt2 + 1/8) / 0.9 = 1.7102...
       north:      (1 + 0.8 * 5/4 + 0.1 * 0) / 0.9 = 2.2222..., dearer
    C, north:      V(C) = 1 + 0.8 V(B) + 0.2 V(C)                       V(C) = V(B) + 5/4
    D, north-west: V(D) = sqrt2 + 0.8 V(B) + 0.1 V(C) + 0.1 V(D)        V(D) = (sqrt2 + 0.8 V(B) + 0.1 V(C)) / 0.9 = 3.4204...
       west:       (1 + 0.8 V(C) + 0.1 V(B)) / 0.9 = 3.9324..., dearer
    U              never arrives: +infinity

Discount 1/2. To run against a wall for ever costs 1 / (1 - 1/2) = 2, the most that any state pays.
    A, west:       V(A) = 1 + (0.2 V(A)) / 2                            V(A) = 1 / 0.9 = 10/9
    B, north:      V(B) = 1 + (0.8 V(A) + 0.1 * 0 + 0.1 V(B)) / 2       V(B) = (1 + 4/9) / 0.95 = 260/171 = 1.5204...
       north-west: (sqrt2 + 0.05 V(A)) / 0.95 = 1.5471..., dearer now
    C, north:      V(C) = 1 + (0.8 V(B) + 0.2 V(C)) / 2                 V(C) = (1 + 0.4 V(B)) / 0.9 = 1.7868...
    D, west:       V(D) = 1 + (0.8 V(C) + 0.1 V(B) + 0.1 V(D)) / 2      V(D) = (1 + 0.4 V(C) + 0.05 V(B)) / 0.95 = 1.8850...
       north:      1 + (0.1 V(B) + 0.9 V(D)) / 2: (1 + 0.05 V(B)) / 0.55 = 1.9564..., dearer
    U              2
"""
import math

import numpy as np

from bellshard_runs import DONE, JobTest, job_text, main

MAP = "..@.\n@.@@\n@..@\n"
BLOCKED = math.nan
BLOCKED_CELL, FREE, TARGET, UNREACHABLE = 0, 1, 2, 3
NONE, NORTH, WEST, NORTH_WEST = -1, 0, 6, 7


def on_map(t, a, b, c, d, u, blocked):
    return np.array([[t, a, blocked, u], [blocked, b, blocked, blocked], [blocked, c, d, blocked]])


class HandSolved(JobTest):
    def solve(self, method, **criterion):
        ending = self.run_job(job_text(model={"map": MAP, "drift": 0.1, "target": [[0, 0]]}, criterion=criterion,
                                       solver={"method": method, "tolerance": 1e-13}), "--verify", ranks=2)
        self.assert_ends(ending, DONE)
        return ending

    def check(self, ending, value, action):
        self.assert_close(ending.result("value"), value, 1e-12)
        np.testing.assert_array_equal(ending.result("action"), action)
        np.testing.assert_array_equal(ending.result("cell"), on_map(TARGET, FREE, FREE, FREE, FREE, UNREACHABLE, BLOCKED_CELL))
        known = np.isfinite(value)
        self.assertTrue(np.all(ending.result("lower")[known] <= value[known] * (1 + 1e-15)))
        self.assertTrue(np.all(ending.result("upper")[known] >= value[known] * (1 - 1e-15)))

    def check_total_cost(self, method):
        a = 5 / 4
        b = (math.sqrt(2) + 1 / 8) / 0.9
        c = b + 5 / 4
        d = (math.sqrt(2) + 0.8 * b + 0.1 * c) / 0.9

        ending = self.solve(method, kind="total_cost")

        self.check(ending, on_map(0, a, b, c, d, math.inf, BLOCKED), on_map(NONE, WEST, NORTH_WEST, NORTH, NORTH_WEST, NONE, NONE))
        self.assertEqual(ending.result("states"), 6)
        self.assertEqual(ending.result("unreachable_states"), 1)

    def check_discounted(self, method):
        a = 10 / 9
        b = 260 / 171
        c = (1 + 0.4 * b) / 0.9
        d = (1 + 0.4 * c + 0.05 * b) / 0.95

        ending = self.solve(method, kind="discounted", discount=0.5)

        self.check(ending, on_map(0, a, b, c, d, 2, BLOCKED), on_map(NONE, WEST, NORTH, NORTH, WEST, NONE, NONE))

    def test_total_cost_by_gauss_seidel(self):
        self.check_total_cost("gauss_seidel")

    def test_total_cost_by_jacobi(self):
        self.check_total_cost("jacobi")

    def test_discounted_by_gauss_seidel(self):
        self.check_discounted("gauss_seidel")

    def test_discounted_by_jacobi(self):
        self.check_discounted("jacobi")


main()
