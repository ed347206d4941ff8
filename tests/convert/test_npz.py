"""Models as pymdptoolbox users hold them, written by numpy.savez and savez_compressed, dense and sparse."""
import unittest

import bellshard_runs
import h5py
import numpy as np
from bellshard_runs import BAD_INPUT, DONE, JobTest

try:
    import scipy.sparse
except ImportError:
    scipy = None


def forest(states=4, wait=4., cut=2., fire=.1):
    """pymdptoolbox's forest management: P [A,S,S], R [S,A]."""
    probability, reward = np.zeros((2, states, states)), np.zeros((states, 2))
    probability[0, :, 0] = fire
    probability[0, np.arange(states), np.minimum(np.arange(states) + 1, states - 1)] += 1 - fire
    probability[1, :, 0] = 1
    reward[-1, 0] = wait
    reward[1:, 1] = 1
    reward[-1, 1] = cut
    return probability, reward


def sparse_parts(name, matrices):
    parts = {}
    for action, matrix in enumerate(matrices):
        csr = scipy.sparse.csr_matrix(matrix)
        parts |= {f"{name}{action}_data": csr.data, f"{name}{action}_indices": csr.indices, f"{name}{action}_indptr": csr.indptr}
    return parts


class Npz(JobTest):
    def convert(self, save=np.savez, **arrays):
        save(self.folder / "model.npz", **arrays)
        return self.call("convert", "model.npz", "model.h5")

    def assert_is(self, ending, probability, reward):
        self.assert_ends(ending, DONE)
        actions, states, _ = probability.shape
        with h5py.File(self.folder / "model.h5") as file:
            np.testing.assert_array_equal(file["action_offset"], np.arange(states + 1) * actions)
            pair = np.repeat(np.arange(states * actions), np.diff(file["transition_offset"][:]))
            found = np.zeros((states * actions, states))
            found[pair, file["next_state"][:]] = file["probability"][:]
            np.testing.assert_array_equal(found, probability.transpose(1, 0, 2).reshape(states * actions, states))
            np.testing.assert_allclose(file["reward"], reward.ravel(), rtol=1e-15)

    def test_dense(self):
        probability, reward = forest()
        for save in (np.savez, np.savez_compressed):
            with self.subTest(save.__name__):
                self.assert_is(self.convert(save, P=probability, R=reward), probability, reward)

    def test_each_shape_of_rewards(self):
        probability, reward = forest()
        per_state = np.array([3., -1, 0, 7])
        per_transition = np.random.default_rng(2).normal(size=probability.shape)

        self.assert_is(self.convert(P=probability, R=per_state), probability, np.stack([per_state, per_state], axis=1))
        self.assert_is(self.convert(P=probability, R=per_transition), probability, (probability * per_transition).sum(axis=2).T)

    def test_types_and_orders(self):
        probability, reward = np.array([[[0., 1], [1, 0]]]), np.array([[2.], [-3]])
        for kind in ("<f8", ">f8", "<f4", "<i4", ">i2", "i1", "u8"):
            with self.subTest(kind):
                self.assert_is(self.convert(P=probability.astype(kind), R=reward), probability, reward)
        self.assert_is(self.convert(P=probability.astype(bool), R=reward.astype("i1")), probability, reward)
        self.assert_is(self.convert(P=np.asfortranarray(forest()[0]), R=np.asfortranarray(forest()[1])), *forest())

    @unittest.skipUnless(scipy, "python3-scipy is not installed")
    def test_sparse(self):
        probability, reward = forest(9)
        per_transition = np.random.default_rng(2).normal(size=probability.shape)

        self.assert_is(self.convert(**sparse_parts("P", probability), R=reward), probability, reward)
        self.assert_is(self.convert(**sparse_parts("P", probability), **sparse_parts("R", per_transition)), probability,
                       (probability * per_transition).sum(axis=2).T)

    @unittest.skipUnless(scipy, "python3-scipy is not installed")
    def test_broken_sparse_parts(self):
        probability, reward = forest()
        good = sparse_parts("P", probability)
        for name, change, phrase in (("P1_indptr", lambda a: None, "P1_indptr: there is no such array"),
                                     ("P1_indptr", lambda a: a[:-1], "P1_indptr: does not run from 0"),
                                     ("P1_indptr", lambda a: a[[0, 2, 1, 3, 4]], "P1_indptr[2]"),
                                     ("P0_indices", lambda a: a + 1, "P0_indices[5] = 4"),
                                     ("P0_indices", lambda a: a[:-1], "P0_indices: holds"),
                                     ("P0_indices", lambda a: a + .5, "must be a whole number")):
            with self.subTest(phrase):
                arrays = {**good, name: change(good[name])}
                self.assert_ends(self.convert(**{k: v for k, v in arrays.items() if v is not None}, R=reward), BAD_INPUT, phrase)

    def test_refusals(self):
        probability, reward = forest()
        cases = ((dict(R=reward), "neither P nor P0_data"), (dict(P=probability), "R: there is no such array"),
                 (dict(P=probability[0], R=reward), "P: its shape is [4, 4]"), (dict(P=probability, R=reward.T), "R: its shape is [2, 4]"),
                 (dict(P=probability, R=probability[:1]), "R: does not fit P"), (dict(P=probability * .9, R=reward), "sums to"),
                 (dict(P=probability, R=reward * np.nan), "must be finite"),
                 (dict(P=probability.astype(complex), R=reward), "P: its type '<c16'"),
                 (dict(P=probability.astype("f2"), R=reward), "P: holds float16"),
                 (dict(P=np.array([None, None]), R=reward), "P: its type '|O'"))
        for arrays, phrase in cases:
            with self.subTest(phrase):
                self.assert_ends(self.convert(**arrays), BAD_INPUT, "model.npz", phrase)

    def test_broken_files(self):
        np.savez(self.folder / "model.npz", P=forest()[0], R=forest()[1])
        whole = (self.folder / "model.npz").read_bytes()
        for content in (b"no archive", whole[:len(whole) // 2]):
            (self.folder / "model.npz").write_bytes(content)

            self.assert_ends(self.call("convert", "model.npz", "model.h5"), BAD_INPUT, "model.npz")


bellshard_runs.main()
