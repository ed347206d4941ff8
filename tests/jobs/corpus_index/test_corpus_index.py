"""Indexes of small corpora: words, vocabulary, documents and the order of suffixes against plain Python, on 1 to 4 ranks; restarts; what is refused."""
import gzip
import json
import random

import h5py
import numpy as np

from bellshard_runs import BAD_COMMAND_LINE, BAD_INPUT, BAD_JOB_FILE, DONE, JobTest, STOPPED_EARLY, job_text, main
from plain_matches import words

TEXTS = ["The cat sat on the mat.", "", "Don\u2019t panic: it's 3.14 \u2014 na\u00efve \ufb01nd!", "\u00c5ngstr\u00f6m A\u030angstro\u0308m STRASSE stra\u00dfe", "the cat sat on the mat", "   ", "\u4f60\u597d world"]


def write_jsonl(path, texts, **more):
    open_file = gzip.open if path.suffix == ".gz" else open
    with open_file(path, "wt", encoding="utf-8") as file:
        for k, text in enumerate(texts):
            file.write(json.dumps({"id": f"doc-{k}", "text": text, **more}, ensure_ascii=k % 2 == 0) + "\n")
    return path


def table(file, name):
    letters, offset = bytes(file[f"results/{name}"][()]) if name != "word" else bytes(file["results/word_letters"][()]), file[f"results/{name}_offset"][()]
    return [letters[a:b].decode() for a, b in zip(offset[:-1], offset[1:])]


