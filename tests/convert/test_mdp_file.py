"""The MDP file is what its page says: users write it in a few lines of Python, and their readers open what Bellshard writes."""
import re
import shutil
import subprocess
import sys
import unittest

import bellshard_runs
import h5py
from bellshard_runs import BAD_INPUT, DONE, SOURCE, JobTest

try:
    import xarray
except ImportError:
    xarray = None


class MdpFile(JobTest):
    def setUp(self):
        super().setUp()
        page = (SOURCE / "docs" / "formats.md").read_text()
        (program,) = [block for block in re.findall(r"```python\n(.*?)```", page, re.S) if "bellshard.mdp" in block]
        subprocess.run([sys.executable, "-c", program], cwd=self.folder, check=True)

    def convert(self, source, target):
        ending = self.call("convert", source, target)
        self.assert_ends(ending, DONE)
        return ending

    def test_the_program_of_the_page_writes_a_model(self):
        ending = self.convert("model.h5", "written.h5")

        self.assertIn("3 states, 4 pairs of state and action, 5 transitions; labels: goal", ending.log)
        with h5py.File(self.folder / "model.h5") as model, h5py.File(self.folder / "written.h5") as written:
            for name in ("action_offset", "transition_offset", "next_state", "probability", "reward", "label/goal"):
                self.assertEqual(model[name][()].tolist(), written[name][()].tolist(), name)

    @unittest.skipIf(xarray is None, "no xarray")
    def test_xarray_opens_what_is_written(self):
        self.convert("model.h5", "written.h5")

        for engine in ("h5netcdf", "netcdf4"):
            with self.subTest(engine), xarray.open_dataset(self.folder / "written.h5", engine=engine) as model:
                self.assertEqual(model["probability"].dims, ("transition",))
                self.assertEqual(model["reward"].dims, ("pair",))
                self.assertTrue(all({"long_name", "units"} <= set(model[name].attrs) for name in model.data_vars))
            with self.subTest(engine), xarray.open_dataset(self.folder / "written.h5", group="label", engine=engine) as labels:
                self.assertEqual(labels["goal"].values.tolist(), [0, 0, 1])

    @unittest.skipIf(shutil.which("ncdump") is None, "no ncdump")
    def test_ncdump_lists_what_is_written(self):
        self.convert("model.h5", "written.h5")

        listed = subprocess.run(["ncdump", "-h", "written.h5"], cwd=self.folder, capture_output=True, text=True, check=True).stdout

        for line in ("transition = 5 ;", "double probability(transition) ;", 'schema = "bellshard.mdp" ;', "ubyte goal(state) ;"):
            self.assertIn(line, listed)

    def test_inspect_shows_the_parts_of_a_model(self):
        self.convert("model.h5", "written.h5")

        shown = self.call("inspect", "written.h5")

        self.assert_ends(shown, DONE)
        for phrase in ("bellshard.mdp", "next_state", "/label", "goal"):
            self.assertIn(phrase, shown.out)

    def test_broken_files(self):
        def attribute(file):
            file.attrs["schema"] = "something"

        def probability(file):
            file["probability"][4] = .5

        def absent(file):
            del file["reward"]

        for change, phrase in ((attribute, 'schema is "something"'), (probability, "probability sums to 0.5 over pair 3 of state 2"),
                               (absent, "/reward: there is no such dataset")):
            with self.subTest(phrase):
                shutil.copy(self.folder / "model.h5", self.folder / "broken.h5")
                with h5py.File(self.folder / "broken.h5", "r+") as file:
                    change(file)

                self.assert_ends(self.call("convert", "broken.h5", "model.umb"), BAD_INPUT, "broken.h5", phrase)

    def test_truncated_file(self):
        whole = (self.folder / "model.h5").read_bytes()
        (self.folder / "half.h5").write_bytes(whole[:len(whole) // 2])

        self.assert_ends(self.call("convert", "half.h5", "model.umb"), BAD_INPUT, "half.h5: is truncated or damaged")


if __name__ == "__main__":
    bellshard_runs.main()
