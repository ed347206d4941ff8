"""analysis/plot.py and analysis/value_at.py on small files made by hand."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import h5py
    import matplotlib.image
    import numpy as np
except ImportError as missing:
    print(f"{missing}: skipped")
    sys.exit(77)

ANALYSIS = pathlib.Path(__file__).parents[2] / "analysis"
sys.path.insert(0, str(ANALYSIS))
from plots import raster, states  # noqa: E402


def write_result(path, axes, value, cell, job="value_iteration"):
    """A result file with as much as pictures and readers use; row 0, column 0 is a target."""
    with h5py.File(path, "w") as file:
        file.attrs["job"] = job
        results = file.create_group("results")
        for name, values in axes.items():
            results[name] = values
        results.create_dataset("value", data=value, chunks=(3, value.shape[1]))
        results["value"].attrs.update({"units": "h", "long_name": "least expected time"})
        results["action"] = np.where(np.isfinite(value) & (value > 0), 2, -1).astype(np.int32)
        results["cell"] = cell
        results["cell"].attrs["flag_values"] = np.arange(4, dtype=np.uint8)
        results["cell"].attrs["flag_meanings"] = "blocked free target unreachable"
        for name, values in {"residual": [8.0, 1.0, 0.0], "seconds": [0.1, 0.2, 0.3]}.items():
            file[f"trace/{name}"] = values
            file[f"trace/{name}"].attrs.update({"units": "h" if name == "residual" else "s", "long_name": name})


def world():
    """A globe of 20 x 40 cells: a target in the south-west corner, land on the eastern half but for its last column."""
    axes = {"lat": -85.5 + 9 * np.arange(20.0), "lon": -175.5 + 9 * np.arange(40.0)}
    cell = np.ones((20, 40), np.uint8)
    cell[:, 20:39], cell[0, 0], cell[:, 39] = 0, 2, 3
    value = np.where(cell == 1, np.add.outer(np.arange(20.0), 10 * np.arange(40.0)), np.inf)
    value[0, 0] = 0
    return axes, value, cell


class Pictures(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = pathlib.Path(self.folder.name) / "result.h5"

    def call(self, program, *arguments):
        return subprocess.run([sys.executable, "-B", ANALYSIS / program, self.file, *arguments], capture_output=True, text=True)

    def colours(self, path):
        levels = np.rint(255 * matplotlib.image.imread(path)[..., :3]).astype(np.uint32)
        packed = np.unique(levels @ np.array([1 << 16, 1 << 8, 1], np.uint32))
        return {(int(c) >> 16, int(c) >> 8 & 255, int(c) & 255) for c in packed}

    def test_globe_and_trace_become_pictures(self):
        write_result(self.file, *world())

        done = self.call("plot.py", "--trace")

        self.assertEqual(done.returncode, 0, done.stderr)
        pictures = done.stdout.split()
        self.assertEqual([pathlib.Path(p).name for p in pictures], ["result.png", "result-trace.png"])
        self.assertTrue({(0xd8, 0xd4, 0xcb), (0x77, 0x74, 0x7d), (0xe4, 0x57, 0x2e)} <= self.colours(pictures[0]))

    def test_map_of_rows_and_columns_has_row_0_at_the_top(self):
        cell = np.ones((30, 30), np.uint8)
        cell[15:], cell[0, 0] = 0, 2
        value = np.where(cell == 1, np.add.outer(np.arange(30.0), np.arange(30.0)), np.inf)
        value[0, 0] = 0
        write_result(self.file, {"row": np.arange(30), "column": np.arange(30)}, value, cell)

        done = self.call("plot.py", "-o", str(self.file.with_name("map.png")))

        self.assertEqual(done.returncode, 0, done.stderr)
        pixels = matplotlib.image.imread(self.file.with_name("map.png"))[..., :3]
        blocked = np.abs(pixels - np.array([0xd8, 0xd4, 0xcb]) / 255).sum(axis=2) < 0.01
        rows = np.flatnonzero(blocked.sum(axis=1) > pixels.shape[1] / 2)
        self.assertGreater(rows.min(), pixels.shape[0] * 0.4)

    def test_values_of_any_model_with_their_bounds(self):
        """5000 states, drawn one in two, some infinite; then a few with names."""
        for size, names in ((5000, None), (4, [b"home", b"\xc3\xa9t\xc3\xa9", b"s=3", b"end"])):
            value = np.arange(size, dtype=float)
            value[2] = np.inf
            with h5py.File(self.file, "w") as file:
                file.attrs["job"] = "value_iteration"
                results = file.create_group("results")
                results.attrs["objective"] = "min"
                if names is not None:
                    results["state_name"] = np.array(names).view("S1").reshape(size, -1)
                results["value"] = value
                results["value"].attrs["long_name"] = "expected total reward"
                results["lower"], results["upper"] = value - 1, value + 1
                results["action"] = (np.arange(size) % 3).astype(np.int32)
                results["sweeps"], results["proven_width"] = 17, 1e-7
                self.assertEqual(states.title(file), "Expected total reward (min)")

            done = self.call("plot.py", "-o", str(self.file.with_name("states.png")))

            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn((0x2b, 0x2f, 0x36), self.colours(done.stdout.strip()))  # the values
            self.assertIn((0xe4, 0x57, 0x2e), self.colours(done.stdout.strip()))  # the infinite one

    def test_allocation(self):
        for frontier in (True, False):
            with h5py.File(self.file, "w") as file:
                file.attrs["job"] = "prune_allocation"
                results = file.create_group("results")
                results["budget"], results["loss"], results["bound"] = [10, 20], [4.0, 1.0], [3.5, 1.0]
                results["choice"], results["layer_cost"] = np.zeros((2, 3), np.int32), np.array([[0, 5, 5], [5, 10, 5]])
                results["layer_most_cost"] = [10, 10, 0]
                results["layer_name"] = np.array([b"a", b"\xc3\xa9t\xc3\xa9", b"c"]).view("S1").reshape(3, -1)
                if frontier:
                    results["frontier_budget"], results["frontier"] = np.arange(5000), np.linspace(9, 1, 5000)

            done = self.call("plot.py")

            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn((0xe4, 0x57, 0x2e), self.colours(done.stdout.strip()))  # what was asked for

    def write_network_allocation(self, job):
        with h5py.File(self.file, "w") as file:
            file.attrs["job"] = job
            results = file.create_group("results")
            results["budget"], results["loss"], results["bound"] = [10, 20], [4.0, 1.0], [3.5, 1.0]
            results["choice"], results["layer_cost"], results["layer_most_cost"] = np.zeros((2, 3), np.int32), np.array([[0, 5, 5], [5, 10, 5]]), [10, 10, 5]
            results["layer_name"] = np.array([b"a", b"b", b"c"]).view("S1").reshape(3, -1)

    def test_pruned_networks(self):
        self.write_network_allocation("prune_allocation")
        with h5py.File(self.file, "a") as file:
            results = file["results"]
            results["amount"], results["curve"] = [0.0, 0.5, 1.0], np.array([[0, 1, 2], [0, 0, 3], [0, 1e-9, 5.0]])
            results["rule_name"] = np.array([b"one", b"two"]).view("S1").reshape(2, -1)
            results["rule_sum"], results["rule_accuracy"] = np.ones((2, 2)), np.array([[0.5, 0.4], [0.8, 0.7]])
            results.attrs["whole_accuracy"] = 0.9

        done = self.call("plot.py")

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn((0x2a, 0x78, 0xb5), self.colours(done.stdout.strip()))  # the second rule

    def test_bits(self):
        for network, calibrated in ((True, True), (True, False), (False, False)):
            self.write_network_allocation("bit_allocation")
            with h5py.File(self.file, "a") as file:
                results = file["results"]
                results["bits"], results["ratio"] = np.array([[2, 4, 8], [4, 8, 8]], np.int32), [0.13, 0.2]
                if network:
                    results["precision"], results["accuracy"], results["uniform_accuracy"] = [8.0, 4.0], [0.6, 0.7], [0.8, 0.5]
                    results.attrs["float32_accuracy"] = 0.9
                if calibrated:
                    results["nearest_accuracy"], results["uniform_nearest_accuracy"] = [0.2, 0.6], [0.8, 0.3]

            done = self.call("plot.py")

            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn((0xe4, 0x57, 0x2e), self.colours(done.stdout.strip()))

    def test_one_of_several_criteria(self):
        with h5py.File(self.file, "w") as file:
            file.attrs["job"] = "value_iteration"
            file.create_group("results").attrs["criteria"] = "cheap fast"
            for name in ("cheap", "fast"):
                results = file.create_group(f"results/{name}")
                for variable in ("value", "lower", "upper", "action"):
                    results[variable] = np.arange(4.0)
                results["sweeps"], results["proven_width"] = 17, 1e-7
                for column in ("residual", "seconds"):
                    file[f"trace/{name}/{column}"] = [1.0, 0.5]

        drawn, unnamed = self.call("plot.py", "--criterion", "fast", "--trace"), self.call("plot.py")

        self.assertEqual(drawn.returncode, 0, drawn.stderr)
        self.assertEqual(len(drawn.stdout.split()), 2)
        self.assertEqual(unnamed.returncode, 1)
        self.assertIn("name one with --criterion: cheap, fast", unnamed.stderr)

    def test_masks_of_removed_blocks(self):
        with h5py.File(self.file, "w") as file:
            file.attrs["job"] = "depth_shrink"
            results = file.create_group("results")
            results.attrs["metric"], results.attrs["goal"] = "accuracy", "max"
            results["metric"], results["ranking_metric"] = [0.9, 0.8, 0.5], [np.nan, 0.8, 0.4]
            results["mask"] = np.array([[1, 1, 1], [1, 0, 1], [0, 0, 1]], np.uint8)
            results["free"] = np.array([1, 1, 0], np.uint8)
            results["block_name"] = np.array([b"one", b"two", b"end"]).view("S1").reshape(3, -1)

        done = self.call("plot.py")

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue({(0xe4, 0x57, 0x2e), (0xd8, 0xd4, 0xcb), (0xa4, 0x9e, 0x92), (0x3a, 0x9d, 0x5d)} <= self.colours(done.stdout.strip()))

    def test_bids_and_what_they_brought(self):
        for kind, replayed in (("clicks", True), ("profit", True), ("clicks", False)):
            with h5py.File(self.file, "w") as file:
                file.attrs["job"] = "bid_optimization"
                results = file.create_group("results")
                results.attrs.update({"objective": kind, "click_worth": 1.0, "mean_click_rate": 0.1, "discount": 1.0, "max_bid": 3.0})
                results["auctions_left"], results["value"] = np.arange(4), 0.05 * np.minimum.outer(np.arange(4.0), np.arange(9.0))
                if replayed:
                    results["algorithm_name"] = np.array([b"ss_mdp ", b"mcpc   ", b"lin_bid", b"rlb    "]).view("S1").reshape(4, -1)
                    results["algorithm_name"][()] = np.char.replace(results["algorithm_name"][()], b" ", b"")
                    results["clicks"], results["ecpc"], results["auctions"] = [4, 3, 0, 5], [1.0, 2.0, np.nan, 3.0], 70
                    if kind == "profit":
                        results["profit"] = [-4.0, 3.0, 0.0, 5.0]

            done = self.call("plot.py")

            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual((0xe4, 0x57, 0x2e) in self.colours(done.stdout.strip()), replayed)

    def test_policies_of_a_fishery(self):
        for simulated in (True, False):
            with h5py.File(self.file, "w") as file:
                file.attrs["job"] = "gp_fishery"
                file.create_group("input").attrs["job_file"] = "[truth]\nparameters = [2.0, 8.0, 5.0]\n"
                results = file.create_group("results")
                results["model_name"] = np.array([b"true", b"gp", b"file GP"]).view("S1").reshape(3, -1)
                results["state"], results["observed_stock"] = np.linspace(0, 15, 4), [0.0, 7.5, 8.0]
                results["policy"] = np.array([[0, 5, 0, 5], [0, 5, 5, 10], [0, 0, 0, 0]], float)
                for name in ("profit_mean", "profit_ratio", "extinct"):
                    results[name] = [1.0, 0.5, 0.2]
                if simulated:
                    results["stock"] = np.tile(np.linspace(10, 0, 6), (3, 3, 1))

            done = self.call("plot.py")

            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn((0xe4, 0x57, 0x2e), self.colours(done.stdout.strip()))  # the Gaussian process

    def test_harvest_of_two_species(self):
        with h5py.File(self.file, "w") as file:
            file.attrs["job"] = "three_species_fishery"
            results = file.create_group("results")
            x, y, z = np.array([0, 0.05, 0.5, 1]), np.array([0, 0.05, 1]), np.array([0.05, 0.7])
            results["x"], results["y"], results["z"] = x, y, z
            results["policy/escapement_x"] = np.broadcast_to(np.minimum(x, 0.5), (2, 1, 3, 4)).astype(np.float32)
            results["policy/escapement_y"] = np.broadcast_to(np.minimum(y, 0.5)[:, None], (2, 1, 3, 4)).astype(np.float32)
            results["reward"], results["full_share"] = [[1.0, 2, 3], [2, 2.5, 4]], [1.0, 0.9]
            results["rule_name"] = np.array([b"constant", b"decided"]).view("S1").reshape(2, -1)
            results["species_name"] = np.array([b"X", b"Y", b"Z"]).view("S1").reshape(3, -1)
            results["biomass"] = np.random.default_rng(1).random((2, 1, 6, 3))
            results["caught"] = np.zeros((2, 1, 5, 2))

        done = self.call("plot.py")

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue({(0xe4, 0x57, 0x2e), (0x2a, 0x78, 0xb5), (0x3a, 0x9d, 0x5d), (0x44, 0x01, 0x54)} <= self.colours(done.stdout.strip()))

    def test_returns_of_a_policy(self):
        for kind in ("probability", "quantile_value"):
            with h5py.File(self.file, "w") as file:
                file.attrs["job"] = "distributional_vi"
                results = file.create_group("results")
                results.attrs["objective"], results.attrs["level"] = "mean of the worst 0.5 of the outcomes", 0.5
                results["return"], results["stock"] = [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]
                results[f"start_{kind}"] = [[0, 0, 1], [0.25, 0.5, 0.25]]
                results["objective"], results["action"] = np.full((2, 3), [-1.0, -0.5, 0.0]), np.array([[0, 0, 0], [0, 1, 1]], np.int32)
                results["label_init"] = np.array([0, 1], np.uint8)
                for name in ("value", "start_stock", "start_mean", "start_projection_error"):
                    results[name] = [0.0, 0.1]

            done = self.call("plot.py")

            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue({(0xe4, 0x57, 0x2e), (0x2b, 0x2f, 0x36), (0x1f, 0x77, 0xb4), (0xff, 0x7f, 0x0e)} <= self.colours(done.stdout.strip()))

    def test_a_job_without_a_picture_is_refused_by_name(self):
        write_result(self.file, *world(), job="unheard_of")

        done = self.call("plot.py")

        self.assertEqual(done.returncode, 1)
        self.assertIn('job = "unheard_of" has no picture', done.stderr)

    def test_large_rasters_are_thinned_while_they_are_read(self):
        axes, value, cell = world()
        write_result(self.file, axes, value, cell)

        with h5py.File(self.file) as file:
            thin = raster.Raster(file["results"])
            thin.step, raster.SLAB_BYTES = 7, 1  # slabs of one chunk: 3 rows

            np.testing.assert_array_equal(thin.thinned("value"), value[::7, ::7])
            np.testing.assert_array_equal(thin.thinned("cell"), cell[::7, ::7])
            self.assertEqual(thin.places("cell", 2).tolist(), [[0, 0]])

    def test_the_nearest_free_cell_answers_across_the_date_line(self):
        axes = {"lat": np.array([-1.0, 0.0, 1.0]), "lon": np.array([-179.0, 0.0, 179.0])}
        cell = np.array([[1, 1, 0], [1, 1, 0], [1, 1, 0]], np.uint8)
        value = np.where(cell == 1, [[5.0, 1, 1], [7.0, 1, 1], [9.0, 1, 1]], np.inf)
        write_result(self.file, axes, value, cell)

        done = self.call("value_at.py", "There=0.2,179.5", "Null Island=0,0")

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.split(), ["There", "7.000000", "h", "Null", "Island", "1.000000", "h"])

    def test_a_place_far_from_free_cells_is_refused(self):
        write_result(self.file, *world())

        done = self.call("value_at.py", "Inland=0,90")

        self.assertEqual(done.returncode, 1)
        self.assertIn("Inland: no free cell near 0, 90", done.stderr)


if __name__ == "__main__":
    unittest.main()
