"""Corpora and targets cut by SentencePiece models, unigram and byte pairs, against SentencePiece's own Python module."""
import io
import json
import random
import unittest

import h5py
import numpy as np

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, JobTest, job_text, main
from plain_matches import Corpus

try:
    import sentencepiece
except ImportError:
    sentencepiece = None

SYLLABLES = ["ka", "lo", "mi", "ren", "tu", "sha", "vo", "pel", "dri", "na"]
ODD = ["  two  blanks ", "", " ", "na\u00efve \ufb01nd \u2014 \u4f60\u597d \U0001f600!", "line\nend\ttab", "A\u030angstro\u0308m"]


def made_up_texts(seed, texts=80):
    rng = random.Random(seed)
    words = ["".join(rng.choices(SYLLABLES, k=rng.randrange(1, 4))) for _ in range(60)]
    return [" ".join(rng.choice(words) for _ in range(rng.randrange(1, 60))) + "." for _ in range(texts)]


@unittest.skipIf(sentencepiece is None, "Python's module sentencepiece is not installed")
class SentencePiece(JobTest):
    job_name = "corpus_index"

    def setUp(self):
        super().setUp()
        self.texts = [*made_up_texts(3), *ODD]
        self.write("a.jsonl", self.texts)

    def write(self, name, texts):
        (self.folder / name).write_text("".join(json.dumps({"id": f"d{k}", "text": t}) + "\n" for k, t in enumerate(texts)))

    def model(self, kind, **more):
        """Trains one; -> its encoder"""
        bytes_of = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(self.texts[:80]), model_writer=bytes_of, model_type=kind, minloglevel=2, **{"vocab_size": 70, "hard_vocab_limit": False, **more})
        (self.folder / f"{kind}.model").write_bytes(bytes_of.getvalue())
        return sentencepiece.SentencePieceProcessor(model_proto=bytes_of.getvalue())

    def index(self, model, name="index", ranks=1, parts=0, **tables):
        return self.run_job(job_text(corpus={"files": ["a.jsonl"], "tokens": "sentencepiece", "tokenizer": model}, index={"parts": parts}, **tables), name=name, ranks=ranks)

    def test_ids_are_those_of_the_python_module(self):
        for kind, more in (("unigram", {}), ("bpe", {}), ("bpe", {"byte_fallback": True, "vocab_size": 330}), ("unigram", {"normalization_rule_name": "nmt_nfkc_cf", "add_dummy_prefix": False})):
            encoder = self.model(kind, **more)
            expected = [t for text in self.texts for t in [*(i + 1 for i in encoder.encode(text)), 0]]
            for ranks in (1, 2, 3):
                done = self.index(f"{kind}.model", ranks=ranks)
                self.assert_ends(done, DONE, f"{len(self.texts)} documents")
                np.testing.assert_array_equal(done.result("token"), expected)
            kept = bytes(done.result("tokenizer_model"))
            self.assertEqual(kept, (self.folder / f"{kind}.model").read_bytes())
            self.assertEqual(sentencepiece.SentencePieceProcessor(model_proto=kept).encode(self.texts[0]), encoder.encode(self.texts[0]))

    def test_targets_are_cut_the_same_way(self):
        targets = [self.texts[0][7:60], self.texts[1] + " " + self.texts[2][:30], "quite another text", *ODD, made_up_texts(4)[0]]
        self.write("targets.jsonl", targets)
        for kind in ("unigram", "bpe"):
            encoder = self.model(kind)
            self.assert_ends(self.index(f"{kind}.model", ranks=2), DONE)
            (self.folder / f"{kind}.model").unlink()  # the index holds it
            (self.folder / "c.toml").write_text(job_text(index={"file": "index.h5"}, targets={"file": "targets.jsonl"}, output={"file": "c.h5"}))
            done = self.call("run", "creativity_index", "-c", "c.toml", ranks=2, file=self.folder / "c.h5")
            self.assertEqual(done.code, DONE, done.log)

            corpus = Corpus([encoder.encode(t) for t in self.texts])
            known = [[-1 if i == encoder.unk_id() else i for i in encoder.encode(t)] for t in targets]  # what no piece stands for matches nothing
            np.testing.assert_array_equal(done.result("longest_match"), [n for t in known for n in corpus.longest(t)])
            self.assertGreater(done.result("longest_match").max(), 20)
            for variable, end in (("position_begin", "begin"), ("position_end", "end")):
                at = [len(t[:getattr(p, end)].encode()) for t in targets for p in encoder.encode(t, out_type="immutable_proto").pieces]
                np.testing.assert_array_equal(done.result(variable), at)

    def test_query(self):
        encoder = self.model("unigram")
        done = self.index("unigram.model", ranks=2)
        words = " ".join(self.texts[5].split()[2:5])
        ids = encoder.encode(words)
        times = len(Corpus([encoder.encode(t) for t in self.texts]).places(ids))
        answer = self.call("query", done.file.name, words)
        self.assertEqual(answer.code, DONE, answer.log)
        self.assertIn(f"these {len(ids)} pieces stand {'once' if times == 1 else f'{times} times'} in the corpus\n", answer.out)
        self.assertIn(f"[{words}]", answer.out)
        self.assertIn("  d5, piece ", answer.out)
        self.assertIn("nowhere in the corpus", self.call("query", done.file.name, "\U0001f600").out)  # though the corpus has something unknown

    def test_vectors_of_pieces(self):
        encoder = self.model("unigram")
        largest = max(i for t in self.texts for i in encoder.encode(t))
        done = self.index("unigram.model", ranks=2, vectors={"components": 4})
        self.assertEqual(done.result("vector").shape, (largest + 1, 4))
        piece = encoder.id_to_piece(7)
        (self.folder / "v.txt").write_text(f"{piece} 0 2\nnosuchpiece 1 1\n")
        done = self.index("unigram.model", vectors={"file": "v.txt"})
        np.testing.assert_array_equal(np.flatnonzero(done.result("vector").any(axis=1)), [7])

    def test_opens_in_xarray(self):
        import xarray
        self.model("unigram")
        done = self.index("unigram.model")
        with xarray.open_dataset(done.file, group="results", engine="h5netcdf") as results:
            self.assertEqual(results["tokenizer_model"].dims, ("tokenizer_byte",))
            self.assertEqual(results.attrs["tokens"], "sentencepiece")
            self.assertNotIn("case", results.attrs)

    def test_refused(self):
        self.model("unigram")
        for name, content in (("no.model", b"this is no model"), ("empty.model", b""), ("cut.model", (self.folder / "unigram.model").read_bytes()[:700])):
            (self.folder / name).write_bytes(content)
            for ranks in (1, 3):
                self.assert_ends(self.index(name, ranks=ranks), BAD_INPUT, f"{name}: is no SentencePiece model")
        self.assert_ends(self.index("absent.model"), BAD_INPUT, "absent.model")
        corpus = {"files": ["a.jsonl"], "tokens": "sentencepiece"}
        self.assert_ends(self.run_job(job_text(corpus=corpus)), BAD_JOB_FILE, "corpus.tokenizer")
        self.assert_ends(self.run_job(job_text(corpus={**corpus, "tokenizer": "unigram.model", "case": "keep"})), BAD_JOB_FILE, "corpus.case has no use")
        self.assert_ends(self.run_job(job_text(corpus={**corpus, "tokens": "words", "tokenizer": "unigram.model"})), BAD_JOB_FILE, "corpus.tokenizer")

    def test_a_damaged_model_in_an_index(self):
        self.model("unigram")
        done = self.index("unigram.model")
        with h5py.File(done.file, "r+") as file:
            file["results/tokenizer_model"][100] ^= 1
        refused = self.call("query", done.file.name, "ka lo", ranks=2)
        self.assertEqual(refused.code, BAD_INPUT, refused.log)
        self.assertIn("/results/tokenizer_model is not the one", refused.log)


if __name__ == "__main__":
    main()
