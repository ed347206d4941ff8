"""Spans of a text that documents hold nearly, by trying every window of every document: the relaxed word mover's similarity in both directions."""
from collections import Counter

import numpy as np


def by_frequency(documents):
    counts = Counter(w for d in documents for w in d)
    return sorted(counts, key=lambda w: (-counts[w], w.encode()))


class NearCorpus:
    def __init__(self, documents, vectors, common, threshold, least_content, longest_window, out="|"):
        """vectors: word -> unit vector; common: words that are no content; out: stands where a document was taken out, and is not crossed"""
        self.documents, self.vectors, self.common, self.out = documents, vectors, set(common), out
        self.threshold, self.least_content, self.longest_window = threshold, least_content, longest_window
        self.known = {w for d in documents for w in d} - {out}

    def similarity(self, a, b):
        if a == b:
            return float(a in self.known)
        if a in self.vectors and b in self.vectors:
            return min(1.0, float(np.dot(self.vectors[a], self.vectors[b])))
        return 0.0

    def content(self, text):
        return [w for w in text if w not in self.common]

    def score(self, span, window):
        table = np.array([[self.similarity(a, b) for b in window] for a in span])
        return min(np.mean(table.max(axis=0)), np.mean(table.max(axis=1)))

    def windows(self, span, document):
        """(score, first position, behind the last one) of the windows of a document that are near these content words"""
        run = []
        for at, word in [*enumerate(document), (len(document), self.out)]:
            if word == self.out:
                yield from self.windows_of_run(span, run)
                run = []
            elif word not in self.common:
                run.append((at, word))

    def windows_of_run(self, span, run):
        if not run:
            return
        table = np.array([[self.similarity(a, b) for _, b in run] for a in span])
        for begin in range(len(run)):
            for end in range(begin + self.least_content, min(len(run), begin + self.longest_window) + 1):
                there = np.mean(table[:, begin:end].max(axis=0))
                if there < self.threshold:
                    continue
                score = min(there, np.mean(table[:, begin:end].max(axis=1)))
                if score >= self.threshold:
                    yield score, run[begin][0], run[end - 1][0] + 1

    def best(self, span, documents):
        """(score, document, position, behind the last one) of the best window, or None"""
        found = [(score, d, begin, end) for d in documents for score, begin, end in self.windows(span, self.documents[d])]
        return max(found, key=lambda f: (f[0], -f[1], -f[2], -f[3]), default=None)

    def spans(self, text, least, documents):
        """Two pointers, as in the verbatim search: (begin, end, best window)"""
        begin, end, spans = 0, least, []
        while end <= len(text):
            span = self.content(text[begin:end])
            found = self.best(span, documents) if len(span) >= self.least_content else None
            if found:
                if spans and begin <= spans[-1][0] and spans[-1][1] <= end:
                    spans.pop()
                spans.append((begin, end, found))
                end += 1
            elif end - begin > least:
                begin += 1
            else:
                begin, end = begin + 1, end + 1
        return spans
