"""incremental_worst_case against golden values of the windy walk and plain NumPy; families that stop early, files, evolution strategy, bits, refusals."""
import subprocess
import sys
import unittest

import h5py
import numpy as np

import plain_worst_case as plain
from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, NOT_CONVERGED, STOPPED_EARLY, SOURCE, JobTest, job_text, main
from exact_mdp import Pair
from mdp_file import write_mdp

ALPHAS = np.linspace(0, 0.5, 25)
OPTIMA = {0: -4.524381, 4: -4.9511, 8: -5.5024, 12: -6.2296, 16: -7.2056, 20: -7.6916}  # of the model's own best policy


def walk(discount=0.95, search=None, compare=None, family=None):
    return job_text(family={"kind": "windy_walk", **(family or {})}, solver={"discount": discount}, search=search or {"kind": "exhaustive"}, compare={"robust": True, **(compare or {})})


def random_family(seed, models=6, states=14, actions=3):
    rng = np.random.default_rng(seed)
    family = []
    for _ in range(models):
        T = np.zeros((actions, states, states))
        for a in range(actions):
            for s in range(states):
                T[a, s, rng.permutation(states)[:4]] = rng.dirichlet(np.ones(4))
        family.append((T, rng.normal(size=(actions, states))))
    return family


def write_family(folder, family):
    names = []
    for k, (T, R) in enumerate(family):
        mdp = [[Pair(R[a, s], {int(t): T[a, s, t] for t in np.flatnonzero(T[a, s])}) for a in range(len(T))] for s in range(T.shape[1])]
        names.append(f"model_{k}.h5")
        write_mdp(folder / names[-1], mdp, labels={"init": {2}})
    return names


