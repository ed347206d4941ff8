"""The table from a file of metrics against a plain one; exactly the masks that it needs; beam, runs, all masks; restart; what is refused."""
import itertools
import json
import math
import random

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, JobTest, STOPPED_EARLY, job_text, main
from plain_shrink import best_of_all, shrink

import numpy as np


def additive(blocks, seed):
    rng = random.Random(seed)
    loss = [rng.uniform(0, 1) for _ in range(blocks)]
    return lambda mask: 10 - sum(l for l, bit in zip(loss, mask) if bit == "0")


def with_pairs(blocks, seed):
    """Blocks that are gone together hurt or help each other."""
    rng = random.Random(seed)
    alone = [rng.uniform(0, 1) for _ in range(blocks)]
    pair = {p: rng.uniform(-0.8, 0.8) for p in itertools.combinations(range(blocks), 2)}

    def metric(mask):
        off = [b for b, bit in enumerate(mask) if bit == "0"]
        return 10 - sum(alone[b] for b in off) - sum(pair[p] for p in itertools.combinations(off, 2))
    return metric


def all_masks(blocks):
    return ["".join(bits) for bits in itertools.product("01", repeat=blocks)]


class MetricFile(JobTest):
    job_name = "depth_shrink"

    def write(self, masks, metric, name="m.jsonl"):
        (self.folder / name).write_text("".join(json.dumps({"mask": m, "metric": metric(m)}) + "\n" for m in masks))

    def text(self, goal="max", shrink=None, compare=None, **metrics):
        return job_text(evaluator={"kind": "file"}, metrics={"file": "m.jsonl", "goal": goal, **metrics}, shrink=shrink or {}, compare=compare or {})

    def masks(self, array):
        return ["".join(map(str, row)) for row in array]

    def check(self, done, blocks, free, most, metric, sign=1, beam=1):
        """The whole result against the plain table."""
        self.assert_ends(done, DONE)
        table, asked = shrink(blocks, free, most, metric, sign, beam)
        self.assertEqual(done.attribute("results", "evaluations"), len(asked) - 1)
        found, masks = done.result("table"), done.result("table_mask")
        self.assertEqual(found.shape, (len(free) + 1, most + 1))
        for n in range(len(free) + 1):
            for m in range(most + 1):
                if m > n:
                    self.assertTrue(math.isnan(found[n, m]))
                    continue
                self.assertEqual(found[n, m], table[n, m][0][0])
                self.assertEqual(self.masks(masks[n])[m], table[n, m][0][1])
        self.assert_same_bits(done.result("metric"), found[-1])
        self.assert_same_bits(done.result("mask"), masks[-1])
        if beam > 1:
            for m in range(most + 1):
                self.assertEqual([v for v in done.result("beam_metric")[m] if not math.isnan(v)], [v for v, _ in table[len(free), m]])
                self.assertEqual(self.masks(done.result("beam_mask")[m])[:len(table[len(free), m])], [mask for _, mask in table[len(free), m]])

    def test_additive_metric_gives_the_best_of_all_masks(self):
        for blocks, sign in ((1, 1), (6, 1), (10, -1)):
            metric = additive(blocks, blocks)
            self.write(all_masks(blocks), metric)
            done = self.run_job(self.text("max" if sign > 0 else "min", {"min_blocks": 0}, {"brute_force": 1023, "contiguous": True}))
            self.check(done, blocks, list(range(blocks)), blocks, metric, sign)
            for m in range(1, blocks + 1):
                expected = best_of_all(blocks, range(blocks), m, metric, sign)
                self.assertEqual(self.masks(done.result("brute_force_mask"))[m], expected)
                self.assertEqual(self.masks(done.result("mask"))[m], expected)
                runs = ["1" * k + "0" * m + "1" * (blocks - m - k) for k in range(blocks - m + 1)]
                self.assertEqual(self.masks(done.result("contiguous_mask"))[m], max(runs, key=lambda r: sign * metric(r)))
            self.assert_same_bits(done.result("brute_force_metric")[1:], np.array([metric(m) for m in self.masks(done.result("mask"))[1:]]))
            self.assertEqual(done.attribute("results", "brute_force_evaluations"), 2 ** blocks - 1)
            self.assertEqual(done.attribute("results", "contiguous_evaluations"), blocks * (blocks + 1) // 2)

    def test_counts_as_published_and_asks_for_no_other_mask(self):
        blocks, kept_last, min_blocks = 32, 1, 20
        metric = with_pairs(blocks, 5)
        _, asked = shrink(blocks, list(range(31)), 12, metric)
        self.assertEqual(len(asked) - 1, 306)
        self.write(asked, metric)
        done = self.run_job(self.text(shrink={"kept_last": kept_last, "min_blocks": min_blocks}), ranks=2)
        self.check(done, blocks, list(range(31)), 12, metric)
        self.assertEqual(done.attribute("results", "evaluations"), 306)
        refused = asked[200]
        self.write([m for m in asked if m != refused], metric)
        self.assert_ends(self.run_job(self.text(shrink={"kept_last": kept_last, "min_blocks": min_blocks})), BAD_INPUT, "1 masks", refused)

    def test_a_beam_is_at_least_as_good_where_blocks_interact(self):
        gained = 0
        for seed in range(6):
            metric = with_pairs(9, seed)
            self.write(all_masks(9), metric)
            one = self.run_job(self.text(shrink={"min_blocks": 2}))
            self.check(one, 9, list(range(9)), 7, metric)
            wide = self.run_job(self.text(shrink={"min_blocks": 2, "beam": 8}, compare={"brute_force": 512}), name="wide")
            self.check(wide, 9, list(range(9)), 7, metric, beam=8)
            exact = self.run_job(self.text(shrink={"min_blocks": 2, "beam": 1000}), name="exact")
            self.assertTrue((wide.result("brute_force_metric")[1:] >= wide.result("metric")[1:]).all())
            self.assert_same_bits(exact.result("metric")[1:], wide.result("brute_force_metric")[1:])
            gained += (wide.result("metric") > one.result("metric")).sum() - (wide.result("metric") < one.result("metric")).sum()
        self.assertGreater(gained, 0)

    def test_kept_blocks_and_ties(self):
        metric = lambda mask: 1.0  # noqa: E731: all masks alike, so nothing that stands is replaced
        self.write(all_masks(8), metric)
        done = self.run_job(self.text(shrink={"kept_first": 1, "kept_last": 2, "kept": [3], "beam": 2}))
        self.check(done, 8, [1, 2, 4, 5], 4, metric, beam=2)
        self.assertEqual(list(done.result("free")), [0, 1, 1, 0, 1, 1, 0, 0])

    def test_restart(self):
        metric = with_pairs(8, 3)
        self.write(all_masks(8), metric)
        text = self.text(compare={"brute_force": 512, "contiguous": True}, shrink={"beam": 3})
        whole = self.run_job(text, name="whole", ranks=2)
        limit = 0
        stopped = self.run_job(text, "--time-limit", "0.001s", name="stopped", ranks=2)
        while stopped.code == STOPPED_EARLY:
            limit += 1
            self.assertLess(limit, 40)
            stopped = self.run_job(text, *(["--time-limit", "0.001s"] if limit % 3 else []), name="stopped", ranks=1 + limit % 3)
        self.assert_ends(stopped, DONE, "restart")
        for name in ("table", "table_mask", "metric", "mask", "beam_metric", "beam_mask", "contiguous_metric", "contiguous_mask", "brute_force_metric", "brute_force_mask"):
            self.assert_same_bits(stopped.result(name), whole.result(name), name)
        self.assertEqual(stopped.attribute("results", "evaluations"), whole.attribute("results", "evaluations"))

    def test_another_file_is_another_run(self):
        self.write(all_masks(5), additive(5, 1))
        stopped = self.run_job(self.text(), "--time-limit", "0.001s")
        self.assert_ends(stopped, STOPPED_EARLY)
        self.write(all_masks(5), additive(5, 2))
        self.assert_ends(self.run_job(self.text()), BAD_INPUT, "checkpoint")

    def test_opens_in_xarray(self):
        import xarray
        self.write(all_masks(4), additive(4, 1))
        done = self.run_job(self.text(shrink={"beam": 2}))
        with xarray.open_dataset(done.file, group="results", engine="h5netcdf") as results:
            self.assertEqual(results["table_mask"].dims, ("row", "removed", "block"))
            self.assertEqual(results["metric"].dims, ("removed",))
            self.assertEqual(results.attrs["goal"], "max")

    def test_check_says_sizes(self):
        self.write(all_masks(6), additive(6, 1))
        (self.folder / "job.toml").write_text(self.text(shrink={"min_blocks": 3}))
        done = self.call("check", "depth_shrink", "-c", "job.toml")
        self.assert_ends(done, DONE)
        self.assertRegex(done.out, r"evaluations of the table +15\n")

    def test_broken_files(self):
        for lines, reason in (('{"mask": "11", "metric": 1}\n{"mask": "012", "metric": 1}\n', "m.jsonl:2: no mask"), ('{"mask": "11", "metric": 1}\n\n{"mask": "010", "metric": 1}\n', "m.jsonl:3: the mask 010 has 3 blocks, and those before 2"),
                              ('{"mask": "11"}\n', "m.jsonl:1: the mask 11 has no metric"), ('{"mask": "11", "metric": 1}\n{"mask": "11", "metric": 2}\n', "m.jsonl:2: the mask 11 has the metric 2, and 1 before"), ("", "no line with a mask"),
                              ("nonsense\n", "m.jsonl:1: this is no JSON"), ('{"mask": "11", "metric": 1}\n', "1 masks that are needed now are not in the file: 10")):
            (self.folder / "m.jsonl").write_text(lines)
            for ranks in (1, 3):
                self.assert_ends(self.run_job(self.text(), ranks=ranks), BAD_INPUT, reason)

    def test_refused(self):
        self.write(all_masks(4), additive(4, 1))
        for keys, reason in (({"kept": [4]}, "shrink.kept names block 4"), ({"kept_last": 3, "kept_first": 1}, "none of the 4 blocks"), ({"min_blocks": 4}, "shrink.min_blocks = 4")):
            self.assert_ends(self.run_job(self.text(shrink=keys)), BAD_INPUT, reason)
        self.assert_ends(self.run_job(self.text(shrink={"beam": 0})), BAD_JOB_FILE, "shrink.beam")
        self.assert_ends(self.run_job(self.text(compare={"ranking": True})), BAD_JOB_FILE, "compare.ranking")
        self.assert_ends(self.run_job(self.text().replace("m.jsonl", "absent.jsonl")), BAD_INPUT, "absent.jsonl")


if __name__ == "__main__":
    main()
