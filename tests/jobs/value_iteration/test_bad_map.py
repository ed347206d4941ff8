"""What a mask and its targets can get wrong: exit 4, the place in the file, the reason and the way out, said once by one rank."""
import shutil
import subprocess
import unittest

import h5py
import numpy as np

from bellshard_runs import BAD_INPUT, JobTest, job_text, main, write_grid

LATITUDE, LONGITUDE = np.arange(-75, 90, 30), np.arange(-165, 180, 30)
LAND_ROW = 4


class BadMap(JobTest):
    def refuse(self, model, *phrases):
        ending = self.run_job(job_text(model={"target": [[1, 1]], **model}), ranks=2)
        self.assert_ends(ending, BAD_INPUT, *phrases)
        self.assertEqual(ending.log.count("bellshard: "), 1, ending.log)
        self.assertEqual(list(self.folder.glob("result*.h5*")), [])

    def sea(self, latitude=LATITUDE, longitude=LONGITUDE):
        free = np.ones((len(latitude), len(longitude)), dtype=bool)
        free[LAND_ROW] = False
        return write_grid(self.folder / "sea.nc", latitude, longitude, free)


class BadFile(BadMap):
    def test_truncated_grid(self):
        whole = self.sea().read_bytes()
        (self.folder / "half.nc").write_bytes(whole[:len(whole) // 2])
        self.refuse({"file": "half.nc"}, "half.nc", "truncated", "make or copy it again")

    def test_truncated_octile_map(self):
        (self.folder / "half.map").write_text("type octile\nheight 4\nwidth 4\nmap\n....\n....\n")
        self.refuse({"file": "half.map"}, "half.map: truncated", "4 x 4 cells")

    def test_short_row_of_an_octile_map(self):
        (self.folder / "short.map").write_text("type octile\nheight 3\nwidth 4\nmap\n....\n..\n......\n")
        self.refuse({"file": "short.map"}, "short.map:6", "row 1 ends after 2 cells", "width 4")

    def test_not_a_number(self):
        with h5py.File(self.sea(), "r+") as file:
            file["z"][3, 5] = np.nan
        self.refuse({"file": "sea.nc"}, "z[3, 5] is not a number", "lat 15, lon -15")

    def test_missing_variable(self):
        for name in ("lat", "z"):
            with h5py.File(self.sea(), "r+") as file:
                del file[name]
            self.refuse({"file": "sea.nc"}, f'no variable "{name}"', "grdlandmask")

    def test_meridian_twice(self):
        self.sea(longitude=np.arange(-180, 181, 30))
        self.refuse({"file": "sea.nc"}, "same meridian (-180 and 180)", "gmt -r")

    def test_row_on_the_pole(self):
        self.sea(latitude=np.arange(-90, 91, 30))
        self.refuse({"file": "sea.nc"}, "row lies on the pole (lat = -90)", "gmt -r")

    def test_uneven_longitude(self):
        self.sea(longitude=np.array([0, 10, 21, 30, 40]))
        self.refuse({"file": "sea.nc"}, "lon[2] = 21 is not evenly spaced")

    @unittest.skipUnless(shutil.which("nccopy"), "nccopy (netcdf-bin) is absent")
    def test_classic_netcdf(self):
        subprocess.run(["nccopy", "-k", "classic", self.sea(), self.folder / "classic.nc"], check=True)
        self.refuse({"file": "classic.nc"}, "classic netCDF", "nccopy -k nc4")

    def test_neither_map_nor_grid(self):
        (self.folder / "sea.txt").write_text("~~~~\n")
        self.refuse({"file": "sea.txt"}, "neither an octile map", "nor a netCDF-4 or HDF5 grid")


class BadTarget(BadMap):
    def test_on_land_far_from_the_sea(self):
        self.sea()
        self.refuse({"file": "sea.nc", "target": [], "target_lat_lon": [[45, -75]]}, "[45, -75] is blocked", "3335.8 km away", "model.target_within = 50")

    def test_latitude_and_longitude_swapped(self):
        self.sea()
        self.refuse({"file": "sea.nc", "target": [], "target_lat_lon": [[100, 5]]}, "latitude must lie in [-90, 90]", "the order is [lat, lon]")

    def test_coordinates_on_a_map_without(self):
        self.refuse({"map": "....", "target": [], "target_lat_lon": [[0, 0]]}, "model.map has none", "model.target = [[row, column]]")

    def test_blocked(self):
        self.refuse({"map": "....\n.@..", "target": [[1, 1]]}, "[1, 1] is a blocked cell", "the nearest free one is [0, 1]")

    def test_outside(self):
        self.refuse({"map": "....\n....", "target": [[2, 0]]}, "[2, 0] lies outside the map of 2 rows and 4 columns")

    def test_unreachable(self):
        self.refuse({"map": "..@.\n..@@", "target": [[0, 3]]}, "no other cell can reach the target", "choose another")

    def test_no_free_cell(self):
        self.refuse({"map": "@@@@", "target": [[0, 0]]}, "no free cell")

    def test_uneven_drawing(self):
        self.refuse({"map": "....\n..\n"}, "line 2 has 2 cells where the first has 4")


main()
