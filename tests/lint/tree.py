"""The tracked files of the repository, and what every lint shares: complaints(tree), run on the tree and on a bad sample."""
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED_FOLDERS = re.compile(r"(^|/)(\.git|build[^/]*|out|__pycache__)(/|$)")
BINARY = {".png", ".h5", ".nc", ".pdf", ".gz", ".xz"}


class Tree:
    """Paths, from the repository root, and their texts."""

    def __init__(self, texts):
        self.texts = texts

    @staticmethod
    def of_repository(root):
        root = pathlib.Path(root)
        listed = subprocess.run(["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"],
                                capture_output=True, text=True) if (root / ".git").exists() and shutil.which("git") else None
        if listed and listed.returncode == 0:
            paths = listed.stdout.splitlines()
        else:  # an unpacked archive, or a machine without git
            paths = [p.relative_to(root).as_posix() for p in root.rglob("*")]
        return Tree({p: (root / p).read_text(errors="replace") for p in sorted(paths)
                     if (root / p).is_file() and not SKIPPED_FOLDERS.search(p) and pathlib.PurePath(p).suffix not in BINARY})

    def paths(self, pattern=""):
        return [path for path in self.texts if re.search(pattern, path)]

    def code(self, path):
        """C++ text with its comments blanked and its lines kept."""
        def blank(match):
            piece = match.group()
            return piece if piece[0] in "\"'R" else re.sub(r"[^\n]", " ", piece)
        return re.sub(r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|//[^\n]*|/\*.*?\*/', blank,
                      self.texts[path], flags=re.S)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def main(complaints, bad, good):
    """Lints the repository named on the command line; with --self-test, proves that the lint can fail and can pass:
    both are path -> text, and exactly the places of bad must be complained about."""
    sample_test(complaints, {**bad, **good}, set(bad)) if sys.argv[1:] == ["--self-test"] else lint(complaints)


def sample_test(complaints, sample, expected):
    found = {complaint.split(":")[0] for complaint in complaints(Tree(dict(sorted(sample.items()))))}
    finish([f"self-test: no complaint about {place}" for place in sorted(expected - found)] +
           [f"self-test: a complaint about {place}, which is good" for place in sorted(found - expected)])


def lint(complaints):
    finish(complaints(Tree.of_repository(sys.argv[1])))


def finish(lines):
    for line in lines:
        print(line)
    sys.exit(1 if lines else 0)
