"""Models in the binary files of PETSc, written as PETSc does with 32 and 64-bit integers, sparse and dense."""
import unittest

import bellshard_runs
import h5py
import numpy as np
from bellshard_runs import BAD_INPUT, DONE, JobTest

try:
    import scipy.sparse
except ImportError:
    scipy = None

CLASS_ID = 1211216


def petsc_bytes(matrix, integer=">i4", dense=False):
    """MatView of a matrix, by PETSc's manual."""
    rows, columns = matrix.shape
    if dense:
        return np.array([CLASS_ID, rows, columns, -1], integer).tobytes() + matrix.astype(">f8").tobytes()
    csr = scipy.sparse.csr_matrix(matrix)
    csr.sort_indices()
    head = np.array([CLASS_ID, rows, columns, csr.nnz], integer)
    return b"".join(part.tobytes() for part in (head, np.diff(csr.indptr).astype(integer), csr.indices.astype(integer), csr.data.astype(">f8")))


def garnet(states, actions, seed=1):
    """P [S,A,S] with a few next states each, and costs [S,A], one of them huge."""
    random = np.random.default_rng(seed)
    probability = random.random((states, actions, states)) * (random.random((states, actions, states)) < .4)
    probability[..., 0] += .1
    probability /= probability.sum(axis=2, keepdims=True)
    cost = random.normal(size=(states, actions)).round(2)
    cost[1, 0] = 1e20
    return probability, cost


@unittest.skipUnless(scipy, "python3-scipy is not installed")
class Petsc(JobTest):
    def write(self, name, matrix, **options):
        (self.folder / name).write_bytes(petsc_bytes(matrix, **options))

    def assert_is(self, path, probability, cost):
        states, actions = cost.shape
        with h5py.File(path) as file:
            np.testing.assert_array_equal(file["action_offset"], np.arange(states + 1) * actions)
            offset = file["transition_offset"][:]
            pair = np.repeat(np.arange(states * actions), np.diff(offset))
            found = np.zeros((states * actions, states))
            found[pair, file["next_state"][:]] = file["probability"][:]
            np.testing.assert_array_equal(found, probability.reshape(states * actions, states))
            np.testing.assert_array_equal(file["reward"], cost.ravel())
            self.assertEqual(file.attrs["default_reward"], b"cost")

    def test_sparse_dense_and_wide(self):
        probability, cost = garnet(7, 3)
        flat = probability.reshape(21, 7)
        for options in ({}, {"integer": ">i8"}, {"dense": True}, {"integer": ">i8", "dense": True}):
            with self.subTest(**options):
                self.write("model_P_7.bin", flat, **options)
                self.write("model_g_7.bin", cost, **options)

                self.assert_ends(self.call("convert", "model_P_7.bin", "model.h5"), DONE)

                self.assert_is(self.folder / "model.h5", probability, cost)

    def test_plain_names(self):
        probability, cost = garnet(4, 1)
        self.write("P.bin", probability.reshape(4, 4))
        self.write("g.bin", cost)

        self.assert_ends(self.call("convert", "P.bin", "model.h5"), DONE)

        self.assert_is(self.folder / "model.h5", probability, cost)

    def test_refusals(self):
        probability, cost = garnet(7, 3)
        good_p, good_g = petsc_bytes(probability.reshape(21, 7)), petsc_bytes(cost)

        def overwritten(data, at, number):
            return data[:4 * at] + np.array([number], ">i4").tobytes() + data[4 * at + 4:]

        entries = np.count_nonzero(probability)
        cases = ((b"no matrix at all", good_g, "P.bin: does not begin with the class id"),
                 (b"", good_g, "P.bin: does not begin with the class id"),
                 (good_p[:-1], good_g, "P.bin: is truncated"),
                 (good_p[:100], good_g, "P.bin: is truncated"),
                 (overwritten(good_p, 3, 2**31 - 1), good_g, "P.bin: is truncated"),
                 (overwritten(good_p, 4, 10**9), good_g, "row 0 has 1000000000 entries"),
                 (overwritten(good_p, 4 + 21 + 5, 7), good_g, "column[5] = 7 (must lie in 0 .. 6)"),
                 (overwritten(good_p, 1, 20), good_g, "P.bin"),
                 (petsc_bytes(probability.reshape(21, 7)[:20]), good_g, "is 20 x 7"),
                 (petsc_bytes(probability.reshape(21, 7) * .9), good_g, "sums to"),
                 (good_p, petsc_bytes(cost.T), "g.bin: is 3 x 7"),
                 (good_p, petsc_bytes(np.full((7, 3), np.inf)), "must be finite"),
                 (good_p, None, "g.bin: cannot be read"))
        self.assertGreater(entries, 20)
        for transitions, costs, phrase in cases:
            with self.subTest(phrase):
                (self.folder / "P.bin").write_bytes(transitions)
                (self.folder / "g.bin").unlink(missing_ok=True)
                if costs is not None:
                    (self.folder / "g.bin").write_bytes(costs)

                self.assert_ends(self.call("convert", "P.bin", "model.h5"), BAD_INPUT, phrase)
        self.write("model.bin", probability.reshape(21, 7))
        self.assert_ends(self.call("convert", "model.bin", "model.h5"), BAD_INPUT, "where are the costs?")


bellshard_runs.main()
