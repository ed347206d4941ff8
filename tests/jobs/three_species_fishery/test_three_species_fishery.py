"""Backward induction against a plain one; the simulator against published and independent means; what a policy took, replayed; ranks, restart, refusals."""
import unittest

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, JobTest, SOURCE, STOPPED_EARLY, job_text, main
from plain_three_species import backward, interpolate, next_mean

import numpy as np

COARSE = {"x": 9, "y": 8, "z": 10, "below": 2}


class Fishery(JobTest):
    job_name = "three_species_fishery"

    def text(self, kind="two_fisheries", grid=None, episodes=0, evaluation=None, policy=None, output=None, **model):
        grid = grid or ({"x": 40} if kind == "one_species" else COARSE)
        return job_text(model={"kind": kind, **model}, grid=grid, policy=policy or {}, evaluation={"episodes": episodes, "settings": 0, **(evaluation or {})}, output=output or {})

    def nodes(self, done):
        return [done.result(name) for name in "xyz"]

    def check_against_plain(self, kind, horizon, **grid):
        done = self.run_job(self.text(kind, {**COARSE, **grid} if kind != "one_species" else {"x": 40, "below": 3}, horizon=horizon))
        self.assert_ends(done, DONE)
        nodes = self.nodes(done)
        for species, axis in zip(range(1 if kind == "one_species" else 3), nodes):
            self.assertIn(0.05, axis.tolist(), species)
        with_y = kind in ("two_fisheries", "drifting")
        leave = [done.result("policy/escapement_x")] + ([done.result("policy/escapement_y")] if with_y else [])
        self.assertEqual(leave[0].shape[1], horizon)
        for t, value, gain in backward(kind, nodes, horizon):
            chosen = [np.abs(axis.astype(np.float32) - left[:, t, :, :, None]).argmin(axis=-1) for axis, left in zip(nodes, leave)]
            here = np.indices(gain.shape)
            self.assertTrue((chosen[0] <= here[2]).all())
            row = chosen[1] if with_y else here[1]
            self.assertTrue((row <= here[1]).all())
            reached = gain[here[0], row, chosen[0]] + nodes[0][here[2]] + (nodes[1][here[1]] if with_y else 0)
            np.testing.assert_allclose(reached, value, rtol=0, atol=1e-11)  # the decision is as good as the best one
        np.testing.assert_allclose(done.result("value"), value, rtol=0, atol=1e-11)
        start = [[0.7], [0], [1]] if kind == "one_species" else [[0.5], [0.5], [0.7]]
        self.assertAlmostEqual(done.result("value_at_start"), interpolate(nodes, value, np.array(start))[0], 10)

    def test_against_plain_backward_induction(self):
        self.check_against_plain("two_fisheries", 9)
        self.check_against_plain("one_fishery", 5, y=6)
        self.check_against_plain("drifting", 5, x=7, stretch_x=1)
        self.check_against_plain("one_species", 30)

    def test_simulated_means(self):
        """Of 2000 episodes each, in an independent program: mean, deviation, share that lasts."""
        known = {"two_fisheries": [([0.30, 0.25], 61.5, 13.4, 0.733), ([0.24, 0.20], 53.8, 3.6, 0.996)], "one_fishery": [([0.29, 0.0], 19.71, 2.07, 1.0)]}
        for kind, cases in known.items():
            done = self.run_job(self.text(kind, {**COARSE, "x": 5}, episodes=2000, evaluation={"mortalities": [case[0] for case in cases], "paths": 0}))
            self.assert_ends(done, DONE)
            for p, (_, mean, deviation, full) in enumerate(cases):
                error = deviation * np.sqrt(2 / 2000)  # both means are of samples
                self.assertLess(abs(done.result("mean_reward")[p] - mean), 3 * error + 0.05)  # and rounded when they were written down
                self.assertLess(abs(done.result("reward_deviation")[p] - deviation), 0.1 * deviation)
                self.assertLess(abs(done.result("full_share")[p] - full), 3 * np.sqrt(2 * 0.25 / 2000) if full < 0.9 else 0.01)
                self.assertAlmostEqual(done.result("reward")[p].mean(), done.result("mean_reward")[p], 9)

    def test_published_rewards_of_one_species(self):
        """Its authors' table, 100 episodes each, has what was caught before the last step, without the penalty: constant mortality 0.01 and its deviation, share that lasts, and constant escapement."""
        done = self.run_job(self.text("one_species", {"x": 200}, episodes=2000, predation=0.25, half_saturation=0.1, noise=[0.05], evaluation={"settings": 101, "paths": 2000}))
        self.assert_ends(done, DONE)
        for row, setting, mean, deviation, full in ((0, 0.01, 0.882, 0.290, 0.56), (2, 0.51, 1.985, 0.494, 0.85)):
            self.assertAlmostEqual(done.result("setting_x")[row], setting, 9)  # the best of the same settings
            made = np.minimum(done.result("steps")[row], 199)
            caught = np.where(np.arange(200) < made[:, None], done.result("caught")[row, :, :, 0], 0).sum(axis=1)
            self.assertLess(abs(caught.mean() - mean), 3 * deviation * np.sqrt(1 / 100 + 1 / 2000))
            self.assertLess(abs(caught.std() - deviation), 0.2 * deviation)
            self.assertLess(abs(done.result("full_share")[row] - full), 3 * np.sqrt(full * (1 - full) / 100))
        self.assertGreater(done.result("mean_reward")[3], done.result("mean_reward")[2])

    def test_what_a_policy_took_is_what_it_says(self):
        """Replays time series: the harvest is the written policy's, what is left grows by the law, the noise is standard normal."""
        for kind in ("two_fisheries", "one_fishery", "drifting"):
            with_y = kind != "one_fishery"
            done = self.run_job(self.text(kind, horizon=60, episodes=15, evaluation={"paths": 15, "mortalities": [[0.55, 0.5 * with_y]]}))
            self.assert_ends(done, DONE)
            nodes, biomass, caught = self.nodes(done), done.result("biomass"), done.result("caught")
            leave = [done.result(f"policy/escapement_{s}") for s in ("xy" if with_y else "x")]
            noise = []
            for policy in range(2):
                for path in range(15):
                    lasted = int(done.result("steps")[policy, path])
                    for t in range(min(lasted + 1, 60)):
                        here = biomass[policy, path, t]
                        left = here.copy()
                        for s in range(len(leave)):
                            wanted = interpolate(nodes, leave[s][:, t], here[:, None])[0] if policy else here[s] * (1 - (0.55, 0.5)[s])
                            self.assertAlmostEqual(caught[policy, path, t, s], max(0, here[s] - wanted), 6)  # policies are written as float32
                            left[s] -= caught[policy, path, t, s]
                        if t < lasted:
                            mean = np.array(next_mean(kind, t, *left))
                            noise += [*((biomass[policy, path, t + 1] - mean)[left > 1e-3] / (0.1 * left[left > 1e-3]))]
                    paid = 100 / (lasted + 1) if lasted < 60 else 0
                    self.assertAlmostEqual(done.result("reward")[policy, path], np.nansum(caught[policy, path]) - paid, 9)
                    self.assertTrue(np.isnan(biomass[policy, path, lasted + 1:]).all())
            self.assertLess(done.result("steps")[0].min(), 60)  # some lose a species and pay for it
            self.assertGreater(len(noise), 2000)
            self.assertLess(abs(np.mean(noise)), 4 / np.sqrt(len(noise)) + 0.02)  # those that end an episode are not seen
            self.assertLess(abs(np.std(noise) - 1), 0.05)

    def test_constant_rules_are_searched(self):
        done = self.run_job(self.text("one_fishery", episodes=200, evaluation={"settings": 11, "search_episodes": 50}))
        self.assert_ends(done, DONE, "constant_mortality", "dynamic_programming")
        names = [b"".join(row).rstrip(b"\0").decode() for row in done.result("rule_name").view("S1")]
        self.assertEqual(names, ["constant_mortality", "cautious_mortality", "constant_escapement", "dynamic_programming"])
        for row, name in ((0, "mortality"), (2, "constant_escapement")):
            self.assertEqual(done.result("setting_x")[row], done.result(f"{name}_x")[done.result(f"{name}_reward").argmax()])
        self.assertEqual(done.result("setting_x")[1], 0.8 * done.result("setting_x")[0])
        self.assertTrue(0.2 <= done.result("setting_x")[0] <= 0.4)  # published: 0.29
        self.assertLess(abs(done.result("mean_reward")[0] - done.result("mortality_reward").max()), 1.5)
        both = self.run_job(self.text(horizon=20, episodes=50, evaluation={"settings": 4, "search_episodes": 20}), name="both", ranks=2)
        self.assert_ends(both, DONE)
        reward = both.result("mortality_reward")
        at = np.unravel_index(reward.argmax(), reward.shape)
        self.assertEqual((both.result("setting_y")[0], both.result("setting_x")[0]), (both.result("mortality_y")[at[0]], both.result("mortality_x")[at[1]]))

    def test_any_ranks_and_threads(self):
        for kind, precision in (("two_fisheries", "float64"), ("drifting", "float32")):
            text = self.text(kind, {**COARSE, "z": 23, "precision": precision}, horizon=25, episodes=30, evaluation={"settings": 3, "search_episodes": 7})
            one = self.run_job(text)
            self.assert_ends(one, DONE)
            for ranks, threads in ((2, 1), (3, 1), (1, 3)):
                other = self.run_job(text, name="other", ranks=ranks, threads=threads)
                self.assert_ends(other, DONE)
                for name in ("value", "value_at_start", "policy/escapement_x", "policy/escapement_y", "reward", "steps", "mean_reward", "biomass", "caught", "mortality_reward"):
                    self.assert_same_bits(np.asarray(one.result(name)), np.asarray(other.result(name)), f"{name} {ranks}")

    def test_float32_is_near(self):
        both = [self.run_job(self.text(grid={**COARSE, "precision": p}, horizon=40), name=p) for p in ("float64", "float32")]
        self.assertEqual(both[1].result("value").dtype, np.float32)
        np.testing.assert_allclose(both[0].result("value"), both[1].result("value"), rtol=0, atol=1e-4)
        self.assertTrue((both[0].result("value") != both[1].result("value")).any())

    def test_stages_that_are_kept(self):
        whole = self.run_job(self.text(horizon=30), name="whole")
        some = self.run_job(self.text(horizon=30, policy={"every": 7, "last": 3}), name="some")
        self.assertEqual(some.result("policy/stage").tolist(), [0, 7, 14, 21, 27, 28, 29])
        self.assert_same_bits(some.result("policy/escapement_x"), whole.result("policy/escapement_x")[:, [0, 7, 14, 21, 27, 28, 29]].copy())

    def test_restart(self):
        text = self.text(horizon=30, episodes=20, evaluation={"settings": 2, "search_episodes": 5})
        whole = self.run_job(text, name="whole", ranks=2)
        for ranks in (1, 3, 2):
            stopped = self.run_job(text, "--time-limit", "0.001s", name="stopped", ranks=ranks)
            self.assert_ends(stopped, STOPPED_EARLY)
        done = self.run_job(text, name="stopped")
        self.assert_ends(done, DONE, "restart 3")
        for name in ("value", "policy/escapement_x", "policy/escapement_y", "reward", "caught"):
            self.assert_same_bits(done.result(name), whole.result(name), name)
        self.assert_ends(self.run_job(text, "--time-limit", "0.001s", name="stopped", ranks=2), STOPPED_EARLY)
        self.assert_ends(self.run_job(text.replace("horizon = 30", "horizon = 31"), name="stopped"), BAD_INPUT, "checkpoint")

    def test_refused(self):
        grid = dict(COARSE)
        for text, phrases in ((self.text("four_species"), ["model.kind", "four_species"]),
                              (self.text(grid={**grid, "upper_z": 0.04}), ["grid.upper_z = 0.04", "threshold"]),
                              (self.text(grid={**grid, "x": 4}), ["grid.x = 4", "at least 5"]),
                              (self.text(grid={**grid, "z": 3}), ["grid.z = 3"]),
                              (self.text(start=[0.5, 0.05, 0.7]), ["model.start", "species Y", "threshold"]),
                              (self.text(start=[0.5, 0.7]), ["model.start has 2 numbers"]),
                              (self.text(start=[2.0, 0.5, 0.7]), ["grid.upper_x = 1.5", "start"]),
                              (self.text(noise=[0.1]), ["model.noise has 1 numbers"]),
                              (self.text("one_fishery", evaluation={"mortalities": [[0.2, 0.1]]}), ["evaluation.mortalities", "only X is harvested"]),
                              (self.text("one_species", grid={"x": 40, "z": 9}), ["grid.z"]),
                              (self.text(output={"file": ""}), ["output.file is empty"])):
            done = self.run_job(text) if "output" not in phrases[0] else None
            if done is None:  # the words of run_job name a file
                (self.folder / "job.toml").write_text(text)
                done = self.call("run", self.job_name, "-c", "job.toml")
            self.assert_ends(done, BAD_JOB_FILE, *phrases)

    def test_memory_is_planned(self):
        (self.folder / "job.toml").write_text(job_text(grid={"x": 100, "y": 100, "z": 100, "precision": "float32"}, policy={"every": 50, "last": 1}))
        for ranks, planes in ((1, 100), (3, 34)):
            done = self.call("check", self.job_name, "-c", "job.toml", ranks=ranks)
            self.assert_ends(done, DONE)
            self.assertRegex(done.out, rf"planes of Z of the fullest rank +{planes}\n")
            self.assertRegex(done.out, r"stages whose decisions are kept +5\n")  # 0, 50, 100, 150, 199
            self.assertRegex(done.out, rf"decisions that are kept +{4 * 5 * planes * 1e4 / 2 ** 20:.1f} MiB")

    def test_example_opens_in_xarray(self):
        import xarray
        done = self.call("run", self.job_name, "-c", str(SOURCE / "jobs" / self.job_name / "example.toml"), "--set", "grid.x=8", "--set", "grid.y=8", "--set", "grid.z=8",
                         "--set", "evaluation.settings=3", "--set", "evaluation.episodes=50", file=self.folder / "three_species_fishery.h5")
        self.assert_ends(done, DONE)
        with xarray.open_dataset(done.file, group="results", engine="h5netcdf") as results:
            self.assertEqual(results["value"].dims, ("z", "y", "x"))
            self.assertEqual(results["reward"].sizes, {"rule": 6, "episode": 50})
        with xarray.open_dataset(done.file, group="results/policy", engine="h5netcdf") as policy:
            self.assertEqual(policy["escapement_y"].dims, ("z", "stage", "y", "x"))


if __name__ == "__main__":
    main()
