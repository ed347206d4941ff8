"""Policies and profits against the published ones and against plain NumPy; restart; ranks; what is refused."""
import math
import shutil
import unittest

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DATA, DONE, JobTest, NOT_CONVERGED, STOPPED_EARLY, job_text, main
import plain_fishery as plain

import h5py
import numpy as np

PUBLISHED = DATA / "fishery_gp"
MODELS = ["true", "gp", "allen", "ricker", "myers", "mle"]


def of(done, model, names):
    return np.array([done.result(f"{model}_{name}") for name in names]).T


PARAMETERS = {"gp": ("length", "noise"), "allen": ("growth", "capacity", "threshold", "noise"), "ricker": ("growth", "capacity", "noise"), "myers": ("growth", "exponent", "capacity", "noise")}


class Fishery(JobTest):
    job_name = "gp_fishery"

    def text(self, models=MODELS, grid=None, **tables):
        tables = {"posterior": {"chains": 3, "steps": 1500, "burn_in": 300, "thin": 100}, "simulation": {"paths": 20, "kept_paths": 20}, **tables}
        return job_text(data={"file": "data.csv"}, models={"names": models}, grid=grid or {}, **tables)

    def observe(self):
        """40 stocks that grow as the true ones do."""
        rng, stock = np.random.default_rng(3), [5.5]
        while len(stock) < 40:
            stock.append(float(plain.allen(stock[-1], 0, (2, 8, 5)) * math.exp(0.05 * rng.standard_normal())))
        x, y = [0.0, *stock[:-1]], [0.0, *stock[1:]]
        (self.folder / "data.csv").write_text('"","x","y"\n' + "".join(f'"{i}",{a!r},{b!r}\n' for i, (a, b) in enumerate(zip(x, y), 1)))
        return np.array(x), np.array(y)

    def assert_same_results(self, a, b):
        with h5py.File(a.file) as one, h5py.File(b.file) as other:
            self.assertEqual(sorted(one["results"]), sorted(other["results"]))
            for name in one["results"]:
                self.assert_same_bits(one["results"][name][()], other["results"][name][()], name)

    def assert_optimal(self, done, k, worth, sweeps, what):
        """Values, and harvests that are the first best ones; where two are worth the same up to rounding, either."""
        np.testing.assert_allclose(done.result("value")[k], worth.max(axis=0), rtol=1e-9, err_msg=what)
        harvest, stocks = done.result("harvest_index")[k], np.arange(worth.shape[1])
        tied = worth >= worth.max(axis=0) * (1 - 1e-11)
        self.assertTrue(tied[harvest, stocks].all(), what)
        clear = tied.sum(axis=0) - (tied & (np.arange(len(worth))[:, None] > stocks)).sum(axis=0) == 1  # to want more than there is changes nothing
        self.assertGreater(clear.sum(), len(stocks) / 2)
        np.testing.assert_array_equal(harvest[clear], worth.argmax(axis=0)[clear], what)
        self.assertEqual(done.result("sweeps")[k], sweeps)

    @unittest.skipUnless(PUBLISHED.exists(), f"no {PUBLISHED}")
    def test_published_policies_and_profits(self):
        shutil.copy(PUBLISHED / "training_data.csv", self.folder / "data.csv")
        shutil.copy(PUBLISHED / "figure3.csv", self.folder / "policies.csv")
        text = job_text(data={"file": "data.csv"}, simulation={"paths": 2000, "policies": "policies.csv"})
        done = self.run_job(text)
        self.assert_ends(done, DONE)
        published = plain.read_policies(PUBLISHED / "figure3.csv", np.linspace(0, 15, 50))
        index = {name: done.result("harvest_index")[k] for k, name in enumerate([*MODELS, *(f"file {name}" for name in published)])}
        np.testing.assert_array_equal(index["true"], published["True"])
        np.testing.assert_array_equal(index["gp"], published["GP"])
        for name, policy in published.items():
            np.testing.assert_array_equal(index[f"file {name}"], policy)
        results = {name: {key: done.result(key)[k] for key in ("profit_mean", "profit_standard_error", "profit_ratio", "extinct", "sweeps")} for k, name in enumerate(index)}
        for name, profit in (("True", 26.59), ("GP", 25.53), ("Allen", 26.35), ("MLE", 13.83), ("Ricker", 5.80), ("Myers", 5.93)):
            self.assertLess(abs(results[f"file {name}"]["profit_mean"] - profit), 3 * results[f"file {name}"]["profit_standard_error"] + 0.005, name)
        self.assertLess(abs(results["gp"]["extinct"] - 0.154), 3 * math.sqrt(0.154 * 0.846 / 2000))
        self.assertEqual(results["true"]["extinct"], 0)
        self.assertEqual(results["gp"]["profit_mean"], results["file GP"]["profit_mean"])
        for name in ("ricker", "myers", "file Ricker", "file Myers"):
            self.assertEqual(results[name]["extinct"], 1)
            self.assertLess(results[name]["profit_ratio"], 0.3)
        self.assertGreater(results["allen"]["profit_ratio"], 0.95)
        self.assertEqual(results["true"]["sweeps"], 1000)
        for ranks in (2, 3):
            self.assert_same_results(done, self.run_job(text, name=f"on{ranks}", ranks=ranks))

    def test_against_plain_numpy(self):
        x, y = self.observe()
        done = self.run_job(self.text(), ranks=2)
        self.assert_ends(done, DONE)
        grid, alive = np.linspace(0, 15, 50), (x > 0) & (y > 0)
        draws = {model: of(done, model, names) for model, names in PARAMETERS.items()}
        np.testing.assert_allclose(done.result("gp_log_density"), [plain.process_log_density(length, noise, x, y) for length, noise in draws["gp"]], rtol=1e-10)
        for model in plain.GROWTH:
            self.assertGreater(np.unique(draws[model], axis=0).shape[0], 5)
            np.testing.assert_allclose(done.result(f"{model}_log_density"), plain.growth_log_density(model, draws[model], x[alive], y[alive]), rtol=1e-10)
        predicted = np.array([plain.process_prediction(length, noise, x, y, grid) for length, noise in draws["gp"]]).mean(axis=0)
        np.testing.assert_allclose(done.result("posterior_mean"), predicted[0], rtol=0, atol=1e-9)
        np.testing.assert_allclose(done.result("posterior_variance"), predicted[1], rtol=0, atol=1e-9)
        tensors = {"true": plain.growth_tensor("allen", [(2, 8, 5, 0.05)], grid), "gp": plain.process_tensor(draws["gp"], x, y, grid), "mle": plain.growth_tensor("allen", [done.result("mle")], grid)}
        tensors.update({model: plain.growth_tensor(model, draws[model], grid) for model in plain.GROWTH})
        for k, model in enumerate(MODELS):
            self.assert_optimal(done, k, *plain.value_iteration(tensors[model], grid), model)
        np.testing.assert_allclose(done.result("policy"), grid[done.result("harvest_index")], rtol=1e-15)

    def test_most_likely_parameters(self):
        x, y = self.observe()
        done = self.run_job(self.text(["mle"]))
        self.assert_ends(done, DONE)
        best = done.result("mle")
        alive = (x > 0) & (y > 0)
        residual = np.log(y[alive]) - np.log(plain.allen(x[alive], 0, best))
        self.assertAlmostEqual(best[3], math.sqrt((residual ** 2).mean()), places=10)
        highest = plain.growth_log_density("allen", best, x[alive], y[alive])
        rng = np.random.default_rng(1)
        near = best * np.exp(rng.choice([1e-5, 1e-3, 1e-1], (5000, 1)) * rng.standard_normal((5000, 4)))
        self.assertGreater(highest + 1e-12, plain.growth_log_density("allen", near, x[alive], y[alive]).max())

    def test_chains_have_the_moments_of_the_posterior(self):
        x, y = self.observe()
        alive = (x > 0) & (y > 0)
        done = self.run_job(self.text(["gp", "allen", "ricker", "myers"], posterior={"chains": 16, "steps": 20000, "burn_in": 4000, "thin": 20, "seed": 4}, decision={"max_sweeps": 1}, candidates={"draws": 1, "stretch": 3}, grid={"points": 10}))
        self.assert_ends(done, DONE)
        for model in PARAMETERS:
            self.assertLess(np.abs(done.result(f"{model}_acceptance") - (0.02 if model == "gp" else 0.35)).max(), 0.02 if model == "gp" else 0.3, model)

        def compare(values, mean, deviation, effective, what):
            self.assertGreater(effective, 100, what)
            self.assertLess(abs(values.mean() - mean), 4.5 * deviation / math.sqrt(effective), what)

        # By sums over even grids.
        axes = np.linspace(-1, 3.5, 90), np.linspace(-2.6, 1, 72)
        density = np.array([[plain.process_log_density(math.exp(a), math.exp(b), x, y) for b in axes[1]] for a in axes[0]])
        weight = np.exp(density - density.max())
        weight /= weight.sum()
        for p, name in enumerate(PARAMETERS["gp"]):
            marginal = weight.sum(axis=1 - p)
            mean = (marginal * axes[p]).sum()
            compare(np.log(done.result(f"gp_{name}")), mean, math.sqrt((marginal * (axes[p] - mean) ** 2).sum()), done.result("gp_effective")[p], f"gp {name}")
        axes = np.linspace(1e-3, 0.8, 80), np.linspace(6, 40, 120), np.linspace(0.02, 0.12, 50)
        density = plain.growth_log_density("ricker", np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1), x[alive], y[alive])
        weight = np.exp(density - density.max())
        weight /= weight.sum()
        for p, name in enumerate(PARAMETERS["ricker"]):
            marginal = weight.sum(axis=tuple(k for k in range(3) if k != p))
            mean = (marginal * axes[p]).sum()
            compare(done.result(f"ricker_{name}"), mean, math.sqrt((marginal * (axes[p] - mean) ** 2).sum()), done.result("ricker_effective")[p], f"ricker {name}")
        # By other chains, many at a time: what the model says of two stocks, which does not depend on how parameters are named.
        rng = np.random.default_rng(8)
        for model, begin in (("allen", (1.0, 8.0, 5.0, 0.06)), ("myers", (0.6, 1.5, 12.0, 0.06))):
            here = np.array(begin) * np.exp(0.05 * rng.standard_normal((800, 4)))
            density, kept = plain.growth_log_density(model, here, x[alive], y[alive]), []
            for t in range(1200):  # differences of other walkers are steps of the right shape (ter Braak 2006)
                other = here[rng.permutation(800)] - here[rng.permutation(800)]
                there = here + (1.0 if t % 10 == 9 else 0.8) * other + 1e-5 * rng.standard_normal((800, 4))
                new = plain.growth_log_density(model, there, x[alive], y[alive])
                accept = np.log(rng.random(800)) < new - density
                here, density = np.where(accept[:, None], there, here), np.where(accept, new, density)
                if t >= 600 and t % 10 == 0:
                    kept.append(here)
            others, own = np.concatenate(kept).T, of(done, model, PARAMETERS[model]).T
            for stock in (6.5, 9.0):
                expected, found = np.log(plain.GROWTH[model](stock, 0, others)), np.log(plain.GROWTH[model](stock, 0, own)).reshape(16, -1).mean(axis=1)
                self.assertLess(abs(found.mean() - expected.mean()), 4.5 * (found.std(ddof=1) / 4 + expected.std() / math.sqrt(800)), f"{model} at {stock}")
                self.assertLess(found.std(ddof=1), 0.5 * expected.std(), f"{model} at {stock}")

    def test_paths(self):
        self.observe()
        done = self.run_job(self.text(["true", "mle"], simulation={"paths": 300, "kept_paths": 120, "years": 40, "start": 9.0}), ranks=3)
        self.assert_ends(done, DONE)
        grid = np.linspace(0, 15, 50)
        stock, harvest, profit = (done.result(name) for name in ("stock", "harvest", "profit"))
        self.assertEqual(stock.shape, (120, 2, 40))
        self.assertTrue((stock[:, :, 0] == 9).all())
        np.testing.assert_array_equal(harvest[:, :, -1], 0)
        for k in range(2):
            nearest = np.abs(stock[:, k, :-1, None] - grid).argmin(axis=-1)
            np.testing.assert_allclose(harvest[:, k, :-1], grid[done.result("harvest_index")[k]][nearest], rtol=1e-14)
            np.testing.assert_array_equal(profit[:, k], np.minimum(stock[:, k], harvest[:, k]))
            np.testing.assert_allclose(done.result("total_profit")[k, :120], profit[:, k].sum(axis=1), rtol=1e-12)
            self.assertAlmostEqual(done.result("profit_mean")[k], done.result("total_profit")[k].mean(), places=10)
            self.assertAlmostEqual(done.result("profit_standard_error")[k], done.result("total_profit")[k].std(ddof=1) / math.sqrt(300), places=10)
        growth = np.log(stock[:, :, 1:] / plain.allen(stock[:, :, :-1], harvest[:, :, :-1], (2, 8, 5)))
        np.testing.assert_allclose(growth[:, 0], growth[:, 1], rtol=0, atol=1e-9)  # the same random numbers
        self.assertLess(abs(growth[:, 0].std() - 0.05), 4 * 0.05 / math.sqrt(2 * growth[:, 0].size))
        self.assertLess(abs(growth[:, 0].mean()), 4 * 0.05 / math.sqrt(growth[:, 0].size))
        low = self.run_job(self.text(["true"], simulation={"paths": 5, "start": 2.07}), name="low")  # the policy wants 2.14, the nearest point of the grid
        self.assertGreater(low.result("harvest")[0, 0, 0], 2.1)
        self.assertEqual(low.result("total_profit").tolist(), [[2.07] * 5])
        self.assertEqual(low.result("extinct"), 1)

    def test_corrected_form_and_discount(self):
        x, y = self.observe()
        grid = np.linspace(0, 12, 31)
        text = self.text(["gp", "myers"], posterior={"chains": 2, "steps": 2100, "burn_in": 300, "thin": 100}, grid={"points": 31, "most": 12.0}, decision={"form": "corrected", "criterion": "discounted", "discount": 0.05, "max_sweeps": 5000})
        done = self.run_job(text, ranks=3)  # one of them without a chain
        self.assert_ends(done, DONE)
        tensors = plain.process_tensor(of(done, "gp", PARAMETERS["gp"]), x, y, grid, corrected=True), plain.growth_tensor("myers", of(done, "myers", PARAMETERS["myers"]), grid)
        for k, tensor in enumerate(tensors):
            self.assert_optimal(done, k, *plain.value_iteration(tensor, grid, delta=0.05, most=5000, discounted=True), f"model {k}")
        self.assert_same_results(done, self.run_job(text, name="alone"))
        self.assert_ends(self.run_job(text, "--set", "decision.max_sweeps=9"), NOT_CONVERGED)

    def test_restart(self):
        """In the middle of chains and of value iteration, on other ranks each time."""
        self.observe()
        text = self.text(["gp", "myers"], grid={"points": 20}, decision={"max_sweeps": 3})
        whole = self.run_job(text, name="whole", ranks=2)
        self.assert_ends(whole, DONE)
        lives, stopped = 0, None
        while stopped is None or stopped.code == STOPPED_EARLY:
            lives += 1
            self.assertLess(lives, 12)
            stopped = self.run_job(text, "--time-limit", "0.001s", name="stopped", ranks=1 + lives % 3)
        self.assert_ends(stopped, DONE, "restart")
        self.assertGreater(lives, 7)
        self.assert_same_results(whole, stopped)
        self.assert_ends(self.run_job(text, "--time-limit", "0.001s", name="stopped"), STOPPED_EARLY)
        self.assert_ends(self.run_job(text, "--set", "posterior.thin=50", name="stopped"), BAD_INPUT, "thin")

    def test_check_plans_memory(self):
        self.observe()
        (self.folder / "job.toml").write_text(self.text(grid={"points": 400}))
        sizes = []
        for ranks in (1, 4):
            done = self.call("check", "gp_fishery", "-c", "job.toml", ranks=ranks)
            self.assert_ends(done, DONE)
            self.assertRegex(done.out, r"whole transition tensor +488 MiB\n")
            sizes.append(next(float(line.split()[-2]) for line in done.out.splitlines() if "rows of the transitions of myers" in line))
        self.assertAlmostEqual(sizes[0], 491, delta=1)
        self.assertAlmostEqual(sizes[1], 125, delta=1)

    def test_opens_in_xarray(self):
        import xarray
        self.observe()
        done = self.run_job(self.text(["true", "gp"], grid={"points": 20}, decision={"max_sweeps": 5}))
        self.assert_ends(done, DONE)
        with xarray.open_dataset(done.file, group="results", engine="h5netcdf") as results:
            self.assertEqual(results["policy"].dims, ("model", "state"))
            self.assertEqual(results["stock"].dims, ("kept_path", "model", "year"))
            np.testing.assert_allclose(results["state"].values, np.linspace(0, 15, 20))

    def test_broken_series(self):
        for lines, reason in (("", "is empty"), ("x,z\n1,2\n", "data.csv:1: there is no column y"), ("x,y\n1,2\n3\n", "data.csv:3: has 1 columns"), ("x,y\n1,-2\n", "data.csv:2: y is -2"), ("x,y\nnan,2\n", "data.csv:2"),
                              ("x,y\n1,many\n", 'data.csv:2: "many"'), ("x,y\n1,16\n", "data.csv:2: the stock 16 lies beyond the grid"), ("x,y\n1,2\n2,3\n0,0\n", "data.csv: 2 pairs of stocks above 0")):
            (self.folder / "data.csv").write_text(lines)
            self.assert_ends(self.run_job(self.text(), ranks=2 if "many" in lines else 1), BAD_INPUT, reason)
        (self.folder / "data.csv").write_text("x,y\n" + "".join(f"{k},{k + 1}\n" for k in range(1, 12)))
        self.assert_ends(self.run_job(self.text(["mle"])), BAD_INPUT, "has no growth between two positive stocks", 'take "mle" out of models.names')

    def test_broken_policies(self):
        (self.folder / "data.csv").write_text("x,y\n" + "".join(f"{1 + k / 10},{1 + k / 9}\n" for k in range(9)))
        head = "stock,method,value\n"
        for lines, reason in ((head + "0,A,0\n1.3,A,1\n", "p.csv:3: stock = 1.3 is no point of the grid"), (head + "0,A,0\n1,A,0\n1,A,1\n", "p.csv:4: the method A has two harvests"), (head, "has no policy"),
                              (head + "0,A,0\n", "the method A has harvests at 1 of the 4 points"), (head + "0,A,4\n", "p.csv:2: value = 4 is no point")):
            (self.folder / "p.csv").write_text(lines)
            self.assert_ends(self.run_job(self.text(["true"], grid={"points": 4, "most": 3.0}, simulation={"policies": "p.csv", "start": 1.0})), BAD_INPUT, reason)

    def test_refused(self):
        self.observe()
        for tables, reason in (({"posterior": {"step": 0.0}}, "posterior.step"), ({"posterior": {"steps": 100, "burn_in": 100}}, "posterior.burn_in = 100 leaves none of the 100 steps"), ({"grid": {"points": 2}}, "grid.points"),
                               ({"models": ["gp", "cod"]}, 'models.names has "cod"'), ({"models": ["gp", "gp"]}, '"gp" twice'), ({"models": []}, "models.names is empty"), ({"truth": {"parameters": [1.0]}}, "truth.parameters has 1 numbers"),
                               ({"decision": {"discount": 1.0}}, "decision.discount"), ({"simulation": {"start": 16.0}}, "simulation.start = 16 lies beyond the grid"), ({"truth": {"noise": -0.1}}, "truth.noise")):
            self.assert_ends(self.run_job(self.text(**tables)), BAD_JOB_FILE, reason)


main()