class IncrementalWorstCase(JobTest):
    job_name = "incremental_worst_case"

    def test_windy_walk_is_the_golden_one(self):
        first = None
        for ranks in (1, 2, 3):
            done = self.run_job(walk(compare={"l1_radii": [0.3]}), ranks=ranks, name=f"on{ranks}")
            self.assert_ends(done, DONE)
            np.testing.assert_allclose(done.result("promised_value"), [-4.524381, -7.952147], rtol=0, atol=1e-6)
            np.testing.assert_allclose(done.result("worst_value"), [-10.294413, -7.952147], rtol=0, atol=1e-6)
            np.testing.assert_array_equal(done.result("sequence_parameter"), [[0], [0.5]])
            np.testing.assert_array_equal(done.result("worst_parameter"), [[0.5], [0.5]])
            self.assertAlmostEqual(done.result("robust_start_value"), -7.952147, delta=1e-6)
            for model, value in OPTIMA.items():
                self.assertAlmostEqual(done.result("optimal_value")[model], value, delta=5e-5)
            first = first or done
            for name in ("promised_value", "worst_value", "policy_value", "optimal_value", "nominal_value", "robust_value", "action", "robust_action", "promised", "l1_0.3_value"):
                self.assert_same_bits(first.result(name), done.result(name), f"{name}, {ranks} ranks")

    def test_windy_walk_is_plain_numpys(self):
        family = [plain.windy_walk(a) for a in ALPHAS]
        done = self.run_job(walk(compare={"l1_radii": [0.3, 2.0], "l1_centre": 24}))
        rows, qs, _ = plain.sequence(family, 0, 0.95)
        np.testing.assert_allclose(done.result("promised_value"), [row[1] for row in rows], rtol=0, atol=1e-8)
        np.testing.assert_allclose(done.result("promised"), qs[-1].max(axis=0), rtol=0, atol=1e-8)
        np.testing.assert_allclose(done.result("robust_value"), plain.robust_value(family, 0.95), rtol=0, atol=1e-8)
        np.testing.assert_allclose(done.result("nominal_value"), plain.optimum(*family[0], 0.95)[0], rtol=0, atol=1e-8)
        for name, row in (("nominal_action", 0), ("action", 1), ("best_action", 2), ("robust_action", 3)):
            policy = done.result(name)
            np.testing.assert_allclose(done.result("policy_value")[row], [plain.evaluate(T, R, policy, 0.95)[0] for T, R in family], rtol=0, atol=1e-8)
        for radius in ("0.3", "2"):
            self.assertLess(plain.l1_residual(*family[24], done.result(f"l1_{radius}_value"), float(radius), 0.95), 1e-9)

    def compare_files(self, seed, models=6):
        family = random_family(seed, models)
        names = write_family(self.folder, family)
        text = job_text(family={"kind": "files", "files": names}, solver={"discount": 0.9}, compare={"robust": True, "l1_radii": [0.4]})
        rows, qs, early = plain.sequence(family, 2, 0.9)
        for before, after in zip(qs, qs[1:]):
            self.assertTrue((after <= before).all())
        first = None
        for ranks in (1, 2, 3):
            done = self.run_job(text, ranks=ranks, name=f"on{ranks}")
            self.assert_ends(done, NOT_CONVERGED if early else DONE)
            self.assertEqual(done.result("start_state"), 2)
            self.assertEqual([row[0] for row in rows], list(done.result("sequence_parameter")[:, 0]))
            np.testing.assert_allclose(done.result("promised_value"), [row[1] for row in rows], rtol=0, atol=1e-8)
            np.testing.assert_allclose(done.result("worst_value"), [row[3] for row in rows], rtol=0, atol=1e-8)
            np.testing.assert_allclose(done.result("promised"), qs[-1].max(axis=0), rtol=0, atol=1e-8)
            np.testing.assert_allclose(done.result("robust_value"), plain.robust_value(family, 0.9), rtol=0, atol=1e-8)
            self.assertLess(plain.l1_residual(*family[0], done.result("l1_0.4_value"), 0.4, 0.9), 1e-9)
            for name in ("robust", "l1_0.4"):
                self.assertLess(done.result(f"{name}_sweeps"), 0.5 * np.log(1e-9 * 0.1 / 0.9) / np.log(0.9))  # all values gain alike long before they stand still
            first = first or done
            for name in ("promised_value", "worst_value", "policy_value", "robust_value", "action", "promised"):
                self.assert_same_bits(first.result(name), done.result(name), f"{name}, {ranks} ranks")
        # what a sequence promises falls from model to model, and stays above the static and the rectangular robust values
        self.assertTrue((np.diff(first.result("promised_value")) <= 1e-8).all())
        self.assertTrue((first.result("promised") >= first.result("robust_value") - 1e-8).all())
        self.assertGreaterEqual(first.result("promised_value")[-1] + 1e-8, first.result("best_worst_value"))
        return early

    def test_families_of_files_are_plain_numpys(self):
        self.compare_files(1)
        self.compare_files(1, models=20)  # several packs of models, the last one in part

    def test_random_families_end_with_a_gap_or_without(self):
        ends = [plain.sequence(random_family(seed), 2, 0.9)[2] for seed in range(8)]
        self.assertIn(True, ends)
        self.compare_files(ends.index(True))

    def test_sweeps_of_chains_save_sweeps_over_all_actions(self):
        """Values are plain value iteration's; had a chain wrong rows, rounds would not end sooner than it."""
        compare = {"l1_radii": [0.3], "l1_centre": 24}
        rounds, plain_sweeps = (self.run_job(walk(0.99, compare=compare, family={"scale": 2}), "--set", f"solver.chain_sweeps={k}", name=f"chain{k}", ranks=2) for k in (8, 0))
        for name in ("robust_value", "l1_0.3_value", "nominal_value", "promised", "policy_value", "optimal_value"):
            np.testing.assert_allclose(rounds.result(name), plain_sweeps.result(name), rtol=0, atol=2e-9, err_msg=name)
        for name in ("robust", "l1_0.3"):
            self.assertLess(3 * rounds.result(f"{name}_sweeps"), plain_sweeps.result(f"{name}_sweeps"), name)
        self.assertLess(2 * rounds.result("robust_pair_updates"), plain_sweeps.result("robust_pair_updates"))

    def test_rounds_that_go_round_in_circles_end_as_value_iteration(self):
        """State 0 pays -1: stay, or go to state 1, which pays 0 and where nature stays or sends back. Chains that hold both answers pass the limit for ever, first one side reconsidering, then the other."""
        discount = 0.9
        names = []
        for model, next_state in enumerate((1, 0)):
            names.append(f"nature_{model}.h5")
            write_mdp(self.folder / names[-1], [[Pair(-1, {0: 1}), Pair(-1, {1: 1})], [Pair(0, {next_state: 1})]], labels={"init": {0}})
        text = job_text(family={"kind": "files", "files": names}, solver={"discount": discount, "tolerance": 1e-9, "chain_sweeps": 8, "max_sweeps": 400})
        for ranks in (1, 2):
            done = self.run_job(text, ranks=ranks, name=f"on{ranks}")
            self.assert_ends(done, DONE)
            np.testing.assert_allclose(done.result("robust_value"), np.array([-1, -discount]) / (1 - discount**2), rtol=0, atol=1e-9)  # go, and be sent back
            np.testing.assert_array_equal(done.result("robust_action"), [1, 0])
            sweeps = done.result("robust_sweeps")
            chained = (done.result("robust_pair_updates") - 3 * 2 * sweeps) / 2  # 3 pairs in 2 models; 2 states
            self.assertGreater(chained, 0)
            self.assertLess(chained, 8 * (sweeps - 1))  # given up before the end

    def test_a_fork_that_no_policy_can_take_right_stops_early_with_its_gap(self):
        done = self.run_job(job_text(family={"kind": "crossroads", "safe": 0.6}, solver={"discount": 0.95}, compare={"robust": True}))
        self.assert_ends(done, NOT_CONVERGED, "in the sequence already", "promises 0.95")
        np.testing.assert_allclose(done.result("promised_value"), [0.95, 0.95], rtol=0, atol=1e-9)
        np.testing.assert_allclose(done.result("worst_value"), [0, 0], rtol=0, atol=1e-9)
        self.assertAlmostEqual(done.result("gap"), 0.95, delta=1e-9)
        self.assertAlmostEqual(done.result("robust_start_value"), 0.6, delta=1e-9)  # the safe way, which the sequence never takes
        self.assertIn(done.attribute("results", "converged"), ("no", b"no"))

    def test_an_evolution_strategy_finds_what_the_grid_has(self):
        search = {"kind": "cma_es", "population": 8, "generations": 40}
        done = self.run_job(walk(search=search, family={"models": 2}))
        self.assert_ends(done, DONE)
        np.testing.assert_allclose(done.result("worst_value"), [-10.294413, -7.952147], rtol=0, atol=1e-5)
        shared = self.run_job(walk(search=search, family={"models": 2}), name="shared", ranks=3)
        for name in ("worst_value", "worst_parameter", "promised_value", "action"):
            self.assert_same_bits(done.result(name), shared.result(name), name)
        stock = job_text(family={"kind": "inventory", "models": 25, "capacity": 12}, solver={"discount": 0.95, "gap": 1e-3}, search=search)
        grid = self.run_job(stock.replace('"cma_es"\npopulation = 8\ngenerations = 40', '"exhaustive"'), name="grid")
        found = self.run_job(stock, name="found")
        self.assert_ends(grid, DONE)
        self.assert_ends(found, DONE)
        np.testing.assert_allclose(found.result("worst_value")[0], grid.result("worst_value")[0], rtol=1e-6)
        np.testing.assert_allclose(found.result("worst_value")[-1], grid.result("worst_value")[-1], rtol=1e-3)

    def test_restart(self):
        text = walk(search={"kind": "cma_es", "population": 6, "generations": 5}, compare={"l1_radii": [0.3]})
        whole = self.run_job(text, "--set", "solver.gap=1e-4", name="whole", ranks=2)
        lives, stopped = 0, None
        while stopped is None or stopped.code == STOPPED_EARLY:
            stopped = self.run_job(text, "--set", "solver.gap=1e-4", *(["--time-limit", "0.001s"] if lives < 6 else []), name="stopped", ranks=1 + lives % 3)
            lives += 1
            self.assertLess(lives, 9)
        self.assertGreater(lives, 3)
        self.assertEqual(stopped.code, whole.code)
        for name in ("promised_value", "worst_value", "worst_parameter", "promised", "robust_value", "l1_0.3_value", "policy_value", "action", "best_action"):
            self.assert_same_bits(stopped.result(name), whole.result(name), name)
        self.assertEqual(stopped.result("incremental_pair_updates"), whole.result("incremental_pair_updates"))

    def test_opens_in_xarray_and_check_says_sizes(self):
        import xarray
        done = self.run_job(walk())
        drawn = subprocess.run([sys.executable, "-B", SOURCE / "analysis" / "plot.py", done.file], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(drawn.returncode, 0, drawn.stderr)
        with xarray.open_dataset(done.file, group="results", engine="h5netcdf") as results:
            self.assertEqual(results["policy_value"].dims, ("policy", "model"))
            self.assertEqual(results["incremental_seconds"].attrs["units"], "s")
        (self.folder / "job.toml").write_text(walk(family={"scale": 10}))
        checked = self.call("check", "incremental_worst_case", "-c", "job.toml", ranks=2)
        self.assert_ends(checked, DONE)
        self.assertRegex(checked.out, r"states +3.60 k\n")

    def test_refused(self):
        family = random_family(1)
        names = write_family(self.folder, [family[0], (family[1][0][:2], family[1][1][:2])])
        files = job_text(family={"kind": "files", "files": names})
        self.assert_ends(self.run_job(files, ranks=3), BAD_INPUT, "model_1.h5: state 0 has 2 actions, and model_0.h5 has 3")
        write_family(self.folder, [family[0]])
        with h5py.File(self.folder / "model_1.h5", "w") as file:
            file.attrs["schema"], file.attrs["schema_version"] = "bellshard.mdp", 1
            file["action_offset"], file["transition_offset"], file["next_state"], file["probability"], file["reward"] = [0, 1], [0, 1], [0], [1.0], [0.0]
        self.assert_ends(self.run_job(files), BAD_INPUT, "model_1.h5: has 1 states, and model_0.h5 has 14")
        for text, key in ((walk(family={"alpha_low": 0.6}), "family.alpha_low"), (walk(family={"start": 36}), "family.start"), (walk(discount=1.0), "solver.discount"),
                          (job_text(family={"kind": "inventory", "models": 10}), "no square number; take 16"), (job_text(family={"kind": "crossroads"}, search={"kind": "cma_es"}), "search.kind"),
                          (walk(compare={"l1_radii": [2.5]}), "compare.l1_radii"), (walk(compare={"l1_centre": 25}), "compare.l1_centre")):
            self.assert_ends(self.run_job(text), BAD_JOB_FILE, key)


if __name__ == "__main__":
    main()
