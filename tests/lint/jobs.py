"""One stem per job: its folder, its test, its row in the catalogue and its registered name."""
import re

from tree import Tree, main

PARTS = ("job.cpp", "README.md", "example.toml")


def complaints(tree: Tree):
    found = []
    catalogue = tree.texts.get("docs/jobs.md", "")
    for job in sorted({path.split("/")[1] for path in tree.paths(r"^jobs/[^/]+/")}):
        folder = f"jobs/{job}"
        found += [f"{folder}: has no {part}" for part in PARTS if f"{folder}/{part}" not in tree.texts]
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", job):
            found.append(f"{folder}: the name is not snake_case")
        if not tree.paths(rf"^tests/jobs/({job}[/.]|test_{job}[._])"):
            found.append(f"{folder}: has no test in tests/jobs/{job}/")
        if not re.search(rf"^\|[^|]*\b{job}\b[^|]*\|", catalogue, re.M):
            found.append(f"{folder}: has no row in docs/jobs.md")
        names = [name for path in tree.paths(rf"^{folder}/.*\.cpp$")
                 for name in re.findall(r"\bBELLSHARD_JOB\(\s*(\w+)", tree.code(path))]
        if names != [job]:
            found.append(f"{folder}: registers {names or 'nothing'}; it must register {job}, once")
    return found


def whole_job(name):
    return {f"jobs/{name}/job.cpp": f'BELLSHARD_JOB({name}, SomeJob, "sums up");\n', f"jobs/{name}/README.md": "",
            f"jobs/{name}/example.toml": "", f"tests/jobs/{name}/test_{name}.cpp": ""}


# Each bad job is whole but for one thing.
SAMPLE = {path: text for name in ("whole", "bare", "untested", "renamed", "unlisted", "Loud") for path, text in whole_job(name).items()}
SAMPLE["docs/jobs.md"] = "| job | what |\n|---|---|\n" + "".join(
    f"| [{name}](../jobs/{name}) | sums up |\n" for name in ("whole", "bare", "untested", "renamed", "Loud"))
del SAMPLE["jobs/bare/README.md"], SAMPLE["tests/jobs/untested/test_untested.cpp"]
SAMPLE["jobs/renamed/job.cpp"] = 'BELLSHARD_JOB(other, SomeJob, "sums up");\n'
BAD = {f"jobs/{name}": "" for name in ("bare", "untested", "renamed", "unlisted", "Loud")}

main(complaints, bad=BAD, good=SAMPLE)
