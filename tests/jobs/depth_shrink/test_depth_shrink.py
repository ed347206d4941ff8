"""The example on a trained network: the table against all masks, runs and ranking; the same bits on any ranks; restart."""
import unittest

from bellshard_runs import BAD_INPUT, DATA, DONE, JobTest, SOURCE, STOPPED_EARLY, job_text, main
from plain_network import random_images, random_network, write_images, write_network

import h5py
import numpy as np

FOLDER = DATA / "resnet_cifar10"


@unittest.skipUnless((FOLDER / "resnet20.h5").exists(), f"{FOLDER}/resnet20.h5 is absent")
class Resnet20(JobTest):
    job_name = "depth_shrink"

    def text(self, images=160, evaluator=None, memory=None, compare=None, **shrink):
        return job_text(evaluator=evaluator or {}, memory=memory or {}, network={"file": str(FOLDER / "resnet20.h5")}, images={"file": str(FOLDER / "cifar10_test_2000.h5"), "limit": images}, shrink=shrink, compare=compare or {})

    def test_against_all_masks(self):
        done = self.run_job(self.text(), ranks=2)

        self.assert_ends(done, DONE, "7 of 9 blocks may be removed, at most 7")
        best, all_masks, runs, ranking = (done.result(f"{name}metric") for name in ("", "brute_force_", "contiguous_", "ranking_"))
        self.assertEqual(done.attribute("results", "evaluations"), 28)
        self.assertEqual(done.attribute("results", "brute_force_evaluations"), 127)
        self.assertGreater(best[0], 0.75)
        self.assertTrue((all_masks[1:] >= best[1:]).all())
        self.assertTrue((all_masks[1:] >= runs[1:]).all() and (all_masks[1:] >= ranking[1:]).all())
        self.assertGreaterEqual((best[1:] >= runs[1:]).sum(), 5)
        self.assertGreaterEqual((best[1:] >= ranking[1:]).sum(), 5)
        self.assertEqual(best[1], all_masks[1])
        self.assertTrue(done.result("mask")[:, [3, 6]].all())  # the blocks that change the shape

    def test_a_mask_has_one_metric_wherever_its_evaluation_began(self):
        done = self.run_job(self.text(images=32, evaluator={"metric": "cross_entropy"}))
        measured, again = {}, 0
        for name in ("table", "contiguous_metric", "ranking_metric", "brute_force_metric"):
            masks = done.result(name.replace("metric", "mask") if name != "table" else "table_mask").reshape(-1, 9)
            for mask, value in zip(masks, done.result(name).reshape(-1)):
                if not np.isnan(value):
                    again += bytes(mask) in measured
                    self.assertEqual(measured.setdefault(bytes(mask), value), value, mask)
        self.assertGreater(again, 20)

    def test_any_ranks_and_batches(self):
        one = self.run_job(self.text(images=36, evaluator={"metric": "cross_entropy"}, min_blocks=5))
        self.assert_ends(one, DONE)
        for ranks, threads, batch, memory in ((3, 1, 0, 1000), (2, 1, 7, 0), (1, 2, 64, 2)):
            other = self.run_job(self.text(images=36, evaluator={"metric": "cross_entropy"}, memory={"batch": batch, "activations": memory}, min_blocks=5), name="other", ranks=ranks, threads=threads)
            self.assert_ends(other, DONE)
            for name in ("table", "table_mask", "contiguous_metric", "ranking_metric", "influence", "brute_force_metric"):
                self.assert_same_bits(one.result(name), other.result(name), name)

    def test_restart(self):
        text = self.text(images=32, compare={"brute_force": 0})
        whole = self.run_job(text, name="whole")
        stopped = self.run_job(text, "--time-limit", "0.001s", name="stopped", ranks=2)
        self.assert_ends(stopped, STOPPED_EARLY)
        again = self.run_job(text, "--time-limit", "0.001s", name="stopped", ranks=3)
        self.assert_ends(again, STOPPED_EARLY)
        done = self.run_job(text, name="stopped")
        self.assert_ends(done, DONE, "restart 2")
        for name in ("table", "table_mask", "contiguous_metric", "ranking_metric", "influence"):
            self.assert_same_bits(done.result(name), whole.result(name), name)

    def test_example(self):
        for name in ("resnet20.h5", "cifar10_test_2000.h5"):
            (self.folder / name).symlink_to(FOLDER / name)
        text = (SOURCE / "jobs" / "depth_shrink" / "example.toml").read_text()
        done = self.call("run", "depth_shrink", "-c", str(SOURCE / "jobs" / "depth_shrink" / "example.toml"), "--set", "images.limit=32", file=self.folder / "depth_shrink.h5")
        self.assertIn("resnet20.h5", text)
        self.assert_ends(done, DONE)
        self.assertEqual(done.result("mask").shape, (8, 9))

    def test_refused(self):
        with h5py.File(FOLDER / "resnet20.h5") as source, h5py.File(self.folder / "cut.h5", "w") as cut:
            for name in source:
                source.copy(name, cut)
            del cut["layer2/1/bn2/running_var"]
        text = self.text(images=20).replace(str(FOLDER / "resnet20.h5"), "cut.h5")
        for ranks in (1, 3):
            self.assert_ends(self.run_job(text, ranks=ranks), BAD_INPUT, "layer2/1/bn2/running_var is missing")
        self.assert_ends(self.run_job(self.text(images=3000)), BAD_INPUT, "images.limit = 3000")


class Sizes(JobTest):
    job_name = "depth_shrink"

    def test_blocks_of_residual_networks(self):
        """ResNet-32, 44, 56: 15, 21, 27 residual blocks, of which the two that halve the maps stay."""
        write_images(self.folder / "images.h5", *random_images(1, 3))
        for a_stage, blocks in ((5, 15), (7, 21), (9, 27)):
            write_network(self.folder / "network.h5", random_network(1, (a_stage,) * 3))
            (self.folder / "job.toml").write_text(job_text(network={"file": "network.h5"}, images={"file": "images.h5"}))
            done = self.call("check", self.job_name, "-c", "job.toml")
            self.assert_ends(done, DONE)
            self.assertRegex(done.out, rf"blocks +{blocks}\n")
            self.assertRegex(done.out, rf"blocks that may be removed +{blocks - 2}\n")


if __name__ == "__main__":
    main()
