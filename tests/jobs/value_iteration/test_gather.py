"""bellshard gather: results of runs with other parameters, joined along a new axis, beside what h5py reads from each."""
import shutil

import numpy as np
import xarray

from bellshard_runs import BAD_COMMAND_LINE, BAD_INPUT, DONE, JobTest, h5py, job_text, main


class Gather(JobTest):
    def ring(self, name, discount=0.9, states=50, storage="stored"):
        ending = self.run_job(job_text(model={"kind": "ring", "states": states, "storage": storage}, criterion={"kind": "discounted", "discount": discount}, solver={"tolerance": 1e-8}), name=name)
        self.assert_ends(ending, DONE)
        return f"{name}.h5"

    def gather(self, *words, ranks=1, out="all.h5"):
        return self.call("gather", *words, "-o", out, ranks=ranks, file=self.folder / out)

    def open(self, name="all.h5", engine="h5netcdf"):
        data = xarray.open_dataset(self.folder / name, group="results", engine=engine)
        self.addCleanup(data.close)
        return data

    def test_one_number_is_the_axis(self):
        discounts = {"a": 0.9, "b": 0.5, "c": 0.7}
        files = [self.ring(name, discount) for name, discount in discounts.items()]

        self.assert_ends(self.gather(*files), DONE, "3 results", "along discount")

        for engine in ("h5netcdf", "netcdf4"):
            data = self.open(engine=engine)
            np.testing.assert_array_equal(data.discount, [0.5, 0.7, 0.9])
            self.assertEqual([str(file) for file in data.result_file.values.astype(str)], ["b.h5", "c.h5", "a.h5"])
            for name, discount in discounts.items():
                with h5py.File(self.folder / f"{name}.h5") as one:
                    for variable, dataset in one["results"].items():
                        if dataset.dtype.kind in "fiu" and variable != "action_name_length":  # that one is a dimension alone
                            joined = data[variable].sel(discount=discount) if "discount" in data[variable].dims else data[variable]
                            self.assert_same_bits(np.asarray(joined.values, dtype=dataset.dtype), dataset[()], variable)
            self.assertEqual(data.value.dims, ("discount", "state"))
            self.assertEqual(data.label_goal.attrs["flag_meanings"], "no yes")
            self.assertEqual(list(np.ravel(data.action_name.values).astype(str))[:1], [str(self.names("a.h5")[0])])

    def names(self, file):
        with h5py.File(self.folder / file) as one:
            return [b"".join(row).rstrip(b"\0").decode() for row in one["results/action_name"][()].astype("S1")]

    def test_any_ranks_write_the_same(self):
        files = [self.ring(name, discount) for name, discount in zip("abcde", (0.1, 0.2, 0.3, 0.4, 0.5))]
        self.assert_ends(self.gather(*files), DONE)

        for ranks in (2, 3):
            self.assert_ends(self.gather(*files, ranks=ranks, out=f"{ranks}.h5"), DONE)
            self.assert_ends(self.call("diff", "all.h5", f"{ranks}.h5"), DONE)

    def test_several_parameters_are_coordinates_and_what_differs_is_left_out(self):
        files = [self.ring("a", 0.9), self.ring("b", 0.5), self.ring("c", 0.5, states=60)]

        ending = self.gather(*files)

        self.assert_ends(ending, DONE, "/results/value: left out: other shape, unit or type in c.h5", "along model_states, discount")
        data = self.open()
        np.testing.assert_array_equal(data.coords["discount"], [0.9, 0.5, 0.5])
        np.testing.assert_array_equal(data.coords["model_states"], [50, 50, 60])
        self.assertEqual(data.sweeps.dims, ("run",))
        self.assertNotIn("value", data)
        self.assertNotIn("state", data)

    def test_scales_that_differ_take_their_variables_along(self):
        files = [self.ring("a", 0.9), self.ring("b", 0.5)]
        with h5py.File(self.folder / "b.h5", "a") as other:
            other["results/state"][3] += 100

        self.assert_ends(self.gather(*files), DONE, "/results/state: left out: other values in b.h5", "/results/value: left out: one of its axes differs")

        self.assertNotIn("value", self.open())

    def test_words_are_names(self):
        files = [self.ring(name, storage=storage) for name, storage in (("a", "stored"), ("b", "matrix_free"))]

        self.assert_ends(self.gather(*files), DONE, "along storage")

        self.assertEqual([str(word) for word in self.open().coords["storage"].values.astype(str)], ["stored", "matrix_free"])

    def test_several_criteria(self):
        def two(name, discount):
            text = job_text(model={"kind": "ring"}, solver={"tolerance": 1e-8}) + "".join(
                f'\n[criteria.{criterion}]\nkind = "discounted"\nobjective = "{objective}"\ndiscount = {discount}\n' for criterion, objective in (("best", "max"), ("worst", "min")))
            self.assert_ends(self.run_job(text, name=name), DONE)
            return f"{name}.h5"
        files = [two("a", 0.9), two("b", 0.5)]

        self.assert_ends(self.gather(*files), DONE)

        with h5py.File(self.folder / "all.h5") as all_runs, h5py.File(self.folder / "b.h5") as one:
            self.assert_same_bits(all_runs["results/worst/value"][1], one["results/worst/value"][()])

    def test_refusals(self):
        file = self.ring("a")
        shutil.copy(self.folder / file, self.folder / "other.h5")
        with h5py.File(self.folder / "other.h5", "a") as other:
            other.attrs["job"] = "another_job"

        for words, phrases in ((["none.h5"], ["none.h5", "no such file"]), ([file, "other.h5"], ["other.h5: is a result of another_job, a.h5 one of value_iteration"]),
                               ([file, "all.h5"], ["all.h5: is also the file to write"])):
            self.assert_ends(self.gather(*words), BAD_INPUT, *phrases)
            self.assertFalse((self.folder / "all.h5").exists())
        self.assert_ends(self.gather(file, out="gathered.h5"), DONE)
        self.assert_ends(self.gather("gathered.h5"), BAD_INPUT, "gathered.h5: is gathered already")
        self.assert_ends(self.call("gather", file), BAD_COMMAND_LINE, "--output is required")


if __name__ == "__main__":
    main()
