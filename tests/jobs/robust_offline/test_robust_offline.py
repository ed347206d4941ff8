"""robust_offline against plain NumPy on the data that it writes, against published trends and the exact binomial optimum; bits, restarts, refusals."""
import subprocess
import sys
import unittest

import h5py
import numpy as np

import plain_offline
from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, STOPPED_EARLY, SOURCE, JobTest, job_text, main

PUT_OPTIMUM = {0.2: 21.1598, 0.4: 8.8327, 0.5: 3.9054, 0.6: 1.9257, 0.8: 0.8298, 1.0: 0.8298}  # first price 99.17022, exact
ALL = ["pevi", "r2pvi_tv", "r2pvi_kl", "r2pvi_chi2", "drpvi", "drvi_l"]


def put(trajectories=100, replications=3, names=ALL, lam=(1.0,), rho=(0.1,), **more):
    return job_text(world={"kind": "american_put"}, data={"trajectories": trajectories, "replications": replications},
                    algorithm={"names": list(names), "lambda": list(lam), "rho": list(rho), "beta": 0.1, "ridge": 1.0}, output={"data": True, "inverse": True}, **more)


def walk(trajectories=100, replications=3, names=ALL, lam=(0.1, 1.0), rho=(0.3,)):
    return job_text(world={"kind": "linear_walk"}, data={"trajectories": trajectories, "replications": replications},
                    algorithm={"names": list(names), "lambda": list(lam), "rho": list(rho), "beta": 1.0, "ridge": 0.1}, output={"data": True})


