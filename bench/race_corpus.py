#!/usr/bin/env python3
"""An index of a large made-up corpus and longest matches in it: Bellshard beside infini-gram (PyPI), same tokens, same machine, one run.

    bench/race_corpus.py build/bin/bellshard --tokens 2e8 --ranks 2

The corpus is a walk over the word pairs of real texts (--words, by default the copyright files of the machine's Debian packages), so words
come as often as they do there; every fifth document repeats a run of an earlier one. Half of the targets are cut from the corpus and
changed here and there, half are walks of their own. infini-gram gets the tokens of the index that Bellshard made, sorts them with its own indexer and answers with its
engine's `creativity`, its files loaded to memory. Both must give the same lengths.
"""
import argparse
import glob
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

from private_environment import inside_environment

PACKAGES = ["infini-gram", "h5py", "numpy", "tqdm"]
WALKS = 4096        # documents that are written at a time
DOCUMENT = 500      # words
TARGET = 150


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built bellshard")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "bellshard-race")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("race_corpus"), help="where the corpus and the indexes lie; what is there is used again")
    parser.add_argument("--tokens", type=float, default=2e7)
    parser.add_argument("--targets", type=int, default=2000)
    parser.add_argument("--words", default="/usr/share/doc/*/copyright", help="texts whose word pairs are walked over")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mpiexec", nargs="*", default=["mpirun", "--bind-to", "none"])
    return parser.parse_args()


class Walker:
    """Random walks over the word pairs of texts, many at a time."""

    def __init__(self, pattern, seed):
        import numpy as np
        text = [w for path in sorted(glob.glob(pattern)) for w in re.findall(r"[a-z]+", pathlib.Path(path).read_text(errors="ignore").lower())]
        self.words, ids = np.unique(np.array(text), return_inverse=True)
        order = np.argsort(ids[:-1], kind="stable")
        self.next, self.first = ids[1:][order], np.searchsorted(ids[:-1][order], np.arange(len(self.words) + 1))
        self.rng, self.ids = np.random.default_rng(seed), ids

    def walk(self, walks, length):
        import numpy as np
        at = self.rng.choice(self.ids, walks)
        path = np.empty((walks, length), dtype=np.int32)
        for step in range(length):
            path[:, step] = at
            count = self.first[at + 1] - self.first[at]
            jump = self.rng.random(walks) < 0.1  # to a word of any text: a pair alone is followed too long
            at = np.where(jump | (count == 0), self.rng.choice(self.ids, walks), self.next[np.minimum(self.first[at] + (self.rng.random(walks) * count).astype(int), len(self.next) - 1)])
        return path


def make_texts(asked):
    import numpy as np
    corpus, targets = asked.folder / "corpus.jsonl", asked.folder / "targets.jsonl"
    if corpus.exists() and targets.exists():
        return
    walker = Walker(asked.words, asked.seed)
    with open(corpus, "w") as out:
        written = 0
        while written < asked.tokens:
            block = walker.walk(WALKS, DOCUMENT)
            for k in range(4, WALKS, 5):  # repeats of 30 to 300 words
                length, source = walker.rng.integers(30, 300), walker.rng.integers(k)
                a, b = walker.rng.integers(DOCUMENT - length, size=2)
                block[k, a:a + length] = block[source, b:b + length]
            out.writelines('{"text": "%s"}\n' % " ".join(row) for row in walker.words[block].tolist())
            written += block.size
    last = block
    with open(targets, "w") as out:
        own = walker.walk(asked.targets, TARGET)
        for t in range(asked.targets):
            if t % 2:
                begin = walker.rng.integers(DOCUMENT - TARGET)
                changed = walker.rng.random(TARGET) < 0.05
                own[t] = np.where(changed, own[t], last[walker.rng.integers(WALKS), begin:begin + TARGET])
            out.write(json.dumps({"id": t, "text": " ".join(walker.words[own[t]])}) + "\n")


def bellshard(asked, job, *keys):
    """-> seconds of the whole run, peak memory of a rank [B]; the job's result lies in the folder"""
    words = [w for key in keys for w in ("--set", key)]
    begin = time.monotonic()
    ranks = subprocess.Popen([*asked.mpiexec, "-n", str(asked.ranks), asked.program.resolve(), "run", job, "--restart", "never", *words], cwd=asked.folder,
                             env={**os.environ, "OMP_NUM_THREADS": "1"})
    _, status, usage = os.wait4(ranks.pid, 0)  # of the launcher and the ranks that it waited for
    ranks.returncode = os.waitstatus_to_exitcode(status)
    if ranks.returncode != 0:
        sys.exit(f"bellshard run {job} left with {ranks.returncode}")
    return time.monotonic() - begin, usage.ru_maxrss * 1024


