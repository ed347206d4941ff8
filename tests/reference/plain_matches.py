"""Plain answers about texts and a corpus, from sets of n-grams and slices alone: no suffix array, no shards."""
import re
import unicodedata


def words(text, fold=True, punctuation=False):
    """The rule of the documents, written down again: letters, marks and numbers, apostrophes between them; NFKC, case folded."""
    kinds = ["'" if c in "'\u2019" else {"L": "w", "M": "w", "N": "w", "Z": " ", "C": " "}.get(unicodedata.category(c)[0], ".") for c in text]
    found = []
    for match in re.finditer(r"w+(?:'w+)*|[.']", "".join(kinds)):
        raw = text[match.start():match.end()].replace("\u2019", "'")
        if kinds[match.start()] != "w" and not punctuation:
            continue
        found.append(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", raw).casefold() if fold else raw))
    return found


class Corpus:
    def __init__(self, documents):
        self.documents = documents
        self.grams = {}

    def has(self, gram):
        """Does a document hold these words in a row?"""
        n = len(gram)
        if n not in self.grams:
            self.grams[n] = {tuple(d[i:i + n]) for d in self.documents for i in range(len(d) - n + 1)}
        return tuple(gram) in self.grams[n]

    def places(self, gram):
        return [(k, i) for k, d in enumerate(self.documents) for i in range(len(d) - len(gram) + 1) if d[i:i + len(gram)] == list(gram)]

    def longest(self, text):
        result = []
        for at in range(len(text)):
            length = 0
            while at + length < len(text) and self.has(text[at:at + length + 1]):
                length += 1
            result.append(length)
        return result

    def two_pointers(self, text, least):
        """Verbatim DJ search: the recorded spans and how many questions it asked."""
        begin, end, spans, asked = 0, least, [], 0
        while end <= len(text):
            asked += 1
            if self.has(text[begin:end]):
                if spans and begin <= spans[-1][0] and spans[-1][1] <= end:
                    spans[-1] = (begin, end)
                else:
                    spans.append((begin, end))
                end += 1
            elif end - begin > least:
                begin += 1
            else:
                begin, end = begin + 1, end + 1
        return spans, asked


def covered(spans, least):
    return {w for begin, end in spans if end - begin >= least for w in range(begin, end)}


def maximal(longest, least):
    """Matches of at least so many words that lie in no other one."""
    spans = [(at, at + n) for at, n in enumerate(longest) if n >= least]
    return [s for s in spans if not any(t != s and t[0] <= s[0] and s[1] <= t[1] for t in spans)]
