"""Each benchmark model goes to DRN, as Storm reads it, and back without a loss."""
import unittest

import bellshard_runs
import h5py
import numpy as np
from bellshard_runs import DATA, DONE, JobTest

MODELS = sorted((DATA / "qvbs").glob("*.umb"))


def arrays_of(path):
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
        found["default_reward"] = np.array(file.attrs.get("default_reward", b""))
    return found


class Drn(JobTest):
    @unittest.skipUnless(MODELS, f"no models in {DATA / 'qvbs'}")
    def test_benchmark_models(self):
        for path in MODELS:
            with self.subTest(path.name):
                for source, target in ((path, "model.h5"), ("model.h5", "model.drn"), ("model.drn", "again.h5")):
                    self.assert_ends(self.call("convert", source, target), DONE)

                model, again = arrays_of(self.folder / "model.h5"), arrays_of(self.folder / "again.h5")
                self.assertEqual({name for name in model if not name.startswith("state_name")}, set(again))
                for name, values in again.items():
                    np.testing.assert_array_equal(values, model[name], name)


bellshard_runs.main()
