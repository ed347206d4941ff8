"""What a model calls its states, actions and labels stands in the result: for xarray, ncdump, and on any number of ranks."""
import importlib.util
import shutil
import subprocess
import unittest

import h5py
import numpy as np
from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, JobTest, job_text, main
from named_model import ACTIONS, BEST, JOB, LABELS, STATES, VARIABLES, chosen_names, write_model


def have(*modules):
    return all(importlib.util.find_spec(module) for module in modules)


class Names(JobTest):
    def solve(self, *options, ranks=1, **tables):
        return self.run_job(job_text(**{**JOB, **tables}), *options, ranks=ranks)

    def check(self, results):
        """An xarray data set."""
        np.testing.assert_allclose(results.value, 2, rtol=1e-6)
        np.testing.assert_array_equal(results.action, BEST)
        self.assertEqual(list(results.state_name.values), STATES)
        self.assertIn("state_name", results.value.coords)
        self.assertEqual(list(results.action_name.values), ["", *ACTIONS])
        self.assertEqual(list(results.action_name[results.action_name_index].values), chosen_names())
        by_name = results.x.set_xindex("state_name")
        self.assertEqual(float(by_name.sel(state_name="süd")), results.x[1])
        for name, holds in LABELS.items():
            label = results[f"label_{name}"]
            self.assertEqual((label.dims, label.dtype), (("state",), np.uint8))
            self.assertEqual(list(np.flatnonzero(label)), holds, name)
            self.assertEqual((list(label.flag_values), label.flag_meanings), ([0, 1], "no yes"))
            self.assertEqual(label.long_name, f"states with the label {name}")
        for k, name in enumerate(VARIABLES):
            found = [v for v in results.variables.values() if v.attrs.get("long_name") == f"state variable {name}"]
            self.assertEqual(len(found), 1, name)
            np.testing.assert_array_equal(found[0], np.arange(len(STATES)) + 100.0 * k)
        np.testing.assert_array_equal(results.x, np.arange(len(STATES)) + 100.0 * VARIABLES.index("x"))

    def check_with(self, engine):
        import xarray

        write_model(self.folder / "model.h5")
        for ranks in (1, 2, 3):
            for compression in (0, 4):
                with self.subTest(ranks=ranks, compression=compression):
                    ending = self.solve("--set", f"output.compression={compression}", ranks=ranks)
                    self.assert_ends(ending, DONE)
                    with xarray.open_dataset(ending.file, group="results", engine=engine) as results:
                        self.check(results)

    @unittest.skipUnless(have("xarray", "h5netcdf"), "xarray or h5netcdf is absent")
    def test_xarray_by_h5netcdf(self):
        self.check_with("h5netcdf")

    @unittest.skipUnless(have("xarray", "netCDF4"), "xarray or netCDF4 is absent")
    def test_xarray_by_netcdf4(self):
        self.check_with("netcdf4")

    @unittest.skipUnless(shutil.which("ncdump"), "ncdump (netcdf-bin) is absent")
    def test_ncdump(self):
        write_model(self.folder / "model.h5")
        ending = self.solve(ranks=2)
        header = subprocess.run(["ncdump", "-h", ending.file], check=True, capture_output=True, text=True).stdout
        for line in ("ubyte label_goal(state)", "label_goal:flag_values = 0UB, 1UB", 'label_goal:flag_meanings = "no yes"',
                     "char state_name(state, state_name_length)", "char action_name(named_action, action_name_length)",
                     "int action_name_index(state)", 'label_goal:coordinates = "state_name"'):
            self.assertIn(line, header)

    def test_more_ranks_than_states(self):
        write_model(self.folder / "model.h5")
        one, many = self.solve(ranks=1), self.solve(ranks=12)
        self.assert_ends(many, DONE)
        for name in ("state_name", "action_name", "action_name_index", "label_goal"):
            np.testing.assert_array_equal(one.result(name), many.result(name), name)

    def test_a_model_without_names(self):
        write_model(self.folder / "model.h5", named=False)
        for ranks in (1, 2, 3):
            ending = self.solve(ranks=ranks)
            self.assert_ends(ending, DONE)
            with h5py.File(ending.file) as file:
                self.assertFalse([name for name in file["results"] if "name" in name or "label" in name])

    def test_left_out(self):
        write_model(self.folder / "model.h5")
        ending = self.solve(output={"labels": False, "names": False}, ranks=2)
        self.assert_ends(ending, DONE)
        with h5py.File(ending.file) as file:
            long_names = [variable.attrs["long_name"].decode() for variable in file["results"].values()]
        self.assertFalse([text for text in long_names if "label" in text.replace("variable label", "")])
        self.assertFalse([text for text in long_names if text.startswith("name of the state") or "action_name of" in text])

    def test_broken_names_are_refused_before_the_sweeps(self):
        for dataset, at, number in (("action_name_index", 7, 4), ("state_name_offset", 3, 1)):
            write_model(self.folder / "model.h5")
            with h5py.File(self.folder / "model.h5", "r+") as file:
                file[dataset][at] = number
            ending = self.solve(ranks=2)
            self.assert_ends(ending, BAD_INPUT, f"model.h5:/{dataset}[{at}] = {number}")
            self.assertNotIn("sweep 0", ending.log)
            self.assertFalse(ending.file.exists())
            self.assert_ends(self.solve("--set", "output.names=false", ranks=2), DONE)
            ending.file.unlink()

    def test_no_use_on_rasters(self):
        for key in ("labels", "names"):
            ending = self.run_job(job_text(model={"map": "....", "target": [[0, 0]]}, output={key: False}))
            self.assert_ends(ending, BAD_JOB_FILE, f"output.{key} has no use here")

    def test_a_plan_of_stages(self):
        write_model(self.folder / "model.h5")
        for ranks in (1, 3):
            ending = self.solve(criterion={"kind": "finite_horizon", "horizon": 4}, ranks=ranks)
            self.assert_ends(ending, DONE)
            names = [b"".join(row).decode() for row in ending.result("action_name")]
            plan = ending.result("stage_action_name_index")
            self.assertEqual(plan.shape, (len(STATES), 4))
            for column in plan.T:
                self.assertEqual([names[k] for k in column], chosen_names())

    def check_left_or_right(self):
        for ranks in (1, 2, 3):
            for objective, name in (("max", b"right"), ("min", b"left")):
                ending = self.solve(criterion={"kind": "reachability", "target": "goal", "objective": objective}, ranks=ranks)
                self.assert_ends(ending, DONE)
                names = [b"".join(row) for row in ending.result("action_name")]
                self.assertEqual(names[ending.result("action_name_index")[0]], name)
                np.testing.assert_array_equal(ending.result("label_goal"), [0, 0, 1])
                np.testing.assert_array_equal(ending.result("label_init"), [1, 0, 0])

    def test_prism_model(self):
        """`left` and `right` lead to absorbing states, of which the right one is the goal."""
        (self.folder / "m.tra").write_text("3 4 4\n0 0 1 1 left\n0 1 2 1 right\n1 0 1 1\n2 0 2 1 rest\n")
        (self.folder / "m.lab").write_text('0="init" 1="deadlock" 2="goal"\n0: 0\n2: 2\n')
        self.assert_ends(self.call("convert", "m.tra", "model.h5"), DONE)
        self.check_left_or_right()

    def test_drn_model(self):
        """The same from Storm."""
        (self.folder / "m.drn").write_text("@type: MDP\n@parameters\n\n@reward_models\n\n@nr_states\n3\n@nr_choices\n4\n@model\n"
                                           "state 0 init\n\taction left\n\t\t1 : 1\n\taction right\n\t\t2 : 1\n"
                                           "state 1\n\taction __NOLABEL__\n\t\t1 : 1\nstate 2 goal\n\taction rest\n\t\t2 : 1\n")
        self.assert_ends(self.call("convert", "m.drn", "model.h5"), DONE)
        self.check_left_or_right()

    def test_generators(self):
        """The forest of three ages with cheap wood: it is cut in the middle, and left alone in the oldest class."""
        ending = self.solve(model={"kind": "forest", "r1": 4.0, "r2": 2.0, "p": 0.5}, criterion={"kind": "discounted", "discount": 0.1}, ranks=2)
        self.assert_ends(ending, DONE)
        names = [b"".join(row) for row in ending.result("action_name")]
        self.assertEqual(names, [b"", b"wait", b"cut"])
        self.assertEqual([names[k] for k in ending.result("action_name_index")], [b"wait", b"cut", b"wait"])
        np.testing.assert_array_equal(ending.result("label_init"), [1, 0, 0])
        np.testing.assert_array_equal(ending.result("label_oldest"), [0, 0, 1])


main()