class CorpusIndex(JobTest):
    job_name = "corpus_index"

    def index(self, files, name="index", ranks=1, parts=0, **corpus):
        text = job_text(corpus={"files": files, **corpus}, index={"parts": parts})
        return self.run_job(text, name=name, ranks=ranks)

    def check(self, path, documents, names=None):
        """The file against the documents' words."""
        with h5py.File(path) as file:
            results = file["results"]
            vocabulary = table(file, "word")
            counts = {}
            for word in (w for d in documents for w in d):
                counts[word] = counts.get(word, 0) + 1
            self.assertEqual(vocabulary, sorted(counts, key=lambda w: (-counts[w], w.encode())))
            np.testing.assert_array_equal(results["word_count"], [counts[w] for w in vocabulary])
            number = {w: k + 1 for k, w in enumerate(vocabulary)}
            stream = [t for d in documents for t in [*(number[w] for w in d), 0]]
            np.testing.assert_array_equal(results["token"], stream)
            offset = results["document_offset"][()]
            np.testing.assert_array_equal(offset, np.cumsum([0] + [len(d) + 1 for d in documents]))
            if names:
                self.assertEqual(table(file, "document_name"), names)
            border = results["part_offset"][()]
            np.testing.assert_array_equal(offset[results["part_document"][()]], border)
            for a, b in zip(border[:-1], border[1:]):
                part = stream[a:b]
                np.testing.assert_array_equal(results["suffix"][a:b], sorted(range(b - a), key=lambda i: part[i:]))

    def test_words_and_order_on_any_ranks(self):
        write_jsonl(self.folder / "a.jsonl", TEXTS)
        write_jsonl(self.folder / "b.jsonl.gz", TEXTS[::-1])
        (self.folder / "c.txt").write_text("A text file\nis one document; the cat sat.\n")
        documents = [words(t) for t in [*TEXTS, *TEXTS[::-1], "A text file\nis one document; the cat sat.\n"]]
        for ranks in (1, 2, 3, 4):
            done = self.index(["a.jsonl", "b.jsonl.gz", "c.txt"], ranks=ranks)
            self.assert_ends(done, DONE, "15 documents")
            self.check(done.file, documents, [f"doc-{k}" for k in range(7)] * 2 + ["c.txt"])
            self.assertFalse(list(self.folder.glob("*part-*")) + list(self.folder.glob("*checkpoint*")))
        for options in ({"case": "keep"}, {"punctuation": "keep"}):
            done = self.index(["a.jsonl"], **options)
            self.check(done.file, [words(t, "case" not in options, "punctuation" in options) for t in TEXTS])

    def test_cut_does_not_depend_on_ranks(self):
        rng = random.Random(7)
        texts = [" ".join(rng.choice("abc") for _ in range(rng.randrange(60))) for _ in range(50)]
        for k in range(3):
            write_jsonl(self.folder / f"{k}.jsonl", texts[k::3])
        files = {}
        for ranks in (1, 2, 3):
            done = self.index(["*.jsonl"], name=f"on{ranks}", ranks=ranks, parts=5)
            self.check(done.file, [words(t) for k in range(3) for t in texts[k::3]])
            files[ranks] = done.file
        self.assertEqual(self.call("diff", files[1], files[3]).code, DONE)

    def test_ids(self):
        with open(self.folder / "ids.jsonl", "w") as file:
            for ids in ([5, 70000, 5], [], [0]):
                file.write(json.dumps({"ids": ids}) + "\n")
        done = self.index(["ids.jsonl"], tokens="ids", ranks=2, parts=1)
        np.testing.assert_array_equal(done.result("token"), [6, 70001, 6, 0, 0, 1, 0])
        self.assertEqual(done.result("token").dtype, np.uint32)

    def test_opens_in_xarray(self):
        import xarray
        write_jsonl(self.folder / "a.jsonl", TEXTS)
        done = self.index(["a.jsonl"])
        with xarray.open_dataset(done.file, group="results", engine="h5netcdf") as results:
            self.assertEqual(results["token"].dims, ("position",))
            self.assertTrue(all("long_name" in v.attrs and "units" in v.attrs for v in results.data_vars.values() if v.dtype.kind in "iuf"))

    def test_stopped_and_restarted(self):
        write_jsonl(self.folder / "a.jsonl", [t * 3 for t in TEXTS] * 4)
        whole = self.index(["a.jsonl"], name="whole", parts=4)
        text = job_text(corpus={"files": ["a.jsonl"]}, index={"parts": 4})
        stopped = self.run_job(text, "--time-limit", "0.001s", name="stopped", ranks=2)
        self.assert_ends(stopped, STOPPED_EARLY, "checkpoint")
        self.assertEqual(len(list(self.folder.glob("stopped.part-*"))), 2)
        damaged = self.folder / "stopped.part-000000"
        damaged.write_bytes(b"x" + damaged.read_bytes()[1:])
        done = self.run_job(text, name="stopped", ranks=3)
        self.assert_ends(done, DONE, "1 sorted part of the earlier run is gone or damaged", "restart 1")
        self.assertEqual(self.call("diff", whole.file, done.file).code, DONE)
        self.assertFalse(list(self.folder.glob("stopped.*part-*")))

    def test_query(self):
        write_jsonl(self.folder / "a.jsonl", ["the cat sat on the mat", "a dog sat on the log", "the cat sat"])
        done = self.index(["a.jsonl"], ranks=2)
        for words_, phrases in (("The cat SAT", ("these 3 words stand 2 times", "doc-0, word 0:  [the cat sat] on the mat\n", "doc-2, word 0:  [the cat sat] \n")),
                                ("sat on the log now", ("nowhere in the corpus; the first 4 stand once: sat on the log\n", "doc-1, word 2: a dog [sat on the log]")),
                                ("bird", ("this word stands nowhere in the corpus\n",)), ("bird on", ("nor does the first",)), ("the", ("stands 4 times",))):
            answer = self.call("query", done.file.name, words_, ranks=2)
            self.assertEqual(answer.code, DONE, answer.log)
            for phrase in phrases:
                self.assertIn(phrase, answer.out)
        self.assertEqual(self.call("query", done.file.name, "...").code, BAD_COMMAND_LINE)
        self.assertEqual(self.call("query", done.file.name, "--state", "3").code, BAD_COMMAND_LINE)

    def test_check_says_sizes(self):
        write_jsonl(self.folder / "a.jsonl", TEXTS)
        (self.folder / "job.toml").write_text(job_text(corpus={"files": ["a.jsonl"]}))
        done = self.call("check", "corpus_index", "-c", "job.toml")
        self.assertEqual(done.code, DONE, done.log)
        self.assertRegex(done.out, r"documents +7\n")
        self.assertRegex(done.out, r"index on the disk +\d")

    def test_broken_documents(self):
        good = json.dumps({"id": "good", "text": "all is well"})
        for bad, reason in ((b'{"text": "\xff\xfe"}', "broken UTF-8"), (b"{oops", "no JSON"), (b'{"id": "x"}', 'the field "text" is absent'), (b"[1]", "no JSON object")):
            (self.folder / "bad.jsonl").write_bytes(f"{good}\n\n{good}\n".encode() + bad + f"\n{good}\n".encode())
            for ranks in (1, 3):
                refused = self.index(["bad.jsonl"], ranks=ranks)
                self.assert_ends(refused, BAD_INPUT, "bad.jsonl:4: ", reason, 'corpus.broken = "skip"')
            skipped = self.index(["bad.jsonl"], broken="skip", ranks=2)
            self.assert_ends(skipped, DONE, "broken documents passed over: 1", "bad.jsonl:4: ")
            self.check(skipped.file, [words("all is well")] * 3)
            self.assertEqual(skipped.attribute("results", "skipped_documents"), 1)

    def test_refused(self):
        (self.folder / "empty.jsonl").write_text("\n")
        self.assert_ends(self.index(["empty.jsonl"]), BAD_INPUT, "the corpus is empty")
        self.assert_ends(self.index(["nothing-*.jsonl"]), BAD_INPUT, "was not found")
        self.assert_ends(self.index(["empty.jsonl"], tokens="letters"), BAD_JOB_FILE, "corpus.tokens")
        (self.folder / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"text": "a b c"}\n' * 1000)[:40])
        self.assert_ends(self.index(["cut.jsonl.gz"]), BAD_INPUT, "cut.jsonl.gz: cannot be unpacked")


if __name__ == "__main__":
    main()