class RobustOffline(JobTest):
    job_name = "robust_offline"

    def labels(self, done):
        return [b"".join(np.atleast_1d(row).astype("S1")).rstrip(b"\0").decode() for row in done.result("algorithm_name")]

    def compare(self, done, env, beta, gamma, tolerance=1e-10):
        """Weights and returns of every method on every data set are those of plain NumPy."""
        S, A, w = done.result("S"), done.result("A"), done.result("weight")
        size = len(S) // len(w)
        tests, returns = done.result("perturbation"), done.result("return_of_replication")
        for r in range(len(w)):
            rows = slice(r * size, (r + 1) * size)
            for m, label in enumerate(self.labels(done)):
                name, *parameter = label.replace("=", " ").split()
                run = plain_offline.Run(env, S[rows], A[rows], name, float(parameter[1]) if parameter else 0, beta, gamma)
                np.testing.assert_allclose(w[r, m], run.w, rtol=0, atol=tolerance, err_msg=f"{label}, data set {r}")
                if hasattr(done, "start"):
                    expected = [env.evaluate(run, t, done.start) for t in tests]
                    np.testing.assert_allclose(returns[r, m], expected, rtol=0, atol=1e-9, err_msg=label)
        return S, w

    def test_put_is_plain_numpys(self):
        done = self.run_job(put(trajectories=60, replications=2, lam=(0.5, 3.0)))
        self.assert_ends(done, DONE)
        done.start = 99.17022
        self.compare(done, plain_offline.Put(), 0.1, 1.0)
        inverse = done.result("gram_inverse")
        phi = plain_offline.Put().features(done.result("S")[60:120, 4], 0)
        np.testing.assert_allclose(inverse[1, 4], np.linalg.inv(np.eye(30) + phi.T @ phi), rtol=0, atol=1e-12)

    def test_walk_is_plain_numpys(self):
        done = self.run_job(walk(trajectories=80))
        self.assert_ends(done, DONE)
        done.start = None
        self.compare(done, plain_offline.LinearWalk(), 1.0, 0.1)

    def test_a_policy_earns_what_episodes_earn(self):
        done = self.run_job(walk(replications=1, names=["r2pvi_tv"], lam=(0.1,)))
        env, policy, rng = plain_offline.LinearWalk(), done.result("policy")[0, 0], np.random.default_rng(3)
        for k, share in ((0, 0.0), (7, 0.7)):
            total, state = np.zeros(20000), np.zeros(20000, int)
            for h in range(3):
                phi = env.table[state, policy[h, state]]
                total += phi @ env.theta(h)
                state = (rng.random((20000, 1)) > (phi @ env.step(h, share)).cumsum(axis=1)).sum(axis=1)
            self.assertAlmostEqual(total.mean(), done.result("return")[0, k], delta=4 * total.std() / 20000 ** 0.5)

    def test_the_optimum_is_the_exact_one(self):
        done = self.run_job(put(names=["pevi"]))
        for p, value in zip(done.result("perturbation"), done.result("optimum")):
            self.assertAlmostEqual(value, PUT_OPTIMUM[p], delta=5e-5)
        self.assertTrue((done.result("return_of_replication") <= done.result("optimum") + 1e-12).all())
        env = plain_offline.LinearWalk()
        walked = self.run_job(walk(names=["pevi"]))
        for share, value in zip(walked.result("perturbation"), walked.result("optimum")):
            later = np.zeros(5)
            for h in (2, 1, 0):
                later = (env.table @ (env.theta(h) + env.step(h, share) @ later)).max(axis=1)
            self.assertAlmostEqual(value, later[0], delta=1e-12)

    def test_published_trend(self):
        done = self.run_job(put(replications=20, names=["pevi", "r2pvi_tv", "drpvi"], lam=(1.0, 2.0), rho=(0.03,)))
        mean, error = ({p: column for p, column in zip(done.result("perturbation"), done.result(name).T)} for name in ("return", "return_error"))
        expected = {0.2: (3.90, 1.08, 1.87, 3.62), 0.4: (3.24, 1.02, None, 2.99), 0.6: (1.55, 0.93, None, 1.52), 0.8: (0.50, 0.82, None, 0.53), 1.0: (0.17, 0.71, 0.41, 0.21)}
        for p, values in expected.items():
            for m, value in enumerate(values):
                if value is not None:
                    self.assertLess(abs(mean[p][m] - value), 3 * np.hypot(error[p][m], error[p][m]) + 0.02, (p, m))
        for p in (0.8, 1.0):
            self.assertGreater(mean[p][1], mean[p][0] + 2 * error[p][0])  # robust beats plain where the world has moved
        self.assertGreater(mean[0.2][0], mean[0.2][1])

    def test_ranks_and_ways_to_share_do_not_change_a_bit(self):
        text = put(trajectories=2500, replications=2)
        one = self.run_job(text, name="one")
        self.assert_ends(one, DONE, "share replications")
        for ranks, over in ((2, "replications"), (2, "rows"), (3, "rows"), (3, "automatic"), (1, "rows")):
            other = self.run_job(text, "--set", f"parallel.over={over}", name="other", ranks=ranks)
            self.assert_ends(other, DONE, "share replications" if over == "replications" else "share rows")
            for name in ("weight", "gram_inverse", "policy", "return", "return_error", "return_of_replication", "S", "A"):
                self.assert_same_bits(one.result(name), other.result(name), f"{name}, {ranks} ranks, {over}")

    def test_restart(self):
        text = put(replications=2, lam=(0.5,))
        whole = self.run_job(text, name="whole")
        for ranks, over in ((2, "replications"), (3, "rows")):
            stopped, lives = None, 0
            while stopped is None or stopped.code == STOPPED_EARLY:
                limit = ["--time-limit", "0.001s"] if lives < 3 else []
                stopped = self.run_job(text, "--set", f"parallel.over={over}", *limit, name=f"stopped{ranks}", ranks=ranks)
                lives += 1
                self.assertLess(lives, 6)
            self.assertEqual(lives, 4)
            self.assert_ends(stopped, DONE, "restart")
            for name in ("weight", "policy", "return"):
                self.assert_same_bits(stopped.result(name), whole.result(name), name)

    def test_own_data_of_the_same_numbers_give_the_same_weights(self):
        drawn = self.run_job(put(replications=2), name="drawn")
        with h5py.File(self.folder / "mine.h5", "w") as file:
            file["S"], file["A"], file["R"] = drawn.result("S"), drawn.result("A").astype(np.int64), drawn.result("R")
        read = put().replace("trajectories = 100\nreplications = 3", 'source = "file"\nfile = "mine.h5"\nreplications = 2').replace("data = true\n", "")
        for ranks in (1, 3):
            done = self.run_job(read, name="read", ranks=ranks)
            self.assert_ends(done, DONE)
            self.assert_same_bits(done.result("weight"), drawn.result("weight"))
        again = self.run_job(read.replace("mine.h5", "drawn.h5"), name="again")
        self.assert_same_bits(again.result("weight"), drawn.result("weight"))

    def test_own_features(self):
        env, drawn = plain_offline.LinearWalk(), self.run_job(walk(replications=1), name="drawn")
        with h5py.File(self.folder / "features.h5", "w") as file:
            file["feature"], file["theta"] = env.table, np.array([env.theta(h) for h in range(3)])
        text = walk(replications=1).replace('kind = "linear_walk"', 'kind = "table"\nfile = "features.h5"').replace("trajectories = 100", 'source = "file"\nfile = "drawn.h5"').replace("data = true\n", "")
        done = self.run_job(text)
        self.assert_ends(done, DONE)
        self.assert_same_bits(done.result("weight"), drawn.result("weight"))
        self.assert_same_bits(done.result("policy"), drawn.result("policy"))

    def test_opens_in_xarray(self):
        import xarray
        done = self.run_job(put(replications=1))
        drawn = subprocess.run([sys.executable, "-B", SOURCE / "analysis" / "plot.py", done.file], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(drawn.returncode, 0, drawn.stderr)
        with xarray.open_dataset(done.file, group="results", engine="h5netcdf") as results:
            self.assertEqual(results["return"].dims, ("algorithm", "perturbation"))
            self.assertEqual(results["weight"].dims, ("replication", "algorithm", "stage", "factor"))
            self.assertEqual(results["seconds"].attrs["units"], "s")

    def test_check_says_sizes(self):
        (self.folder / "job.toml").write_text(put(trajectories=5000, replications=1))
        done = self.call("check", "robust_offline", "-c", "job.toml", ranks=2)
        self.assert_ends(done, DONE)
        self.assertRegex(done.out, r"ranks share +rows\n")

    def test_refused(self):
        def write(S, A):
            with h5py.File(self.folder / "bad.h5", "w") as file:
                file["S"], file["A"] = S, A
        read = put().replace("trajectories = 100\nreplications = 3", 'source = "file"\nfile = "bad.h5"\nreplications = 1').replace("data = true\n", "")
        S, A = np.full((4, 21), 100.0), np.zeros((4, 20), np.int32)
        broken, exercised = S.copy(), A.copy()
        broken[2, 5], exercised[3, 7] = np.nan, 1
        for states, actions, text, reason in ((S[:, :20], A, read, "must be [trajectory, 21]"), (S, A[:3], read, "must be [4, 20]"), (broken, A, read, "S[2, 5] = nan is not finite"),
                                              (S, exercised, read, "A[3, 7] = 1"), (S, A, read.replace("replications = 1", "replications = 3"), "data.replications")):
            write(states, actions)
            self.assert_ends(self.run_job(text, ranks=3), BAD_INPUT, "bad.h5", reason)
        with h5py.File(self.folder / "bad.h5", "w") as file:
            file["S"] = S
        self.assert_ends(self.run_job(read), BAD_INPUT, "neither /A nor /results/A")
        for old, new, key in (('"pevi", ', '"pvi", ', "algorithm.names"), ("lambda = [1.0]", "lambda = []", "algorithm.lambda"), ("rho = [0.1]", "rho = [0.0]", "algorithm.rho"),
                              ('kind = "american_put"', 'kind = "american_put"\nstart_low = 106', "world.start_low"), ("ridge = 1.0", "ridge = 0", "algorithm.ridge")):
            self.assertIn(old, put())
            self.assert_ends(self.run_job(put().replace(old, new)), BAD_JOB_FILE, key)


if __name__ == "__main__":
    main()
