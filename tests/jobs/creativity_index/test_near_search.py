"""Near spans against a search of every window of every document, on 1 to 4 ranks; which documents are looked at; restarts; what is refused."""
import json
import math
import random

import h5py
import numpy as np

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, STOPPED_EARLY, JobTest, job_text, main
from plain_matches import Corpus, covered, maximal
from plain_near import NearCorpus, by_frequency

COMMON = ["the", "of", "and", "a", "to"]
GROUPS, ALIKE = 30, 3  # words of like meaning: w0x0, w0x1, w0x2, w1x0, ...


def word(rng):
    return f"w{rng.randrange(GROUPS)}x{rng.randrange(ALIKE)}"


def random_documents(rng, count):
    return [[rng.choice(COMMON) if rng.random() < 0.4 else word(rng) for _ in range(rng.randrange(60))] for _ in range(count)]


def nearly(rng, text):
    """The same with words of like meaning, some common words more or less, and now and then another word."""
    changed = []
    for w in text:
        chance = rng.random()
        if w in COMMON:
            changed += [] if chance < 0.3 else [w]
        else:
            changed.append(word(rng) if chance < 0.04 else f"{w.split('x')[0]}x{rng.randrange(ALIKE)}" if chance < 0.5 else w)
        if rng.random() < 0.1:
            changed.append(rng.choice(COMMON))
    return changed


