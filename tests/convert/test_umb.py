"""Each benchmark model goes from UMB to the MDP file and back, and is what an independent reading of the tar says it is."""
import csv
import io
import json
import tarfile
import unittest

import bellshard_runs
import h5py
import numpy as np
from bellshard_runs import BAD_INPUT, CANNOT_WRITE, DATA, DONE, JobTest

MODELS = sorted((DATA / "qvbs").glob("*.umb"))


class Archive:
    """A UMB file, read as its specification says, without any code of Bellshard's."""

    def __init__(self, path):
        with tarfile.open(path) as tar:
            self.files = {member.name: tar.extractfile(member).read() for member in tar.getmembers() if member.isfile()}
        self.index = json.loads(self.files["index.json"])
        self.system = self.index["transition-system"]
        self.states, self.choices, self.branches = (self.system[key] for key in ("#states", "#choices", "#branches"))

    def array(self, name, kind):
        return np.frombuffer(self.files[name], kind)

    def offsets(self, name, items):
        return self.array(name, "<u8") if name in self.files else np.arange(items + 1)

    def bools(self, name):
        return np.unpackbits(self.array(name, "u1"), bitorder="little")[:self.states]

    def labels(self):
        found = {"init": self.bools("state-is-initial.bin")}
        for key, label in self.index["annotations"].get("aps", {}).items():
            found[label["alias"]] = self.bools(f"annotations/aps/{key}/states/values.bin")
        return found

    def rewards(self):
        """Expected reward of each choice."""
        first = self.offsets("state-to-choices.bin", self.states).astype(int)
        of_choice = np.repeat(np.arange(self.states), np.diff(first))
        begin = self.offsets("choice-to-branches.bin", self.choices).astype(int)
        of_branch = np.repeat(np.arange(self.choices), np.diff(begin))
        probability = self.array("branch-to-probability.bin", "<f8")
        found = {}
        for key, reward in self.index["annotations"].get("rewards", {}).items():
            total = np.zeros(self.choices)
            for what in reward["applies-to"]:
                values = self.array(f"annotations/rewards/{key}/{what}/values.bin", "<f8")
                total += {"choices": lambda: values, "states": lambda: values[of_choice],
                          "branches": lambda: np.bincount(of_branch, probability * values, self.choices)}[what]()
            found[reward["alias"]] = total
        return found

    def variables(self):
        (record,) = self.index["valuations"]["states"]["classes"]
        width = sum(entry.get("padding") or entry["type"]["size"] for entry in record["variables"])
        bits = np.unpackbits(self.array("valuations/states/valuations.bin", "u1"), bitorder="little").reshape(self.states, width)
        found, at = {}, 0
        for entry in record["variables"]:
            size = entry.get("padding") or entry["type"]["size"]
            if "name" in entry:
                found[entry["name"]] = bits[:, at:at + size] @ (1 << np.arange(size)) + entry.get("offset", 0)
            at += size
        return found


