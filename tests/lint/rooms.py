"""Room borders: no #include goes upward, and each third-party header is seen only where its room may see it."""
import re

from tree import Tree, line_of, main

MAY_INCLUDE = {
    "src/base": [],
    "src/dense": ["src/base"],
    "kernels": ["src/base"],
    "io": ["src/base"],
    "src/config": ["src/base"],
    "src/runtime": ["src/base"],
    "src/dist": ["src/base", "src/runtime", "kernels"],
    "src/drive": ["src/base", "src/runtime", "src/dist", "src/config", "kernels", "io"],
    "src/mdp": ["src/base", "src/runtime", "src/dist", "src/config", "src/drive", "kernels", "io"],
    "src/corpus": ["src/base", "src/runtime", "src/dist", "src/config", "src/drive", "kernels", "io"],
    "src/allocation": ["src/base", "src/runtime", "src/dist", "src/config", "src/drive", "kernels", "io"],
    "src/network": ["src/base", "src/runtime", "src/dist", "src/config", "src/drive", "kernels", "io"],
    "jobs": ["src/base", "src/runtime", "src/dist", "src/config", "src/drive", "src/mdp", "src/corpus", "src/allocation", "src/network", "src/dense", "kernels", "io"],
    "src/app": ["src/base", "src/runtime", "src/dist", "src/config", "src/drive", "src/mdp", "src/corpus", "kernels", "io"],  # jobs: by the registry
}
# Header pattern -> the folders that may include it. Tests and benchmarks may include all of them.
THIRD_PARTY = {
    r"fmt/": ["src", "io", "jobs"],
    r"xxhash\.h|openssl/": ["src/base"],
    r"spdlog/": ["src/runtime"],
    r"Random123/": ["kernels/sample"],
    r"mpi\.h": ["src/runtime", "src/dist", "src/drive", "src/mdp", "src/corpus", "src/allocation", "src/network", "src/app", "io"],
    r"Kokkos_": ["src/runtime", "src/dist", "src/drive", "src/mdp", "src/corpus", "src/allocation", "src/network", "kernels", "jobs"],
    r"hdf5\.h|hdf5/|H5\w*\.h": ["io/hdf5", "io/checkpoint"],
    r"toml\+\+/": ["src/config"],
    r"CLI/": ["src/app"],
    r"nlohmann/": ["src/app", "io"],
    r"simdjson": ["io/text"],
    r"sentencepiece_": ["src/corpus"],
    r"Eigen/": ["src/dense"],
    r"utf8proc\.h": ["src/corpus"],
    r"archive(_entry)?\.h": ["io/umb", "io/text"],
    r"cub/": ["kernels/sort"],
    r"catch2/|benchmark/": [],
}
ONE_FILE = r"toml\+\+/|CLI/|nlohmann/|simdjson|Eigen/|sentencepiece_"  # 10 to 27 s to compile
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


def room_of(path):
    return next((room for room in MAY_INCLUDE if path.startswith(room + "/")), None)


def inside(path, folders):
    return any(path.startswith(folder + "/") for folder in folders)


def own_header_complaint(path, header):
    room, target = room_of(path), room_of(header)
    if target is None:
        return f'"{header}" is not in a room; write the path from the repository root'
    if target == room:
        if room == "jobs" and path.split("/")[1] != header.split("/")[1]:
            return f"a job includes another job, {header}; what two jobs need lives in src"
        return None
    return None if target in MAY_INCLUDE[room] else f"{room} may not include {header} (see DESIGN, rooms)"


def third_party_complaint(path, header):
    for pattern, folders in THIRD_PARTY.items():
        if re.match(pattern, header) and not inside(path, folders):
            return f"<{header}> may be included only in {', '.join(folders) or 'tests and bench'}"
    if re.match(ONE_FILE, header) and not path.endswith(".cpp"):
        return f"<{header}> is slow to compile and stays out of headers"
    return None


def complaints(tree: Tree):
    found, users = [], {}
    for path in tree.paths(r"^(src|kernels|io|jobs)/.*\.(hpp|cpp)$"):
        text = tree.code(path)
        for include in INCLUDE.finditer(text):
            quote, header = include.groups()
            complain = own_header_complaint if quote == '"' else third_party_complaint
            complaint = complain(path, header)
            if complaint:
                found.append(f"{path}:{line_of(text, include.start())}: {complaint}")
            slow = re.match(ONE_FILE, header) if quote == "<" else None
            if slow:
                users.setdefault(slow.group(), {})[path] = True
    for library, paths in users.items():
        first, *others = paths
        found += [f"{path}: <{library}> is already included in {first}; one .cpp is enough" for path in others]
    return found


main(complaints,
     bad={"src/base/a.hpp": '#include "io/hdf5/result_file.hpp"\n',
          "kernels/dp/b.hpp": "#include <mpi.h>\n",
          "kernels/dp/c.hpp": '#include "src/runtime/context.hpp"\n',
          "jobs/one/job.cpp": '#include "jobs/two/job.hpp"\n',
          "src/app/d.cpp": '#include "jobs/one/job.hpp"\n',
          "src/dist/e.cpp": '#include "partition.hpp"\n',
          "io/import/f.cpp": "# include <hdf5.h>\n",
          "src/config/g.hpp": "#include <toml++/toml.h>\n",
          "src/app/y.cpp": "#include <CLI/CLI.hpp>\n",
          "src/drive/h.cpp": "#include <catch2/catch.hpp>\n"},
     good={"src/drive/i.cpp": '#include "src/dist/partition.hpp"\n#include <mpi.h>\n// #include "jobs/one/job.hpp"\n',
           "jobs/one/part.cpp": '#include "jobs/one/part.hpp"\n#include <Kokkos_Core.hpp>\n',
           "src/app/a.cpp": "#include <CLI/CLI.hpp>\n",
           "io/hdf5/j.cpp": "#include <hdf5.h>\n#include <unistd.h>\n"})
