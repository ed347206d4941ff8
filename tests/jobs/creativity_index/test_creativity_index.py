"""Longest matches, spans, coverage and groups against sets of n-grams, on 1 to 4 ranks; exclusions, restarts, real texts; what is refused."""
import json
import random
import subprocess
import sys
import unittest

import h5py
import numpy as np

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DATA, DONE, SOURCE, STOPPED_EARLY, JobTest, job_text, main
from plain_matches import Corpus, covered, maximal, words

GOLDEN = "the cat sat on the mat and the dog sat on the log while it rained"
TARGET = "yesterday the cat sat on the log and the dog sat on the mat while it snowed"


def write_jsonl(path, records):
    with open(path, "w") as file:
        for record in records:
            file.write(json.dumps(record) + "\n")


def read_jsonl(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def random_texts(seed, count, letters, longest):
    """Small alphabets, repeats of runs of other texts, empty ones."""
    rng, texts = random.Random(seed), []
    for _ in range(count):
        text = []
        while rng.random() < 0.85 and len(text) < longest:
            if texts and rng.random() < 0.3:
                other = rng.choice(texts)
                at = rng.randrange(len(other) + 1)
                text += other[at:at + rng.randrange(20)]
            else:
                text += [rng.choice(letters) for _ in range(rng.randrange(8))]
        texts.append(text)
    return texts


class CreativityIndex(JobTest):
    job_name = "creativity_index"

    def make_index(self, documents, ranks=1, parts=0, name="index"):
        write_jsonl(self.folder / f"{name}.jsonl", [{"id": f"d{k}", "text": " ".join(d)} for k, d in enumerate(documents)])
        (self.folder / f"{name}.toml").write_text(job_text(corpus={"files": [f"{name}.jsonl"]}, index={"parts": parts}, output={"file": f"{name}.h5"}))
        made = self.call("run", "corpus_index", "-c", f"{name}.toml", ranks=ranks)
        self.assertEqual(made.code, DONE, made.log)

    def write_targets(self, texts, **fields):
        write_jsonl(self.folder / "targets.jsonl", [{"id": f"t{k}", "text": " ".join(t), **{f: v[k] for f, v in fields.items()}} for k, t in enumerate(texts)])

    def job(self, least=2, most=4, **more):
        search = {"min_length": [least, most], **more.pop("search", {})}
        return job_text(index={"file": "index.h5"}, targets={"file": "targets.jsonl"}, search=search, **more)

    def check(self, path, corpus, targets, least, most):
        with h5py.File(path) as file:
            results = file["results"]
            offset = results["target_offset"][()]
            np.testing.assert_array_equal(offset, np.cumsum([0] + [len(t) for t in targets]))
            longest = [corpus.longest(t) for t in targets]
            np.testing.assert_array_equal(results["longest_match"][()], [n for one in longest for n in one])
            spans = [(k, *s, corpus.places(targets[k][slice(*s)])) for k, one in enumerate(longest) for s in maximal(one, least)]
            for variable, expected in (("target", [s[0] for s in spans]), ("start", [s[1] for s in spans]), ("end", [s[2] for s in spans]), ("count", [len(s[3]) for s in spans]),
                                       ("document", [s[3][0][0] for s in spans]), ("offset", [s[3][0][1] for s in spans])):
                np.testing.assert_array_equal(results[f"span_{variable}"][()], np.array(expected, dtype=int), variable)
            names = bytes(results["source_name"][()])
            border = results["source_name_offset"][()]
            self.assertEqual([names[border[s]:border[s + 1]].decode() for s in results["span_source"][()]], [f"d{s[3][0][0]}" for s in spans])
            for k, target in enumerate(targets):
                shares = [len(covered([s[1:3] for s in spans if s[0] == k], level)) / len(target) if target else np.nan for level in range(least, most + 1)]
                np.testing.assert_allclose(results["coverage"][k], shares, rtol=1e-12)
                np.testing.assert_allclose(results["creativity_index"][k], np.sum(1 - np.array(shares)), rtol=1e-12)

    def test_golden_example(self):
        self.make_index([GOLDEN.split()])
        self.write_targets([TARGET.split()])
        done = self.run_job(self.job(2, 7))
        self.assert_ends(done, DONE)
        self.assertEqual(done.result("longest_match").tolist(), [0, 5, 4, 4, 3, 2, 1, 6, 5, 4, 4, 3, 2, 1, 2, 1, 0])
        np.testing.assert_allclose(done.result("coverage")[0] * 17, [15, 13, 13, 11, 6, 0])
        spans, asked = Corpus([GOLDEN.split()]).two_pointers(TARGET.split(), 3)
        self.assertEqual((spans, asked), ([(1, 6), (3, 7), (7, 13), (10, 14)], 24))
        three = self.run_job(self.job(3, 7), name="three")
        self.assertEqual(list(zip(three.result("span_start"), three.result("span_end"))), spans)

    def test_random_corpora_on_any_ranks(self):
        for seed, letters in ((1, "ab"), (2, "abcde"), (3, ["w%d" % k for k in range(40)])):
            documents = random_texts(seed, 30, letters, 60)
            targets = random_texts(seed + 10, 12, [*letters, "unknown"], 40) + [documents[5], [], ["unknown"]]
            corpus = Corpus(documents)
            self.write_targets(targets)
            for built, read in ((1, 1), (3, 2), (2, 3), (4, 4)):
                self.make_index(documents, ranks=built)
                done = self.run_job(self.job(2, 5, search={"batch": 50}), ranks=read, name=f"r{seed}-{built}-{read}")
                self.assert_ends(done, DONE)
                self.check(done.file, corpus, targets, 2, 5)
            # The sheet's other algorithm records the same maximal matches.
            for target in targets:
                self.assertEqual(corpus.two_pointers(target, 2)[0], maximal(corpus.longest(target), 2))
                self.assertLessEqual(corpus.two_pointers(target, 2)[1], 2 * max(1, len(target)))

    def test_exclusions(self):
        documents = random_texts(5, 20, "abc", 60)
        documents[3] = list("abcabcabcabcab")
        targets = random_texts(6, 10, "abc", 40) + [documents[7], documents[3][2:9]]
        self.make_index(documents, ranks=2, parts=3)
        self.write_targets(targets)
        write_jsonl(self.folder / "out.jsonl", [{"document": "d3", "begin": 4, "end": 9}, {"document": "d11"}, {"document": "d4", "begin": 0, "end": 1}])
        left = [d[:] for d in documents]
        left[3][4:9], left[11], left[4][0:1] = ["|"] * 5, ["|"] * len(left[11]), ["|"] * min(1, len(left[4]))
        done = self.run_job(self.job(exclude={"file": "out.jsonl"}), ranks=2)
        self.assert_ends(done, DONE)
        self.check(done.file, Corpus(left), targets, 2, 4)

        done = self.run_job(self.job(exclude={"duplicates": True}), ranks=3, name="duplicates")
        self.assert_ends(done, DONE, "hold a whole target")
        corpus, left = Corpus(documents), [d[:] for d in documents]
        copies = [corpus.places(t) if t else [] for t in targets]
        for target, places in zip(targets, copies):
            for d, at in places:
                left[d][at:at + len(target)] = ["|"] * len(target)
        np.testing.assert_array_equal(done.result("target_duplicates"), [len(places) for places in copies])
        self.assertGreater(len(copies[-2]), 0)
        self.check(done.file, Corpus(left), targets, 2, 4)

        write_jsonl(self.folder / "out.jsonl", [{"document": "nobody"}])
        self.assert_ends(self.run_job(self.job(exclude={"file": "out.jsonl"})), BAD_INPUT, "out.jsonl:1: ", 'no document "nobody"')

    def test_groups(self):
        self.make_index([list("abcdefghij")])
        texts = [list("abcdefgh"), list("abxcdxef"), list("xxxxxxxx"), list("hgfedcba"), list("abcdxxxx"), []]
        authors, kinds = ["machine", "human", "human", "human", "machine", "human"], ["one", None, None, "two", "two", "one"]
        self.write_targets(texts, author=authors, kind=kinds)
        done = self.run_job(self.job(2, 3, compare={"by": "author", "strata": ["kind"], "resamples": 200}), ranks=2)
        self.assert_ends(done, DONE, "ROC area")
        index = done.result("creativity_index")

        def names(axis):
            return [bytes(row).decode().rstrip("\0") for row in done.result(f"{axis}_name")]
        self.assertEqual(names("comparison"), ["all", "one", "two"])
        for k, (positive, negative) in enumerate((([1, 2, 3], [0, 4]), ([1, 2], [0]), ([1, 2, 3], [4]))):
            pairs = [(index[p] > index[n]) + 0.5 * (index[p] == index[n]) for p in positive for n in negative]
            self.assertAlmostEqual(done.result("comparison_roc_area")[k], np.mean(pairs))
            self.assertAlmostEqual(done.result("comparison_difference")[k], np.mean(index[positive]) - np.mean(index[negative]))
        self.assertEqual(names("group"), ["machine", "human", "one machine", "any human", "two human", "two machine"])
        self.assertAlmostEqual(done.result("group_index")[1], np.mean(index[[1, 2, 3]]))
        low, high = done.result("group_index_low")[1], done.result("group_index_high")[1]
        self.assertTrue(low < done.result("group_index")[1] < high, (low, high))
        drawn = subprocess.run([sys.executable, "-B", SOURCE / "analysis" / "plot.py", done.file], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual((drawn.returncode, drawn.stdout), (0, f"{done.file.with_suffix('.png')}\n"), drawn.stderr)
        again = self.run_job(self.job(2, 3, compare={"by": "author", "strata": ["kind"], "resamples": 200}), name="again")
        self.assertEqual(self.call("diff", done.file, again.file).code, DONE)

    def test_stopped_and_restarted(self):
        documents, targets = random_texts(8, 30, "abc", 60), random_texts(9, 30, "abcd", 40)
        self.make_index(documents, ranks=2)
        self.write_targets(targets)
        text = self.job(search={"batch": 30})
        whole = self.run_job(text, name="whole", ranks=2)
        stopped = self.run_job(text, "--time-limit", "0.001s", name="stopped")
        self.assert_ends(stopped, STOPPED_EARLY, "checkpoint")
        done = self.run_job(text, name="stopped", ranks=3)
        self.assert_ends(done, DONE, "restart 1")
        self.assertEqual(self.call("diff", whole.file, done.file).code, DONE)
        self.assertFalse(list(self.folder.glob("*checkpoint*")))

    def test_refused(self):
        self.make_index([GOLDEN.split()])
        self.write_targets([TARGET.split()])
        self.assert_ends(self.run_job(self.job(5, 3)), BAD_JOB_FILE, "search.min_length = [5, 3]")
        self.assert_ends(self.run_job(self.job(compare={"strata": ["x"]})), BAD_JOB_FILE, "compare.by")
        self.assert_ends(self.run_job(self.job(compare={"by": "author"})), BAD_INPUT, "targets.jsonl:1: ", 'the field "author" is absent')
        with h5py.File(self.folder / "index.h5", "r+") as file:
            file["results/token"][3] = 60000
        self.assert_ends(self.run_job(self.job()), BAD_INPUT, "/results/token[3] is out of range")
        with h5py.File(self.folder / "index.h5", "w") as file:
            file.attrs["schema"] = "bellshard.mdp"
        self.assert_ends(self.run_job(self.job()), BAD_INPUT, "is no index of a corpus", "bellshard run corpus_index")
        (self.folder / "targets.jsonl").write_text("")
        self.make_index([GOLDEN.split()])
        self.assert_ends(self.run_job(self.job()), BAD_INPUT, "there is no text in it")

    @unittest.skipUnless((DATA / "text" / "reference.jsonl").exists(), "the texts are not here")
    def test_real_texts(self):
        made = self.call("run", "corpus_index", "--set", f"corpus.files=[{json.dumps(str(DATA / 'text' / 'reference.jsonl'))}]", ranks=2)
        self.assertEqual(made.code, DONE, made.log)
        records = read_jsonl(DATA / "text" / "targets.jsonl")
        text = job_text(index={"file": "index.h5"}, targets={"file": str(DATA / "text" / "targets.jsonl")},
                        compare={"strata": ["domain", "model"], "by": "author"})
        done = self.run_job(text, ranks=2)
        self.assert_ends(done, DONE, "human: 600 texts")
        corpus = Corpus([words(record["text"]) for record in read_jsonl(DATA / "text" / "reference.jsonl")])
        offset, longest = done.result("target_offset"), done.result("longest_match")
        begin, end = done.result("position_begin"), done.result("position_end")
        for k in range(0, len(records), 97):
            text = words(records[k]["text"])
            self.assertEqual(longest[offset[k]:offset[k + 1]].tolist(), corpus.longest(text))
            raw = records[k]["text"].encode()
            cut = [raw[a:b].decode() for a, b in zip(begin[offset[k]:offset[k + 1]], end[offset[k]:offset[k + 1]])]
            self.assertEqual([words(w)[0] for w in cut], text)


if __name__ == "__main__":
    main()