def arrays_of(path):
    """All that an MDP file says of its model, by path."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
        found["default_reward"] = np.array(file.attrs.get("default_reward", b""))
    return found


class Umb(JobTest):
    def convert(self, source, target, **options):
        ending = self.call("convert", source, target, **options)
        self.assert_ends(ending, DONE)
        return self.folder / target

    def write_umb(self, name, change=lambda index, files: None, mode="w"):
        """A chain of two states with one label, changed before it is written."""
        index = {"format-version": 1, "format-revision": 0,
                 "transition-system": {"time": "discrete", "#players": 0, "#states": 2, "#initial-states": 1, "#choices": 2,
                                       "#choice-actions": 0, "#branches": 3, "#branch-actions": 0, "#observations": 0,
                                       "branch-probability-type": {"type": "double"}}}
        files = {"choice-to-branches.bin": np.array([0, 2, 3], "<u8").tobytes(),
                 "branch-to-target.bin": np.array([0, 1, 1], "<u8").tobytes(),
                 "branch-to-probability.bin": np.array([.25, .75, 1], "<f8").tobytes(), "state-is-initial.bin": bytes([1] + 7 * [0])}
        change(index, files)
        with tarfile.open(self.folder / name, mode) as tar:
            for entry, content in {"index.json": json.dumps(index).encode(), **files}.items():
                header = tarfile.TarInfo(entry)
                header.size = len(content)
                tar.addfile(header, io.BytesIO(content))
        return name

    def assert_is(self, archive, model):
        """The MDP file says what the archive says."""
        expected = {"action_offset": archive.offsets("state-to-choices.bin", archive.states),
                    "transition_offset": archive.offsets("choice-to-branches.bin", archive.choices),
                    "next_state": archive.array("branch-to-target.bin", "<u8"),
                    "probability": archive.array("branch-to-probability.bin", "<f8")}
        expected |= {f"label/{name}": values for name, values in archive.labels().items()}
        expected |= {f"coordinate/{name}": values for name, values in archive.variables().items()}
        for name, values in expected.items():
            np.testing.assert_array_equal(model[name], values, name)
        self.assertEqual({name for name in model if name.startswith(("label/", "coordinate/"))},
                         {name for name in expected if "/" in name})

        rewards = archive.rewards()
        default = model["default_reward"].item().decode() if rewards else None
        self.assertEqual(default, next(iter(rewards), None))
        self.assertEqual({name[8:] for name in model if name.startswith("rewards/")}, set(rewards) - {default})
        for name, values in rewards.items():
            np.testing.assert_allclose(model["reward" if name == default else f"rewards/{name}"], values, rtol=1e-15, err_msg=name)

    @unittest.skipUnless(MODELS, f"no models in {DATA / 'qvbs'}")
    def test_benchmark_models(self):
        with open(DATA / "qvbs" / "reference.csv", newline="") as file:
            reference = {row["file"]: row for row in csv.DictReader(file)}
        for path in MODELS:
            with self.subTest(path.name):
                model = arrays_of(self.convert(path, "model.h5"))

                self.assert_is(Archive(path), model)
                for column, array in (("states", "action_offset"), ("choices", "transition_offset"), ("branches", "next_state")):
                    if reference[path.name][column]:
                        self.assertEqual(len(model[array]) - (array != "next_state"), int(reference[path.name][column]))

                self.convert("model.h5", "back.umb")
                self.assert_is_same(model, arrays_of(self.convert("back.umb", "again.h5")))

    def assert_is_same(self, model, other):
        self.assertEqual(set(model), set(other))
        for name, values in model.items():
            np.testing.assert_array_equal(values, other[name], name)

    def test_plain_gzip_and_xz(self):
        for mode in ("w", "w:gz", "w:xz"):
            with self.subTest(mode):
                model = arrays_of(self.convert(self.write_umb("chain.umb", mode=mode), "chain.h5"))

                self.assertEqual(model["probability"].tolist(), [.25, .75, 1])

    def test_rationals_and_intervals(self):
        def rationals(index, files):
            index["transition-system"]["branch-probability-type"] = {"type": "rational", "size": 128}
            files["branch-to-probability.bin"] = np.array([1, 3, 2, 3, 7, 7], "<i8").tobytes()

        def intervals(index, files):
            index["transition-system"]["branch-probability-type"] = {"type": "double-interval"}
            files["branch-to-probability.bin"] = np.array([.25, .5, .5, 1, 1, 1], "<f8").tobytes()

        exact = arrays_of(self.convert(self.write_umb("chain.umb", rationals), "exact.h5"))
        wide = arrays_of(self.convert(self.write_umb("wide.umb", intervals), "wide.h5"))
        again = arrays_of(self.convert(self.convert("wide.h5", "again.umb").name, "again.h5"))

        self.assertEqual(exact["probability"].tolist(), [1 / 3, 2 / 3, 1])
        self.assertEqual(wide["probability"].tolist(), [.25, .5, 1])
        self.assertEqual(wide["probability_upper"].tolist(), [.5, 1, 1])
        self.assert_is_same(wide, again)

    def test_refusals(self):
        def system(**values):
            return lambda index, files: index["transition-system"].update({"#" + key if key != "time" else key: value
                                                                           for key, value in values.items()})

        def content(name, values, kind):
            return lambda index, files: files.update({name: np.array(values, kind).tobytes()})

        def without(name):
            return lambda index, files: files.pop(name)

        for change, phrase in ((system(players=2), "game of 2 players"), (system(time="stochastic"), "discrete time"),
                               (system(observations=3), "partially observable"), (system(states=-1), "#states = -1"),
                               (lambda index, files: index.update({"format-version": 2}), "version 2"),
                               (lambda index, files: index["transition-system"].pop("#choices"), "#choices"),
                               (lambda index, files: index["transition-system"].pop("branch-probability-type"), "no probabilities"),
                               (without("branch-to-target.bin"), "lacks branch-to-target.bin"),
                               (without("choice-to-branches.bin"), "lacks choice-to-branches.bin"),
                               (content("branch-to-target.bin", [0, 1], "<u8"), "16 bytes, but index.json asks for 24"),
                               (content("branch-to-target.bin", [0, 1, 2], "<u8"), "next_state[2] = 2"),
                               (content("branch-to-probability.bin", [.25, .25, 1], "<f8"), "pair 0 of state 0"),
                               (content("branch-to-probability.bin", [.25, .75, np.nan], "<f8"), "probability[2] = nan"),
                               (content("choice-to-branches.bin", [0, 3, 3], "<u8"), "pair 1 has no transition")):
            with self.subTest(phrase):
                ending = self.call("convert", self.write_umb("chain.umb", change), "chain.h5")

                self.assert_ends(ending, BAD_INPUT, "chain.umb", phrase)
                self.assertFalse((self.folder / "chain.h5").exists())

    def test_broken_archives(self):
        plain = (self.folder / self.write_umb("plain.umb")).read_bytes()
        packed = (self.folder / self.write_umb("packed.umb", mode="w:gz")).read_bytes()
        for content, phrase in ((b"no archive", "no tar file"), (plain[:1300], "truncated or damaged"),
                                (packed[:len(packed) // 2], "truncated")):
            with self.subTest(phrase):
                (self.folder / "broken.umb").write_bytes(content)

                self.assert_ends(self.call("convert", "broken.umb", "model.h5"), BAD_INPUT, "broken.umb", phrase)
        with tarfile.open(self.folder / "other.umb", "w") as tar:
            tar.add(self.folder / "plain.umb", "something")
        self.assert_ends(self.call("convert", "other.umb", "model.h5"), BAD_INPUT, "other.umb: has no index.json")

    def test_ranks_leave_together(self):
        model = arrays_of(self.convert(self.write_umb("chain.umb"), "chain.h5", ranks=3))
        refused = self.call("convert", "absent.umb", "model.h5", ranks=3)

        self.assertEqual(model["next_state"].tolist(), [0, 1, 1])
        self.assert_ends(refused, BAD_INPUT, "there is no such file")

    def test_what_stood_there_is_replaced_or_stays(self):
        (self.folder / "chain.h5").write_text("old")
        (self.folder / "folder.umb").mkdir()

        replaced = self.call("convert", self.write_umb("chain.umb"), "chain.h5")
        stays = self.call("convert", "chain.h5", "folder.umb")

        self.assert_ends(replaced, DONE, "in place of the file that stood there")
        self.assertEqual(arrays_of(self.folder / "chain.h5")["next_state"].tolist(), [0, 1, 1])
        self.assert_ends(stays, CANNOT_WRITE, "folder.umb cannot be written")

    def test_unknown_formats(self):
        self.assert_ends(self.call("convert", "model.xyz", "model.h5"), bellshard_runs.BAD_COMMAND_LINE, "model.xyz", ".umb (unified")


if __name__ == "__main__":
    bellshard_runs.main()
