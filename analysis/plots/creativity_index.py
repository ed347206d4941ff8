"""Coverage against L for each group with its interval, and the text with the most matches, marked by source."""
import json
import pathlib
import textwrap
import tomllib

import matplotlib.pyplot as plt
import numpy as np

from plots import style

COLOURS = ("#e4572e", "#2a78b5", "#3a9d5d", "#8b5fbf", "#c9931c", "#5a6a7f", "#b5446e", "#2aa198")
MOST_GROUPS = 8
COLUMNS = 104  # letters in a line of the text
MOST_LINES = 24


def names(results, name, border):
    letters, offset = bytes(results[name][()]), results[border][()]
    return [letters[a:b].decode() for a, b in zip(offset[:-1], offset[1:])]


def group_names(results):
    return [b"".join(np.atleast_1d(row).astype("S1")).rstrip(b"\0").decode() for row in results["group_name"][()]]


def targets_of(file):
    """The texts by name, where the file of the targets lies where the job file says, from here or from the result, not compressed; else none. Broken lines, which a job may pass over, have none."""
    table = tomllib.loads(style.text(file["input"].attrs["job_file"]))["targets"] if "input" in file else {}
    named, texts = pathlib.Path(table.get("file", "")), {}
    path = next((p for p in (named, pathlib.Path(file.filename).parent / named) if p.is_file()), None)
    if path is None:
        return texts
    for line in path.read_bytes().split(b"\n"):
        try:
            record = json.loads(line)
            texts[str(record[table["name_field"]])] = record[table["text_field"]].encode()
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return texts


def draw_coverage(axes, results):
    level = results["min_length"][()]
    shown = group_names(results)[:MOST_GROUPS] if "group_name" in results else []
    for k, name in enumerate(shown):
        colour = COLOURS[k % len(COLOURS)]
        beside = level + 0.6 * ((k + 0.5) / len(shown) - 0.5)  # so that intervals do not hide each other
        for kind, inside in (("", colour), ("near_", "white")):
            if f"group_{kind}coverage" not in results:
                continue
            value, low, high = (results[f"group_{kind}coverage{end}"][k] for end in ("", "_low", "_high"))
            label = f"{name}, nearly" if kind else f"{name} ({results['group_targets'][k]:,})"
            axes.errorbar(beside, value, (value - low, high - value), color=colour, marker="o", markerfacecolor=inside, markersize=3.5, linewidth=0, elinewidth=1, label=label)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("L: words of a match that count")
    axes.set_ylabel("Share of words covered")
    axes.set_ylim(bottom=0)
    axes.grid(color=style.QUIET, alpha=0.25, linewidth=0.6)
    axes.set_title("Coverage, mean with 95 percent interval")
    if shown:
        axes.legend(fontsize=8)


def draw_text(axes, results, texts):
    """Words of one target; those of a maximal match are bold, those of a near span alone slanted, in the colour of the document that holds it."""
    axes.axis("off")
    if "span_target" not in results or not results["span_target"].size:
        axes.set_title("No match is long enough")
        return
    target, start, end, source = (results[f"span_{name}"][()] for name in ("target", "start", "end", "source"))
    k = int(np.argmax(np.bincount(target)))
    offset = results["target_offset"][()]
    of_word, exact = np.full(offset[k + 1] - offset[k], -1), np.zeros(offset[k + 1] - offset[k], dtype=bool)
    if "near_span_target" in results:
        near = [results[f"near_span_{name}"][()] for name in ("target", "start", "end", "source")]
        for s in np.flatnonzero(near[0] == k)[::-1]:
            of_word[near[1][s]:near[2][s]] = near[3][s]
    for s in np.flatnonzero(target == k)[::-1]:
        of_word[start[s]:end[s]], exact[start[s]:end[s]] = source[s], True
    ids = names(results, "target_id", "target_id_offset")
    kinds = "\nbold: word for word; slanted: nearly" if np.any((of_word >= 0) & ~exact) else ""
    axes.set_title(f"{textwrap.shorten(ids[k], 50)}: matches by source{kinds}", fontsize=11)
    if ids[k] not in texts or "position_begin" not in results:
        axes.text(0, 0.95, "The words cannot be shown: the file of the targets is not where the job file says,\nor it is compressed.", va="top", fontsize=9)
        return
    text = texts[ids[k]]
    begin = results["position_begin"][offset[k]:offset[k + 1]]
    sources = names(results, "source_name", "source_name_offset")
    used = list(dict.fromkeys(int(s) for s in of_word if s >= 0))
    column = line = 0
    for w in range(of_word.size):
        word = text[begin[w]:begin[w + 1] if w + 1 < of_word.size else len(text)].decode()
        word = " ".join(word.split()) + (" " if word[-1:].isspace() else "")
        if column + len(word) > COLUMNS:
            column, line = 0, line + 1
        if line == MOST_LINES:
            axes.text(0, 1 - line / (MOST_LINES + 5), "...", family="DejaVu Sans Mono", fontsize=7.5, va="top")
            break
        colour = COLOURS[used.index(of_word[w]) % len(COLOURS)] if of_word[w] >= 0 else style.INK
        axes.text(column / COLUMNS, 1 - line / (MOST_LINES + 5), word, family="DejaVu Sans Mono", fontsize=7.5, va="top", color=colour,
                  weight="bold" if exact[w] else "normal", style="italic" if of_word[w] >= 0 and not exact[w] else "normal")
        column += len(word)
    for n, s in enumerate(used):  # two columns, below the text as far as there is room
        row, side = divmod(n, 2)
        if line + 2 + row < MOST_LINES + 5:
            axes.text(side / 2, 1 - (line + 2 + row) / (MOST_LINES + 5), "\u25a0 " + textwrap.shorten(sources[s], 45), color=COLOURS[n % len(COLOURS)], fontsize=8, va="top")


def draw(file):
    results = file["results"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5), width_ratios=(2, 3), constrained_layout=True)
    draw_coverage(left, results)
    draw_text(right, results, targets_of(file))
    return figure