def seconds_of(path):
    """Of all sweeps [s]."""
    import h5py
    with h5py.File(path) as file:
        return float(file["trace/seconds"][-1])


def infini_gram(asked):
    """Its index of the same tokens: seconds, bytes; then its engine."""
    import h5py
    import numpy as np
    import infini_gram
    from infini_gram.engine import InfiniGramEngine
    folder = (asked.folder / "infini-gram").resolve()
    folder.mkdir(exist_ok=True)
    with h5py.File(asked.folder / "index.h5") as file:
        assert file["results/token"].dtype == np.uint16, "infini-gram is asked with 2 bytes a token"
        tokens, offset = file["results/token"][()], file["results/document_offset"][()]
    # Its documents begin with a separator of 0xFFFF, ours end with one of 0.
    stream = np.concatenate([[0], tokens[:-1]]).astype(np.uint16)
    stream[offset[:-1]] = 0xFFFF
    stream.tofile(folder / "tokenized.0")
    (2 * offset[:-1]).astype(np.uint64).tofile(folder / "offset.0")
    (folder / "table.0").unlink(missing_ok=True)
    begin = time.monotonic()
    subprocess.run([sys.executable, pathlib.Path(infini_gram.__file__).parent / "indexing.py", "--data_dir", folder, "--save_dir", folder, "--temp_dir", folder, "--token_dtype", "u16",
                    "--shards", "1", "--workers", "1", "--cpus", str(asked.ranks), "--mem", "8", "--ulimit", "1024"], check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - begin
    size = sum((folder / name).stat().st_size for name in ("tokenized.0", "table.0"))
    return seconds, size, InfiniGramEngine(index_dir=str(folder), eos_token_id=0, token_dtype="u16", load_to_ram=True)


def main():
    asked = options()
    asked.cache, asked.folder = asked.cache.resolve(), asked.folder.resolve()
    inside_environment(asked.cache, PACKAGES)
    import h5py
    import numpy as np
    asked.folder.mkdir(parents=True, exist_ok=True)
    make_texts(asked)

    whole, memory = bellshard(asked, "corpus_index", 'corpus.files=["corpus.jsonl"]')
    with h5py.File(asked.folder / "index.h5") as file:
        positions = file["results/token"].shape[0]
        size = file["results/token"].id.get_storage_size() + file["results/suffix"].id.get_storage_size()
        letters, border = bytes(file["results/word_letters"][()]), file["results/word_offset"][()]
        words = {letters[a:b].decode(): k + 1 for k, (a, b) in enumerate(zip(border[:-1], border[1:]))}
    sorting = positions / seconds_of(asked.folder / "index.h5")
    searching = []
    for _ in range(asked.repeats):
        bellshard(asked, "creativity_index", 'index.file="index.h5"', 'targets.file="targets.jsonl"')
        searching.append(seconds_of(asked.folder / "creativity.h5"))
    with h5py.File(asked.folder / "creativity.h5") as file:
        longest, offset = file["results/longest_match"][()], file["results/target_offset"][()]

    seconds, their_size, engine = infini_gram(asked)
    texts = [[words.get(w, 0xFFFE) for w in json.loads(line)["text"].split()] for line in open(asked.folder / "targets.jsonl")]
    theirs = []
    for _ in range(asked.repeats):
        begin = time.monotonic()
        answers = [engine.creativity(input_ids=text)["rs"] for text in texts]
        theirs.append(len(longest) / (time.monotonic() - begin))
    lengths = [np.array(rs) - np.arange(len(rs)) for rs in answers]
    wrong = sum(int((a != longest[offset[k]:offset[k + 1]]).sum()) for k, a in enumerate(lengths))

    ours, peer = len(longest) / statistics.median(searching), statistics.median(theirs)
    print(f"{positions:,} positions, {len(words):,} words, {len(longest):,} words of targets; {asked.ranks} ranks x 1 thread; {os.cpu_count()} cores; lengths that differ: {wrong}\n")
    print("| | Bellshard | infini-gram | ratio |\n|---|---|---|---|")
    print(f"| index, from texts (ours) and from tokens (theirs) [s] | {whole:.1f} | {seconds:.1f} | {seconds / whole:.2f} |")
    print(f"| sorted with reading of the texts [million tokens/s] | {sorting / 1e6:.2f} | {positions / seconds / 1e6:.2f} | {sorting / (positions / seconds):.2f} |")
    print(f"| tokens and suffixes on the disk [bytes a token] | {size / positions:.2f} | {their_size / positions:.2f} | {their_size / size:.2f} |")
    print(f"| longest matches (ours: with counts and places of spans) [thousand/s], median of {asked.repeats} | {ours / 1e3:.1f} | {peer / 1e3:.1f} | {ours / peer:.2f} |")
    print(f"| peak memory of a rank while the index is made [GB] | {memory / 1e9:.2f} | - | - |")


main()
