"""Word vectors as dense matrices: counts by a double loop, positive pointwise mutual information, numpy's singular value decomposition."""
import numpy as np


def near_words(documents, words, window):
    """documents: lists of word numbers from 0; words from `words` on take their place and count for nothing."""
    counts = np.zeros((words, words))
    for document in documents:
        for i, word in enumerate(document):
            for other in document[max(0, i - window):i] + document[i + 1:i + 1 + window]:
                if word < words and other < words:
                    counts[word, other] += 1
    return counts


def mutual_information(counts, smoothing, shift):
    context = counts.sum(axis=0)
    smoothed = np.where(context > 0, np.maximum(context, 1) ** smoothing, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.log(counts / counts.sum(axis=1)[:, None] / (smoothed / smoothed.sum())[None, :]) - np.log(shift)
    return np.where(counts > 0, np.maximum(information, 0), 0)


def word_vectors(documents, words, window, components, smoothing, shift, exponent):
    """-> unit rows [words, components], of no direction 0; all singular values"""
    left, singular, _ = np.linalg.svd(mutual_information(near_words(documents, words, window), smoothing, shift))
    rows = left[:, :components] * singular[:components] ** exponent
    rows *= np.where(np.take_along_axis(rows, np.abs(rows).argmax(axis=0)[None, :], axis=0) < 0, -1, 1)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 1e-12), singular
