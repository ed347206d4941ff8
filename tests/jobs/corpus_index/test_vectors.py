"""Word vectors of an index: trained ones against dense algebra in numpy, on any ranks and parts; those of a file; what is refused."""
import gzip
import json
import os
import random
import signal
import subprocess
import time
import unittest

import h5py
import numpy as np

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, JobTest, STOPPED_EARLY, job_text, main
from plain_vectors import word_vectors

TOPICS, PER_TOPIC = 6, 15


def topical_text(rng, documents=60):
    """Documents that draw from the words of one topic of decreasing strength, with words of none in between."""
    texts = []
    for k in range(documents):
        topic = rng.choices(range(TOPICS), [2.0 ** -t for t in range(TOPICS)])[0]
        own = [f"t{topic}w{w}" for w in range(PER_TOPIC)]
        texts.append([rng.choice(own) if rng.random() < 0.6 else f"common{int(20 * rng.random() ** 2)}" for _ in range(rng.randrange(1, 120))])
    return [*texts, [], ["rare"]]


class Vectors(JobTest):
    job_name = "corpus_index"

    def setUp(self):
        super().setUp()
        self.texts = topical_text(random.Random(11))
        self.write("a.jsonl", self.texts)

    def write(self, name, texts, field="text"):
        (self.folder / name).write_text("".join(json.dumps({field: " ".join(t) if field == "text" else t}) + "\n" for t in texts))

    def index(self, name="index", ranks=1, parts=0, corpus=None, **vectors):
        return self.run_job(job_text(corpus={"files": ["a.jsonl"], **(corpus or {})}, index={"parts": parts}, vectors=vectors), "--restart", "never", name=name, ranks=ranks)

    def vocabulary(self, texts):
        words = [w for t in texts for w in t]
        return sorted(set(words), key=lambda w: (-words.count(w), w.encode()))

    def numbers(self, texts):
        number = {w: k for k, w in enumerate(self.vocabulary(texts))}
        return [[number[w] for w in t] for t in texts]

    def test_against_dense_algebra(self):
        for words, window, smoothing, shift, exponent in ((50000, 3, 0.75, 1, 0.5), (70, 5, 1, 1, 0), (50000, 2, 0.5, 2, 1), (50000, 64, 0, 1, 0.5)):
            vocabulary = self.vocabulary(self.texts)
            asked = min(words, len(vocabulary))
            _, singular = word_vectors(self.numbers(self.texts), asked, window, 1, smoothing, shift, exponent)
            kept = max(range(3, 9), key=lambda k: singular[k - 1] / singular[k])
            self.assertGreater(singular[kept - 1] / singular[kept], 1.1)  # else the last component is not one
            expected, _ = word_vectors(self.numbers(self.texts), asked, window, kept, smoothing, shift, exponent)

            done = self.index(components=kept, words=words, window=window, smoothing=smoothing, shift=shift, exponent=exponent, iterations=60, ranks=2)

            self.assert_ends(done, DONE, f"words have a vector of {kept} components")
            found = done.result("vector")
            np.testing.assert_allclose(done.result("singular_value"), singular[:kept], rtol=1e-6)
            self.assertEqual(found.shape, (asked, kept))
            self.assertEqual(found.dtype, np.float32)
            np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=1e-4)
            np.testing.assert_allclose(found, expected, atol=1e-3)  # with the signs
            if asked > 70:
                self.assertFalse(found[vocabulary.index("rare")].any())

    def test_any_ranks_and_parts(self):
        first = self.index(components=40, ranks=1)
        expected = first.result("vector")
        self.assertEqual(expected.shape[1], 40)
        for ranks, parts in ((2, 0), (3, 0), (3, 1), (1, 7), (4, 5)):
            found = self.index(name="other", components=40, ranks=ranks, parts=parts, pairs_at_once=1000 if parts else 1 << 24).result("vector")
            np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=1e-4)

    def test_more_components_than_directions(self):
        texts = [["a", "b"] * 3, ["c"], ["d", "e", "d"], ["b", "a"]]
        self.write("a.jsonl", texts)
        done = self.index(components=12, ranks=3)
        found = done.result("vector")
        self.assertEqual(found.shape, (5, 12))
        expected, _ = word_vectors(self.numbers(texts), 5, 5, 5, 0.75, 1, 0.5)
        np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=1e-4)
        self.assertFalse(done.result("singular_value")[5:].any())

    def test_ids(self):
        done = self.index(components=5, iterations=60)
        self.write("a.jsonl", self.numbers(self.texts), field="ids")
        of_ids = self.index(name="ids", components=5, iterations=60, corpus={"tokens": "ids"}, ranks=2)
        np.testing.assert_allclose(of_ids.result("vector"), done.result("vector"), atol=1e-4)

    def test_opens_in_xarray(self):
        import xarray
        done = self.index(components=5)
        with xarray.open_dataset(done.file, group="results", engine="h5netcdf") as results:
            self.assertEqual(results["vector"].dims, ("vector_word", "component"))
            self.assertEqual(results.attrs["vector_window"], 5)
        with h5py.File(done.file) as file:
            self.assertEqual([d[0].name for d in file["results/vector"].dims], ["/results/vector_word", "/results/component"])
        self.assertFalse("results/vector" in h5py.File(self.index().file))

    def test_restart(self):
        text = job_text(corpus={"files": ["a.jsonl"]}, index={"parts": 4}, vectors={"components": 5})
        stopped = self.run_job(text, "--time-limit", "0.001s", name="stopped", ranks=2)
        self.assert_ends(stopped, STOPPED_EARLY, "checkpoint")
        refused = self.run_job(text.replace("components = 5", "components = 6"), name="stopped", ranks=2)
        self.assert_ends(refused, BAD_INPUT, "checkpoint")
        done = self.run_job(text, name="stopped", ranks=3)
        self.assert_ends(done, DONE, "restart 1")
        found, expected = done.result("vector"), self.index(components=5, parts=4).result("vector")
        np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=1e-4)
        self.assertFalse(list(self.folder.glob("stopped.*part-*")))

    def test_killed_while_vectors_are_made(self):
        text = job_text(corpus={"files": ["a.jsonl"]}, index={"parts": 3}, vectors={"components": 64, "iterations": 1000})
        words, _ = self.prepare(text, "killed")
        run = subprocess.Popen(self.command(*words), cwd=self.folder, env=self.environment(), stderr=subprocess.PIPE, text=True)
        for line in run.stderr:
            if "words near each other" in line:
                break
        time.sleep(0.1)
        holder = dict(line.split() for line in (self.folder / ".bellshard.lock").read_text().splitlines())
        os.kill(int(holder["process"]), signal.SIGKILL)
        run.stderr.close()
        run.wait()
        self.assertFalse((self.folder / "killed.h5").exists())
        parts = {p: p.stat().st_mtime_ns for p in self.folder.glob("killed.part-*")}
        self.assertEqual(len(parts), 3)
        done = self.run_job(text, name="killed", ranks=2)
        self.assert_ends(done, DONE, "restart 1", "words have a vector")
        self.assertNotIn("sorted again", done.log)

    def test_check_counts_memory(self):
        (self.folder / "job.toml").write_text(job_text(corpus={"files": ["a.jsonl"]}, vectors={"components": 10}))
        done = self.call("check", "corpus_index", "-c", "job.toml", ranks=2)
        self.assertEqual(done.code, DONE, done.log)
        self.assertRegex(done.out, r"pairs of near words, at most +\d")
        self.assertRegex(done.out, r"blocks of the subspace iteration +\d")

    def test_from_a_file(self):
        self.write("a.jsonl", [["The", "cat", "sat", "on", "the", "mat"], ["don\u2019t", "na\u00efve"]])
        lines = {"the": [3, 4], "THE": [9, 9], "Cat": [0, -2], "dog": [1, 1], "Don't": [5, 12], "NA\u00cfVE": [1e-3, 0], "sat": [0, 0], "on-": [1, 1], ". .": [7, 7], "mat": [-1, 1e-30]}
        expected = {"the": [0.6, 0.8], "cat": [0, -1], "don't": [5 / 13, 12 / 13], "na\u00efve": [1, 0], "mat": [-1, 0]}
        body = "".join(f"{w} {' '.join(map(str, v))}{' ' if k % 2 else ''}\n" for k, (w, v) in enumerate(lines.items()))
        (self.folder / "plain.txt").write_text(body)
        (self.folder / "tabs.txt").write_text(body.replace(" ", "\t").replace(".\t.", ". ."))
        with gzip.open(self.folder / "head.txt.gz", "wt") as file:
            file.write(f"{len(lines)} 2\n{body}")
        for name in ("plain.txt", "tabs.txt", "head.txt.gz"):
            for ranks in (1, 3):
                done = self.index(file=name, ranks=ranks)
                self.assert_ends(done, DONE, f"5 of 7 words have a vector of 2 components from {name}")
                letters, offset = bytes(done.result("word_letters")), done.result("word_offset")
                for word, row in zip([letters[a:b].decode() for a, b in zip(offset[:-1], offset[1:])], done.result("vector")):
                    np.testing.assert_allclose(row, expected.get(word, [0, 0]), atol=1e-6, err_msg=word)
        self.assertIn(name, str(done.attribute("results", "vectors_from")))
        self.assertEqual(self.index(file="plain.txt", words=2, components=2).result("vector").shape, (2, 2))

    def test_of_ids_from_a_file(self):
        self.write("a.jsonl", [[3, 0, 3], [1]], field="ids")
        (self.folder / "v.txt").write_text("0 1 0 0\n3 0 5 0\n4 1 1 1\nx 1 1 1\n")
        done = self.index(file="v.txt", corpus={"tokens": "ids"})
        np.testing.assert_allclose(done.result("vector"), [[1, 0, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]])

    def test_broken_files(self):
        for text, reason in (("t0w0 1 2\nt0w1 1\n", "v.txt:2: 1 components, and 2 in the lines before"), ("t0w0 1 2\n\nt0w1 1 2 3\n", "v.txt:3: 3 components, and 2"),
                             ("t0w0 1 2\nt0w1 1 nan\n", 'v.txt:2: component 2 of "t0w1" is nan'), ("2 2\nt0w0 1 2\nt0w1 -inf 1\n", "v.txt:3: component 1"), ("t0w0 1 2\nt0w1 1 1e999\n", "v.txt:2: component 2"),
                             ("t0w0 1 2\nt0w1 1 2x\n", "v.txt:2: component 2"), ("t0w0\n", "v.txt:1: "), ("", "there is no vector in it"), ("5 2\n", "there is no vector in it"),
                             ("hund 1 2\nkatze 1 1\n", "vectors of another vocabulary"), ("t0w0 0 0\n", "are all 0")):
            (self.folder / "v.txt").write_text(text)
            for ranks in (1, 3):
                self.assert_ends(self.index(file="v.txt", ranks=ranks), BAD_INPUT, reason)
        (self.folder / "v.txt").write_text("t0w0 1 2\n")
        self.assert_ends(self.index(file="v.txt", components=3), BAD_INPUT, "v.txt:1: vectors of 2 components, and vectors.components = 3")
        self.assert_ends(self.index(file="w.txt"), BAD_INPUT, "w.txt")

    def test_refused(self):
        self.assert_ends(self.index(components=-1), BAD_JOB_FILE, "vectors.components")
        self.assert_ends(self.index(components=5, window=0), BAD_JOB_FILE, "vectors.window")
        self.assert_ends(self.index(components=5, smoothing=1.5), BAD_JOB_FILE, "vectors.smoothing")
        self.assert_ends(self.index(window=3), BAD_JOB_FILE, "vectors.window", "vectors.components = 100")
        (self.folder / "v.txt").write_text("t0w0 1 2\n")
        self.assert_ends(self.index(file="v.txt", window=3), BAD_JOB_FILE, "vectors.window", "vectors.file")
        self.write("a.jsonl", [["a"], ["b"]])
        for ranks in (1, 3):
            self.assert_ends(self.index(components=2, ranks=ranks), BAD_INPUT, "no vectors can be made")


if __name__ == "__main__":
    main()
