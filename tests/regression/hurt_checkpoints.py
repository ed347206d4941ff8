"""A damaged checkpoint is found, the one before it taken, and the run ends with the same bits; where both are damaged nothing is touched."""
import collections
import hashlib
import os
import re

import h5py

from bellshard_runs import BAD_INPUT, main
from hurt_runs import HurtTest, seeded, times

DAMAGES = ("bit", "block", "cut")
JOB = "value_iteration"


def arrays_of(path):
    """Where the arrays lie in the file that checksums cover."""
    with h5py.File(path, "r") as file:
        names = file["checksum"].attrs["variable_names"].decode().split()
        return [(file[name].id.get_offset(), file[name].nbytes) for name in names if file[name].size]


class Checkpoints(HurtTest):
    def setUp(self):
        super().setUp()
        self.text, self.options = self.work(JOB)
        killed = self.live(self.text, *self.options, fault="kill checkpoint.dropped 3 -1").ending()
        self.assertNotEqual(killed.code, 0)
        older, newer = sorted(self.folder.glob("*.checkpoint-*.h5"))
        self.older, self.newer = older, newer
        self.bytes = {path: path.read_bytes() for path in (older, newer)}
        self.sweeps = self.sweeps_on_disk()

    def damage(self, path, kind, rng):
        """Returns what was done and whether it lies in an array."""
        whole, arrays = bytearray(self.bytes[path]), arrays_of(path)
        at = rng.randrange(len(whole))
        if kind == "bit":
            whole[at] ^= 1 << rng.randrange(8)
            end = at + 1
        elif kind == "block":
            end = min(at + 512, len(whole))
            whole[at:end] = bytes(b ^ 0xFF if not any(whole[at:end]) else 0 for b in whole[at:end])
        else:
            end = len(whole)
            del whole[at:]
        path.write_bytes(whole)
        return f"{kind} at {at} of {end}", any(at < first + size and end > first for first, size in arrays)

    def put_back(self):
        for path in self.folder.glob("result*.h5*"):
            path.unlink()
        for path, content in self.bytes.items():
            path.write_bytes(content)

    def test_newest_damaged(self):
        self.uninterrupted(JOB)
        rng, tried = seeded("damage"), collections.Counter()
        for k in range(times(6)):
            self.put_back()
            what, in_array = self.damage(self.newer, DAMAGES[k % 3], rng)
            with self.subTest(what):
                again = self.live(self.text, *self.options).ending()
                found = "checkpoint passed over: " in again.log and self.newer.name in again.log
                self.assertTrue(found or not in_array, again.log)  # else it lies in bytes that nothing depends on
                went_on = int(re.search(r"going on after sweep (\d+)", again.log)[1])
                self.assertEqual(went_on, self.sweeps[0 if found else 1], again.log)
                self.check_as_uninterrupted(again, JOB)
                tried[f"{DAMAGES[k % 3]} {'found' if found else 'harmless'}"] += 1
        print("newest checkpoint damaged:", ", ".join(f"{count} {what}" for what, count in sorted(tried.items())))

    def test_both_damaged(self):
        for kind in DAMAGES:
            self.put_back()
            for path in (self.older, self.newer):
                content = bytearray(self.bytes[path])
                first, size = max(arrays_of(path), key=lambda array: array[1])
                if kind == "cut":
                    del content[first:]
                else:
                    content[first + size // 2:first + size // 2 + (1 if kind == "bit" else 512)] = b"\xa5" * (1 if kind == "bit" else 512)
                path.write_bytes(content)
            before = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in self.folder.glob("[!.]*") if path.is_file()}
            refused = self.live(self.text, *self.options).ending()
            self.assert_ends(refused, BAD_INPUT, self.older.name, self.newer.name, "no checkpoint of", "--restart never")
            after = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in self.folder.glob("[!.]*") if path.is_file()}
            self.assertEqual(after, before, kind)

    def test_order_is_by_number(self):
        """Not by the clock, which may have jumped back between two of them."""
        os.utime(self.newer, (0, 0))
        again = self.live(self.text, *self.options).ending()
        self.check_goes_on(again, self.sweeps)
        self.check_as_uninterrupted(again, JOB)


main()
