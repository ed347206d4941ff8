"""Files stay short, are named after what they hold, are finished, and know no machine."""
import re

from tree import Tree, line_of, main

LONGEST = 400
SOURCE = r"\.(hpp|cpp|py|cmake|sh|sbatch|in)$|CMakeLists\.txt$|^scripts/|^\.ci/"
EMPTY_NAMES = {"util", "utils", "utility", "utilities", "helper", "helpers", "manager", "misc", "stuff"}
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
# A clock that jumps when it is set; files and locks say by it when they were made, nothing else goes by it.
JUMPING_CLOCK = re.compile(r"\bsystem_clock\b|\bgettimeofday\b|\bCLOCK_REALTIME\b|\bstd::time\(|\bMPI_Wtime\b")
MAY_TELL_TIME = ("io/hdf5/run_file.cpp", "src/runtime/folder_lock.cpp")
# Homes and mounts of one machine, addresses, package mirrors.
MACHINE = re.compile(r"(?<![\w.$}~-])/(?:work|home|root|Users|mnt|media)/\w"
                     r"|\b(?!127\.0\.0\.1\b|0\.0\.0\.0\b)(?:\d{1,3}\.){3}\d{1,3}\b"
                     r"|\bhttps?://[\w.-]*(?:debian|ubuntu)\.(?:org|com)/(?:debian|ubuntu)")


def complaints(tree: Tree):
    found = []
    for path, text in tree.texts.items():
        words = set(re.split(r"[_./-]", path.lower()))
        if words & EMPTY_NAMES:
            found.append(f"{path}: a name says what a file holds; \"{(words & EMPTY_NAMES).pop()}\" says nothing")
        if re.search(SOURCE, path):
            lines = text.count("\n")
            if lines > LONGEST:
                found.append(f"{path}: {lines} lines; {LONGEST} is the most, 60 to 200 the aim")
            found += [f"{path}:{line_of(text, m.start())}: {m.group()}: finish it, or say the limit in plain words"
                      for m in UNFINISHED.finditer(text)]
        found += [f"{path}:{line_of(text, m.start())}: {m.group()}... belongs to one machine" for m in MACHINE.finditer(text)]
        if re.match(r"(src|kernels|io|jobs)/", path) and path not in MAY_TELL_TIME:
            found += [f"{path}:{line_of(text, m.start())}: {m.group()} jumps when the clock is set; measure by steady_clock" for m in JUMPING_CLOCK.finditer(text)]
    return found


main(complaints,
     bad={"src/base/string_utils.hpp": "",
          "src/base/long.cpp": "\n" * 401,
          "src/drive/cadence.cpp": "auto t = std::chrono::system_" + "clock::now();\n",
          "src/base/later.cpp": "// TO" + "DO\n",
          "scripts/here": "cd /ho" + "me/somebody/bellshard\n",
          "docs/there.md": "ssh 10.0.7." + "15\n",
          "slurm/mirror.sh": "curl http://deb.debian." + "org/debian/pool\n"},
     good={"src/base/hash.cpp": "\n" * 400, "docs/cluster.md": "$HOME/work/x 127.0.0.1 version 1.10.8 ~/work/y\n"})
