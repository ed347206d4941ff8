"""A result opens in what its users have: xarray (both engines), h5py, netCDF4, ncdump; and --verify looks at what was written."""
import importlib.util
import re
import shutil
import subprocess
import unittest

import h5py
import numpy as np

from bellshard_runs import BAD_INPUT, DONE, VERIFICATION_FAILED, JobTest, job_text, main, write_grid

LATITUDE, LONGITUDE = np.arange(-82.5, 90, 15), np.arange(-172.5, 180, 15)
UNITS = {"value": "h", "lower": "h", "upper": "h", "action": "1", "cell": "1"}


def sea():
    free = np.ones((12, 24), dtype=bool)
    free[5, 2:20] = False
    free[0:3, 0:3] = False
    free[1, 1] = True  # a pool
    return free


def have(*modules):
    return all(importlib.util.find_spec(module) for module in modules)


class Readers(JobTest):
    def setUp(self):
        super().setUp()
        write_grid(self.folder / "sea.nc", LATITUDE, LONGITUDE, sea())
        text = job_text(model={"file": "sea.nc", "target_lat_lon": [[52.0, 4.0]], "target_within": 2000.0},
                        output={"compression": 4})
        self.ending = self.run_job(text, "--verify", ranks=2)
        self.assert_ends(self.ending, DONE, "verified", "fails at 0 states")

    def check_group(self, results):
        """results: name -> (dimensions, attributes, values)"""
        for name, unit in UNITS.items():
            dimensions, attributes, values = results[name]
            self.assertEqual(tuple(dimensions), ("lat", "lon"), name)
            self.assertEqual(attributes["units"], unit, name)
            self.assertTrue(attributes["long_name"], name)
            self.assertEqual(values.shape, (12, 24), name)
        np.testing.assert_array_equal(results["lat"][2], LATITUDE)
        np.testing.assert_array_equal(results["lon"][2], LONGITUDE)
        self.assertEqual(results["lat"][1]["units"], "degrees_north")
        self.assertEqual(results["lon"][1]["units"], "degrees_east")
        value = results["value"][2]
        np.testing.assert_array_equal(np.isnan(value), ~sea())
        self.assertEqual(np.isinf(value).sum(), 1)
        self.assertEqual(results["cell"][1]["flag_meanings"], "blocked free target unreachable")
        self.assertEqual(list(results["cell"][1]["flag_values"]), [0, 1, 2, 3])
        self.assertEqual(results["action"][1]["flag_meanings"].split()[1:], ["N", "NE", "E", "SE", "S", "SW", "W", "NW"])

    def check_xarray(self, engine):
        import xarray

        with xarray.open_dataset(self.ending.file, group="results", engine=engine) as results:
            self.check_group({name: (v.dims, v.attrs, v.values) for name, v in results.variables.items()})
            # One line draws the map: names and units are there.
            north_sea = results.value.sel(lat=52, lon=4, method="nearest")
            self.assertEqual(float(north_sea), 0)
            self.assertEqual(results.attrs["status"], "converged")
        with xarray.open_dataset(self.ending.file, group="trace", engine=engine) as trace:
            self.assertEqual(trace.residual.dims, ("sweep",))
            self.assertEqual(trace.sizes["sweep"], self.ending.result("sweeps"))
            self.assertEqual(trace.seconds.dtype, np.float64)  # not turned into time differences
            self.assertEqual(trace.seconds.attrs["units"], "s")

    @unittest.skipUnless(have("xarray", "h5netcdf"), "xarray or h5netcdf is absent")
    def test_xarray_by_h5netcdf(self):
        self.check_xarray("h5netcdf")

    @unittest.skipUnless(have("xarray", "netCDF4"), "xarray or netCDF4 is absent")
    def test_xarray_by_netcdf4(self):
        self.check_xarray("netcdf4")

    def test_h5py(self):
        def text(value):
            return value.decode() if isinstance(value, bytes) else value

        with h5py.File(self.ending.file, "r") as file:
            self.assertEqual(text(file.attrs["job"]), "value_iteration")
            self.assertEqual(text(file.attrs["schema"]), "bellshard.value_iteration")
            self.assertRegex(text(file.attrs["created"]), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
            for name in ("title", "source", "Conventions", "schema_version"):
                self.assertIn(name, file.attrs)
            results = {name: ([d[0].name.split("/")[-1] for d in v.dims] if v.ndim == 2 else [],
                              {key: text(value) for key, value in v.attrs.items()}, v[()])
                       for name, v in file["results"].items()}
            self.check_group(results)
            for group in ("results", "trace"):
                for name, variable in file[group].items():
                    self.assertIn("units", variable.attrs, name)
                    self.assertIn("long_name", variable.attrs, name)
            self.assertRegex(text(file["input"].attrs["file_1_sha256"]), "^[0-9a-f]{64}$")
            self.assertEqual(file["provenance"].attrs["ranks"], 2)

    def test_the_job_file_inside_runs_again(self):
        """/input holds the whole job: run it, and the values come out."""
        text = self.ending.attribute("input", "job_file")
        again = self.run_job(text.decode() if isinstance(text, bytes) else text, name="again", ranks=2)
        self.assert_ends(again, DONE)
        self.assert_same_bits(again.result("value"), self.ending.result("value"))

    @unittest.skipUnless(shutil.which("ncdump"), "ncdump (netcdf-bin) is absent")
    def test_ncdump(self):
        header = subprocess.run(["ncdump", "-h", self.ending.file], check=True, capture_output=True, text=True).stdout
        for line in ("double value(lat, lon)", 'value:units = "h"', "double residual(sweep)", 'title = "value iteration on a raster"'):
            self.assertIn(line, header)

    def test_inspect(self):
        shown = self.call("inspect", self.ending.file.name, ranks=2)
        self.assert_ends(shown, DONE)
        for pattern in ("(?m)^ *job +value_iteration", r"value +float64 +\[12, 24\] +h .*1 inf", "/trace: ", "sea.nc +.*SHA-256"):
            self.assertRegex(shown.out, pattern)

    def test_a_link_that_leads_back_is_refused(self):
        looped = self.folder / "looped.h5"
        with h5py.File(looped, "w") as file:
            file["results/value"] = [1.0]
            file["results/again"] = h5py.SoftLink("/results")

        self.assert_ends(self.call("diff", looped.name, looped.name), BAD_INPUT, "again/again", "a link of the file may lead back to a group above it")

    def test_diff_sees_one_cell(self):
        other = self.folder / "other.h5"
        shutil.copy(self.ending.file, other)
        with h5py.File(other, "r+") as file:
            file["results/upper"][7, 7] *= 0.5
        self.assert_ends(self.call("diff", self.ending.file.name, self.ending.file.name), DONE)
        differing = self.call("diff", self.ending.file.name, other.name)
        self.assert_ends(differing, VERIFICATION_FAILED)
        self.assertTrue(re.search(r"upper +1 of 288 values differ.*\[7, 7\]", differing.out), differing.out)


main()