class NearSearch(JobTest):
    job_name = "creativity_index"
    least, most = 4, 6

    def write_texts(self, name, texts):
        with open(self.folder / name, "w") as file:
            for k, text in enumerate(texts):
                file.write(json.dumps({"id": f"d{k}", "text": " ".join(text)}) + "\n")

    def make_index(self, documents, ranks=1, parts=0):
        """-> the vectors that the index has now"""
        self.write_texts("documents.jsonl", documents)
        (self.folder / "index.toml").write_text(job_text(corpus={"files": ["documents.jsonl"]}, index={"parts": parts}, output={"file": "index.h5"}))
        self.assertEqual(self.call("run", "corpus_index", "-c", "index.toml", ranks=ranks).code, DONE)
        return self.add_vectors(by_frequency(documents))

    def add_vectors(self, words):
        draws = np.random.default_rng(3)
        middle = draws.normal(size=(GROUPS, 12))
        rows = np.zeros((len(words) - 6, 12), dtype=np.float32)  # the rarest words have none
        for k, w in enumerate(words[:-6]):
            if k % 17 == 16:
                continue  # nor has this one
            row = draws.normal(size=12) if w in COMMON else middle[int(w[1:].split("x")[0])] + draws.normal(size=12) * 0.4
            rows[k] = row / np.linalg.norm(row)
        with h5py.File(self.folder / "index.h5", "a") as file:
            file["results/vector"] = rows
        return {w: row.astype(float) for w, row in zip(words, rows) if row.any()}

    def job(self, near=None, **more):
        return job_text(index={"file": "index.h5"}, targets={"file": "targets.jsonl"}, search={"min_length": [self.least, self.most], **more.pop("search", {})},
                        near={"search": True, "threshold": 0.8, "common_words": len(COMMON), **(near or {})}, **more)

    def compare(self, file, corpus, targets, documents_of=None):
        """-> near spans, and how many of them are not verbatim"""
        with h5py.File(file) as opened:
            results = {name: values[()] for name, values in opened["results"].items() if name.startswith(("near", "span", "target", "cov", "source"))}
        expected = [(t, *span) for t, text in enumerate(targets) for span in corpus.spans(text, self.least, documents_of[t] if documents_of else range(len(corpus.documents)))]
        got = list(zip(*(results[f"near_span_{part}"] for part in ("target", "start", "end"))))
        self.assertEqual([tuple(map(int, g)) for g in got], [e[:3] for e in expected])
        np.testing.assert_allclose(results["near_span_score"], [e[3][0] for e in expected], rtol=1e-5)
        for k, (t, begin, end, (score, *_)) in enumerate(expected):
            document, offset, words = (int(results[f"near_span_{part}"][k]) for part in ("document", "offset", "words"))
            window = corpus.content(corpus.documents[document][offset:offset + words])
            self.assertAlmostEqual(corpus.score(corpus.content(targets[t][begin:end]), window), score, places=5)
        verbatim = Corpus(corpus.documents)
        for t, text in enumerate(targets):
            spans = maximal(verbatim.longest(text), self.least)
            either = spans + [e[1:3] for e in expected if e[0] == t]
            shares = [len(covered(either, level)) / len(text) if text else np.nan for level in range(self.least, self.most + 1)]
            np.testing.assert_allclose(results["near_coverage"][t], shares)
            np.testing.assert_allclose(results["near_index"][t], np.sum(1 - np.array(shares)))
        return len(expected), sum(e[3][0] < 0.999 for e in expected)

    def test_every_window_on_any_ranks(self):
        rng = random.Random(1)
        documents = random_documents(rng, 16) + [[], ["the"] * 9]
        targets = [nearly(rng, rng.choice(documents[:16])[5:40]) for _ in range(5)] + [documents[3][:30], [], ["the", "of", "and", "a", "to"], ["nothing", "here", "is", "known", "at", "all"]]
        self.write_texts("targets.jsonl", targets)
        for built, read, near in ((1, 1, {}), (3, 2, {"threshold": 0.6}), (2, 3, {"threshold": 0.95}), (4, 4, {"content_words": 3, "longest_window": 5})):
            vectors = self.make_index(documents, ranks=built)
            corpus = NearCorpus(documents, vectors, by_frequency(documents)[:len(COMMON)], near.get("threshold", 0.8), near.get("content_words", 2), near.get("longest_window", 100))
            done = self.run_job(self.job(near, search={"batch": 60}), ranks=read, name=f"r{built}{read}")
            self.assert_ends(done, DONE, "near-verbatim")
            spans, changed = self.compare(done.file, corpus, targets)
            self.assertGreater(spans, 5)
            self.assertGreater(changed, 0 if near.get("threshold", 0) < 0.9 else -1)

    def test_documents_that_share_rare_words(self):
        rng = random.Random(2)
        documents = random_documents(rng, 25)
        targets = [nearly(rng, rng.choice(documents)[:30]) for _ in range(6)]
        self.write_texts("targets.jsonl", targets)
        vectors = self.make_index(documents, parts=3)
        words = by_frequency(documents)
        number, have = {w: k for k, w in enumerate(words)}, {w: {d for d, text in enumerate(documents) if w in text} for w in words}
        chosen = []
        for target in targets:
            rare = sorted({number[w] for w in target if number.get(w, -1) >= len(COMMON)})[-7:]
            score = {d: sum(math.log((len(documents) + 1) / len(have[words[k]])) for k in rare if d in have[words[k]]) for d in range(len(documents))}
            best = sorted((d for d in score if score[d] > 0), key=lambda d: (-round(score[d], 6), d))
            chosen.append(best[:2])
            self.assertFalse(1e-9 < abs(score[best[1]] - score[best[2]]) < 1e-4)  # where rounding decides
        corpus = NearCorpus(documents, vectors, words[:len(COMMON)], 0.8, 2, 100)
        for ranks in (1, 3):
            done = self.run_job(self.job({"documents": 2, "rare_words": 7}), ranks=ranks, name=f"r{ranks}")
            self.assert_ends(done, DONE)
            self.compare(done.file, corpus, targets, chosen)

    def test_exclusions_are_not_crossed(self):
        rng = random.Random(4)
        documents = random_documents(rng, 8)
        documents[2] = [word(rng) for _ in range(40)]
        targets = [nearly(rng, documents[2][4:20]), documents[5][:30]]
        self.write_texts("targets.jsonl", targets)
        vectors = self.make_index(documents)
        (self.folder / "out.jsonl").write_text('{"document": "d2", "begin": 10, "end": 12}\n{"document": "d5"}\n')
        left = [d[:] for d in documents]
        left[2][10:12], left[5] = ["|"] * 2, ["|"] * len(left[5])
        corpus = NearCorpus(left, vectors, by_frequency(documents)[:len(COMMON)], 0.8, 2, 100)
        corpus.known = {w for d in documents for w in d}
        done = self.run_job(self.job(exclude={"file": "out.jsonl"}), ranks=2)
        self.assert_ends(done, DONE)
        self.compare(done.file, corpus, targets)

    def test_restart(self):
        rng = random.Random(5)
        documents = random_documents(rng, 10)
        self.write_texts("targets.jsonl", [nearly(rng, rng.choice(documents)) for _ in range(12)])
        self.make_index(documents)
        job = self.job(search={"batch": 20})
        whole = self.run_job(job, name="whole", ranks=2)
        self.assert_ends(whole, DONE)
        stopped = self.run_job(job, "--time-limit", "0.001s", name="stopped", ranks=2)
        self.assert_ends(stopped, STOPPED_EARLY)
        again = self.run_job(job, name="stopped", ranks=3)
        self.assert_ends(again, DONE)
        for name in ("near_span_start", "near_span_end", "near_span_score", "near_span_document", "near_span_offset", "near_coverage"):
            np.testing.assert_array_equal(again.result(name), whole.result(name))

    def test_what_is_refused(self):
        documents = [list("abcdefgh")]
        self.write_texts("targets.jsonl", documents)
        self.write_texts("documents.jsonl", documents)
        (self.folder / "index.toml").write_text(job_text(corpus={"files": ["documents.jsonl"]}, output={"file": "index.h5"}))
        self.assertEqual(self.call("run", "corpus_index", "-c", "index.toml").code, DONE)
        self.assert_ends(self.run_job(self.job()), BAD_INPUT, "index.h5", "no word vectors", "vectors.components")
        self.assert_ends(self.run_job(self.job({"content_words": 9, "longest_window": 8})), BAD_JOB_FILE, "near.longest_window")
        with h5py.File(self.folder / "index.h5", "a") as file:
            file["results/vector"] = np.ones((30, 4), dtype=np.float32)
        self.assert_ends(self.run_job(self.job()), BAD_INPUT, "/results/vector")


main()
