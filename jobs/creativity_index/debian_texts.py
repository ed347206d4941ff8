#!/usr/bin/env python3
"""Writes reference.jsonl and targets.jsonl from what Debian packages carry: the books of the King James Bible and common licences are the corpus, an
anarchist FAQ's pages and the copyright files of the installed packages the targets.

    apt-get install bible-kjv anarchism
    jobs/creativity_index/debian_texts.py
"""
import gzip
import json
import pathlib
import subprocess
import sys

SHARE = pathlib.Path("/usr/share")
LEAST_WORDS, MOST_WORDS = 100, 400


def books():
    try:
        verses = subprocess.run(["bible", "-f", "gen1:1-rev22:21"], capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        sys.exit("debian_texts.py: there is no bible; apt-get install bible-kjv anarchism")
    texts = {}
    for line in verses.splitlines():
        place, _, verse = line.partition(" ")
        book = place.partition(":")[0]
        texts.setdefault(book.rstrip("0123456789"), []).append(verse)
    return {book: " ".join(verses) for book, verses in texts.items()}


def read(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", errors="replace") as file:
        return file.read()


def excerpts(kind, paths):
    """The first words of each file that has enough of them."""
    for path in sorted(paths):
        words = read(path).split()
        if len(words) >= LEAST_WORDS:
            yield {"id": str(path), "kind": kind, "text": " ".join(words[:MOST_WORDS])}


def write(name, records):
    with open(name, "w", encoding="utf-8") as file:
        count = [file.write(json.dumps(record) + "\n") for record in records]
    print(f"{name}: {len(count)} texts")


licences = [p for p in sorted((SHARE / "common-licenses").iterdir()) if not p.is_symlink()]
write("reference.jsonl", [{"id": book, "text": text} for book, text in books().items()] + [{"id": p.name, "text": read(p)} for p in licences])
pages = list((SHARE / "doc/anarchism/markdown").glob("*.md.gz"))
if not pages:
    sys.exit("debian_texts.py: there is no /usr/share/doc/anarchism/markdown; apt-get install bible-kjv anarchism")
write("targets.jsonl", [*excerpts("faq", pages), *excerpts("copyright", [p for p in SHARE.glob("doc/*/copyright") if not p.parent.is_symlink()])])
