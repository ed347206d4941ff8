"""Allocations as a user asks for them: a table solved by hand, mixed integer programs, the same bits on any ranks and after any restart; what is refused."""
import itertools
import json
import random
import re
import shutil
import subprocess
import unittest

import h5py
import numpy as np

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, JobTest, MPIEXEC, SOURCE, STOPPED_EARLY, job_text, main

NO_RESOURCES = 7
HAND_SOLVED = {250: 26, 400: 12, 500: 9, 600: 6.5, 750: 1.5}
FIVE = {"layer": "five", "cost": [4, 3, 2, 1, 0], "loss": [0, 1, 2, 3, 4]}


def write_table(path, layers):
    path.write_text("".join(json.dumps(layer) + "\n" for layer in layers))
    return path.name


def draw_layers(rng, layers, choices, most):
    """Weights left, falling with the choice, and losses that rise with it, not smoothly."""
    drawn = []
    for k in range(layers):
        weights = rng.randrange(most // 4, most)
        loss = sorted(rng.random() ** 3 * weights for _ in range(choices))
        drawn.append({"layer": f"layer{k}", "cost": [weights - weights * c // (choices - 1) for c in range(choices)], "loss": loss})
    return drawn


def sums(layers, choice):
    return sum(l["cost"][k] for l, k in zip(layers, choice)), sum(l["loss"][k] for l, k in zip(layers, choice))


class PruneAllocation(JobTest):
    job_name = "prune_allocation"
    refused = 0  # runs, for the number of ranks to vary

    def solve(self, table, budgets, *options, name="result", ranks=1, output=None, **solver):
        text = job_text(model={"table": table}, solver={"budget": budgets, **solver}, output=output or {})
        return self.run_job(text, *options, name=name, ranks=ranks)

    def results(self, ending):
        with h5py.File(ending.file) as file:
            return {name: file[f"results/{name}"][()] for name in ("choice", "loss", "cost", "bound", "greedy")}

    def method(self, ending):
        name = ending.attribute("results", "method")
        return name.decode() if isinstance(name, bytes) else name

    def refuse(self, layers, *phrases, budgets=(100,), code=BAD_INPUT, **solver):
        text = layers if isinstance(layers, str) else "".join(json.dumps(l) + "\n" for l in layers)
        (self.folder / "bad.jsonl").write_text(text)
        self.refused += 1
        self.assert_ends(self.solve("bad.jsonl", list(budgets), name="refused", ranks=1 + self.refused % 3, **solver), code, *phrases)

    def test_hand_solved(self):
        example = SOURCE / "jobs" / "prune_allocation" / "example.toml"
        done = self.call("run", self.job_name, "-c", example, ranks=2, file=self.folder / "allocation.h5")
        self.assert_ends(done, DONE, "checked against the Lagrangian bound")
        found = self.results(done)
        self.assertEqual(dict(zip(done.result("budget"), found["loss"])), HAND_SOLVED)
        self.assertEqual(found["cost"][3], 550)
        np.testing.assert_array_equal(done.result("layer_cost")[3], [100, 200, 250])
        np.testing.assert_array_equal(done.result("layer_loss")[3], [0, 5, 1.5])
        np.testing.assert_array_equal(done.result("layer_most_cost"), [100, 400, 500])
        np.testing.assert_array_equal(found["choice"][3], [0, 2, 2])
        self.assertTrue((found["bound"] <= found["loss"]).all() and (found["loss"] <= found["greedy"]).all())
        frontier = dict(zip(done.result("frontier_budget"), done.result("frontier")))
        self.assertEqual({b: frontier[b] for b in HAND_SOLVED}, HAND_SOLVED)
        self.assertTrue((np.diff(done.result("frontier")) <= 0).all())
        self.assertEqual(done.attribute("results", "proven_optimal"), 1)

    def test_opens_in_xarray(self):
        import xarray
        done = self.solve(write_table(self.folder / "t.jsonl", draw_layers(random.Random(1), 4, 5, 100)), [200, 300])
        with xarray.open_dataset(done.file, group="results", engine="h5netcdf") as results:
            self.assertEqual(results["choice"].dims, ("budget", "layer"))
            self.assertEqual(list(results["layer_name"].values), ["layer0", "layer1", "layer2", "layer3"])
            self.assertTrue(all("long_name" in v.attrs and "units" in v.attrs for v in results.data_vars.values() if v.dtype.kind in "iuf"))

    @unittest.skipUnless(shutil.which("cbc"), "cbc is absent (Debian: coinor-cbc)")
    def test_mixed_integer_programs(self):
        """200 problems against the branch and cut of CBC: 10 tables on 1 to 4 ranks, 20 budgets each."""
        rng = random.Random(3)
        for instance in range(10):
            layers = draw_layers(rng, rng.randrange(8, 25), rng.randrange(5, 25), rng.choice([50, 400, 3000]))
            total = sum(l["cost"][0] for l in layers)
            budgets = sorted(rng.randrange(total) for _ in range(20))
            greatest = instance % 5 == 4
            if greatest:  # gain of what is kept
                layers = [{**l, "loss": [max(l["loss"]) - x for x in l["loss"]]} for l in layers]
            done = self.solve(write_table(self.folder / "t.jsonl", layers), budgets, "--restart", "never", ranks=1 + instance % 4, objective="max" if greatest else "min",
                              method="auto" if instance % 2 else "table", output={"frontier": instance % 4 == 0})
            found = self.results(done)
            self.assertEqual(self.method(done), "states" if instance % 2 else "table")
            sign = -1 if greatest else 1
            for q, budget in enumerate(budgets):
                solved = sums(layers, self.choice_by_cbc(layers, budget, sign))
                self.assertLessEqual(solved[0], budget)
                self.assertAlmostEqual(found["loss"][q], solved[1], delta=1e-6 * max(1, abs(solved[1])), msg=f"instance {instance}, budget {budget}")
                spent, lost = sums(layers, found["choice"][q])
                self.assertEqual(found["cost"][q], spent)
                self.assertLessEqual(spent, budget)
                self.assertAlmostEqual(found["loss"][q], lost, delta=1e-9 * max(1, abs(lost)))
                self.assertLessEqual(sign * found["bound"][q], sign * found["loss"][q] + 1e-9)

    def choice_by_cbc(self, layers, budget, sign):
        """The choice of each layer, of a binary program without a gap"""
        def terms(what, factor=1):
            return "\n".join(f"{factor * x:+.17g} x{l}_{k}" for l, layer in enumerate(layers) for k, x in enumerate(layer[what]))
        one_each = "".join(f"one{l}: " + " + ".join(f"x{l}_{k}" for k in range(len(layer["cost"]))) + " = 1\n" for l, layer in enumerate(layers))
        (self.folder / "m.lp").write_text(f"Minimize\nsum: {terms('loss', sign)}\nSubject To\n{one_each}most: {terms('cost')}\n<= {budget}\nBinaries\n" +
                                          "\n".join(f"x{l}_{k}" for l, layer in enumerate(layers) for k in range(len(layer["cost"]))) + "\nEnd\n")
        subprocess.run(["cbc", "-log", "0", "-ratioGap", "0", "-allowableGap", "0", "-increment", "1e-9", "-import", "m.lp", "-solve", "-solution", "m.txt", "-quit"],
                       cwd=self.folder, check=True, capture_output=True, timeout=60)
        ending, *rows = (self.folder / "m.txt").read_text().splitlines()
        self.assertRegex(ending, "^Optimal - ")
        taken = [row.split()[1] for row in rows if float(row.split()[2]) > 0.5]
        self.assertEqual(len(taken), len(layers))
        return [k for _, k in sorted(tuple(map(int, name[1:].split("_"))) for name in taken)]

    def test_same_bits_on_any_ranks(self):
        table = write_table(self.folder / "t.jsonl", draw_layers(random.Random(5), 12, 30, 5000))
        budgets = [0, 333, 9000, 20001, 10**9]
        for precision in ("float64", "float32"):
            whole = self.solve(table, budgets, name=precision, precision=precision)
            self.assert_ends(whole, DONE)
            for ranks in (2, 3, 4):
                other = self.solve(table, budgets, name=f"{precision}on{ranks}", ranks=ranks, precision=precision)
                self.assert_ends(other, DONE)
                for name in ("choice", "loss", "cost", "bound", "frontier", "frontier_budget"):
                    self.assert_same_bits(whole.result(name), other.result(name), f"{name} on {ranks} ranks")
        single, double = (h5py.File(self.folder / f"{p}.h5") for p in ("float32", "float64"))
        np.testing.assert_allclose(single["results/loss"], double["results/loss"], rtol=1e-5)

    def test_stopped_after_every_sweep(self):
        """Each life is one sweep, forward or back, on another number of ranks; the last one writes what an uninterrupted run does."""
        layers = draw_layers(random.Random(7), 4, 12, 900)
        table, budgets = write_table(self.folder / "t.jsonl", layers), [500, 1500]
        whole = self.solve(table, budgets, name="whole")
        for memory in ({}, {"memory_limit": 1e-6}):
            lives = 0
            while True:
                life = self.solve(table, budgets, "--time-limit", "0.001s", name="lives", ranks=1 + lives % 4, **memory)
                lives += 1
                if life.code == DONE:
                    break
                self.assert_ends(life, STOPPED_EARLY, "checkpoint")
                self.assertEqual(len(list(self.folder.glob("lives.choice-*"))), min(lives, 4) if memory else 0)
            self.assertEqual(lives, 8)
            for name in ("choice", "loss", "cost", "frontier"):
                self.assert_same_bits(whole.result(name), life.result(name), name)
            self.assertFalse(list(self.folder.glob("lives.choice-*")) + list(self.folder.glob("lives.checkpoint*")))

    def test_damaged_choices_are_found(self):
        table = write_table(self.folder / "t.jsonl", draw_layers(random.Random(8), 4, 12, 900))
        for damage, phrase in ((lambda f: f.write_bytes(f.read_bytes()[:-1] + bytes([f.read_bytes()[-1] ^ 1])), "is not the one that the checkpoint knows"),
                               (lambda f: f.unlink(), "is gone or cut short")):
            options = {"memory_limit": 1e-6, "name": "damaged"}
            self.assert_ends(self.solve(table, [1500], "--time-limit", "0.001s", "--restart", "never", ranks=2, **options), STOPPED_EARLY, "tables of choices go to files")
            damage(self.folder / "damaged.choice-000000")
            self.assert_ends(self.solve(table, [1500], ranks=3, **options), BAD_INPUT, "damaged.choice-000000", phrase, "--restart never")
        self.assert_ends(self.solve(table, [1500], "--restart", "never", ranks=2, **options), DONE)

    def test_floors_and_forbidden_choices(self):
        layers = [{**FIVE, "layer": "a", "least": 1}, {**FIVE, "layer": "b", "loss": [None, 1, None, 3, 4]}]
        found = self.results(self.solve(write_table(self.folder / "t.jsonl", layers), [8, 5, 3, 0], ranks=2))
        np.testing.assert_array_equal(found["choice"], [[1, 1], [2, 1], [4, 1], [4, 4]])  # of equal sums the later stage takes the lower number
        np.testing.assert_array_equal(found["loss"], [2, 3, 5, 8])

    def test_search_gives_way_to_the_table(self):
        """Losses in proportion to costs: the bound prunes nothing, and more sums are left than the search may keep."""
        rng = random.Random(11)
        layers = [{"layer": f"layer{k}", "cost": (cost := [rng.randrange(10_000) for _ in range(9)]), "loss": [1e4 - c for c in cost]} for k in range(12)]
        table, budget = write_table(self.folder / "t.jsonl", layers), sum(sum(l["cost"]) for l in layers) // 9
        whole = self.solve(table, [budget], name="whole", method="table")
        given_way = self.solve(table, [budget], name="given_way", memory_limit=1e-6, ranks=3, output={"frontier": False})
        self.assert_ends(given_way, DONE, "the table is swept", "tables of choices go to files")
        self.assertEqual(self.method(given_way), "table")
        for name in ("choice", "loss"):
            self.assert_same_bits(whole.result(name), given_way.result(name), name)
        with h5py.File(given_way.file) as file:
            self.assertNotIn("frontier", file["results"])

    def test_greedy(self):
        layers = draw_layers(random.Random(9), 20, 15, 2000)
        table, budgets = write_table(self.folder / "t.jsonl", layers), [3000, 9000]
        exact, greedy = self.solve(table, budgets, name="exact"), self.solve(table, budgets, name="greedy", method="greedy", ranks=2)
        self.assert_ends(greedy, DONE, "greedy choices in ", " s; the Lagrangian bound lies at most")
        found = self.results(greedy)
        self.assert_same_bits(found["loss"], self.results(exact)["greedy"])
        self.assertTrue((found["cost"] <= budgets).all() and (found["loss"] >= self.results(exact)["loss"]).all())
        for q in range(2):
            np.testing.assert_allclose(sums(layers, found["choice"][q]), (found["cost"][q], found["loss"][q]))
        self.assertEqual(greedy.attribute("results", "proven_optimal"), 0)
        self.assertTrue(all(0 < run.attribute("results", "solver_seconds") < 60 for run in (greedy, exact)))

    def test_without_a_launcher(self):
        """A process by itself asks MPI for no daemon and no network, and finds what a launched one does."""
        table = write_table(self.folder / "t.jsonl", draw_layers(random.Random(12), 6, 9, 300))
        alone = self.solve(table, [700], name="alone")
        self.command = lambda *words, ranks: [*MPIEXEC, "-n", "1", *JobTest.command(self, *words)]
        launched = self.solve(table, [700], name="launched")
        self.assert_ends(alone, DONE)
        for name in ("choice", "loss", "frontier"):
            self.assert_same_bits(launched.result(name), alone.result(name), name)

    def test_hdf5_table(self):
        layers = draw_layers(random.Random(10), 6, 9, 300)
        with h5py.File(self.folder / "t.h5", "w") as file:
            file["cost"], file["loss"] = (np.concatenate([np.asarray(l[what], dtype) for l in layers]) for what, dtype in (("cost", np.int64), ("loss", float)))
            file["choice_offset"] = np.arange(0, 6 * 9 + 1, 9)
            file["layer_name"] = [l["layer"] for l in layers]
            file["least"] = [0, 0, 2, 0, 0, 0]
        layers[2]["least"] = 2
        lines = self.solve(write_table(self.folder / "t.jsonl", layers), [700], name="lines")
        binary = self.solve("t.h5", [700], name="binary", ranks=2)
        self.assert_ends(binary, DONE)
        for name in ("choice", "loss", "layer_name"):
            self.assert_same_bits(lines.result(name), binary.result(name))
        with h5py.File(self.folder / "t.h5", "a") as file:
            file["loss"][20] = np.nan
        self.assert_ends(self.solve("t.h5", [700], name="binary"), BAD_INPUT, "t.h5: layer layer2: the loss of choice 2 is NaN")
        with h5py.File(self.folder / "t.h5", "a") as file:
            file["choice_offset"][3] = 40
        self.assert_ends(self.solve("t.h5", [700], name="binary"), BAD_INPUT, "choice_offset falls at 4")

    def test_check_plans(self):
        write_table(self.folder / "t.jsonl", [{"layer": f"l{k}", "cost": [50_000_003 * (20 - c) for c in range(21)], "loss": list(range(21))} for k in range(3)] +
                    [{"layer": "odd", "cost": [1, 0], "loss": [0, 1]}])
        for memory, phrase in (({}, r"tables of choices +\d+\.\d GiB"), ({"memory_limit": 8.0}, r"one table of choices, on its way to a file +\d")):
            (self.folder / "job.toml").write_text(job_text(model={"table": "t.jsonl"}, solver={"budget": [1_000_000_000], **memory}))
            done = self.call("check", self.job_name, "-c", "job.toml", ranks=2)
            self.assertIn(done.code, (DONE, 7), done.log)
            self.assertRegex(done.out, r"budget cells +1000000001\n")
            self.assertRegex(done.out, phrase)

    def test_check_of_a_published_size(self):
        """ResNet-50, 41 % of its weights pruned in steps of 1 %: 54 rows of 15.0e6 cells, 60 MB each in float32, 8.2e10 additions and minima, 0.8 GB of choices."""
        sizes, inputs = [7 * 7 * 3 * 64], 64
        for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
            sizes.append(inputs * 4 * width)
            for _ in range(blocks):
                sizes += [inputs * width, 9 * width * width, 4 * width * width]
                inputs = 4 * width
        sizes.append(2048 * 1000)
        self.assertEqual((len(sizes), sum(sizes)), (54, 25_502_912))
        write_table(self.folder / "t.jsonl", [{"layer": f"l{l}", "cost": [n * (100 - k) // 100 for k in range(101)], "loss": list(range(101))} for l, n in enumerate(sizes)])
        (self.folder / "job.toml").write_text(job_text(model={"table": "t.jsonl"}, solver={"budget": [int(0.59 * sum(sizes))], "precision": "float32"}))
        done = self.call("check", self.job_name, "-c", "job.toml")
        self.assert_ends(done, DONE)
        facts = dict(re.findall(r"^ *(\S.*?)  +(\d.*)$", done.out, re.MULTILINE))
        cells = int(facts["budget cells"])
        self.assertEqual((cells, facts["choices"]), (15_046_719, "5454"))
        self.assertAlmostEqual(len(sizes) * cells * 101, 8.2e10, delta=0.05e10)
        self.assertEqual(round(4 * cells / 1e6), 60)
        self.assertEqual(round(54 * cells / 1e9, 1), 0.8)
        self.assertLess(self.mebibytes(facts["tables of choices"]) * 2**20, 54 * cells)  # cells that the layers so far cannot fill have no choice
        widest = 2 * 4 * (cells + max(sizes)) / 2**20  # two rows, each with a margin
        self.assertLessEqual(self.mebibytes(facts["two rows of values with their margins"]), widest * 1.01)

    def mebibytes(self, text):
        number, unit = text.split()[:2]
        return float(number) * {"MiB": 1, "GiB": 1024}[unit]

    def test_budget_beyond_memory(self):
        """More cells than any machine holds: the table is refused, the search finds the optimum all the same."""
        layers = [{"layer": f"l{k}", "cost": [10**13 * (9 - c) + (c * c + k) % 11 for c in range(10)], "loss": [c * c * (k + 1) for c in range(10)]} for k in range(4)]
        table, budget = write_table(self.folder / "t.jsonl", layers), 15 * 10**13
        self.assert_ends(self.solve(table, [budget], ranks=2), NO_RESOURCES, "out of memory", "bellshard check")
        found = self.results(self.solve(table, [budget], ranks=2, output={"frontier": False}))
        best = min(sums(layers, choice)[::-1] for choice in itertools.product(range(10), repeat=4) if sums(layers, choice)[0] <= budget)
        self.assertEqual(found["loss"][0], best[0])

    def test_refused(self):
        good = {"layer": "conv1", "cost": [4, 0], "loss": [0, 1]}
        bad = {**good, "layer": "conv2"}
        self.refuse([good, {**bad, "cost": [4, -1]}], "bad.jsonl:2: layer conv2: the cost of choice 1 is -1")
        self.refuse([good, {**bad, "cost": [4, 0.5]}], "bad.jsonl:2: layer conv2 has no field \"cost\" with a list of whole numbers")
        self.refuse([good, {**bad, "cost": [4]}], "bad.jsonl:2: layer conv2 has 1 costs and 2 losses")
        self.refuse([good, {**bad, "cost": [], "loss": []}], "bad.jsonl:2: layer conv2 has no choices")
        self.refuse([good, {**bad, "loss": [None, None]}], "bad.jsonl:2: layer conv2 has no choice that is allowed")
        self.refuse([good, {**bad, "loss": [0, None], "least": 1}], "bad.jsonl:2: layer conv2 has no choice that is allowed")
        self.refuse([good, {**bad, "loss": [0, float("nan")]}], "bad.jsonl:2: ", "no JSON", "write null")
        self.refuse([good, {**bad, "loss": [0, "NaN"]}], "bad.jsonl:2: layer conv2 has no field \"loss\" with a list of numbers")
        self.refuse([good, {"layer": "conv2", "cost": [1]}], "bad.jsonl:2: layer conv2 has no field \"loss\"")
        self.refuse([good, {"layer": "conv2", "loss": [1]}], "bad.jsonl:2: layer conv2 has no field \"cost\"")
        self.refuse([good, {"cost": [1], "loss": [1]}], "bad.jsonl:2: the field \"layer\" is absent")
        self.refuse([good, {**bad, "least": 2}], "bad.jsonl:2: layer conv2: least = 2 is no number of a choice")
        self.refuse([good, {**bad, "least": "x"}], "bad.jsonl:2: layer conv2: \"least\" is no whole number")
        self.refuse([good, good], "bad.jsonl:2: a second layer of the name conv1")
        self.refuse(json.dumps(good) + "\n\n{oops\n", "bad.jsonl:3: ", "no JSON")
        self.refuse("\n\n", "bad.jsonl: there is no layer in it")
        self.refuse("", "bad.jsonl: there is no layer in it")
        self.refuse([good, {**bad, "cost": [9, 7]}], "a budget of 6 is less than 7", "layer conv2, bad.jsonl:2", budgets=[50, 6])
        self.refuse([good], "solver.budget", code=BAD_JOB_FILE, budgets=[])
        self.refuse([good], "solver.budget", code=BAD_JOB_FILE, budgets=[-1])
        self.refuse([good], "solver.method", code=BAD_JOB_FILE, method="guess")
        self.assert_ends(self.solve("bad.jsonl", [9], method="greedy", output={"frontier": True}), DONE)
        self.assert_ends(self.solve("absent.jsonl", [9]), BAD_INPUT, "absent.jsonl")


if __name__ == "__main__":
    main()
