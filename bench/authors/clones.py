"""Authors' repositories: taken out of a clone as its newest commit has them, into a folder that goes away again, and imported from there. Nothing of theirs is kept or changed."""
import contextlib
import importlib
import io
import pathlib
import subprocess
import sys
import time
import types


def take_out(clone, paths, into):
    """Files of the newest commit of a clone or git directory. Returns the commit; parts that a shallow copy lacks are not asked for."""
    git = ["git", "--git-dir", str(clone / ".git" if (clone / ".git").exists() else clone)]
    archive = subprocess.run([*git, "archive", "HEAD", *paths], capture_output=True)
    if archive.returncode != 0:
        raise SystemExit(f"{clone}: {archive.stderr.decode().strip() or 'git cannot read it'}; give a clone with its newest commit")
    subprocess.run(["tar", "x", "-C", into], input=archive.stdout, check=True)
    return subprocess.run([*git, "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


@contextlib.contextmanager
def modules_of(folder, names, stubs=()):
    """Their modules, imported from `folder`; a stub is an empty module in the place of one that they import and the race does not need."""
    before, path = dict(sys.modules), list(sys.path)
    try:
        sys.path.insert(0, str(folder))
        for name in stubs:
            sys.modules[name] = types.ModuleType(name)
        yield [importlib.import_module(name) for name in names]
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - set(before):
            if not (getattr(sys.modules[name], "__file__", None) or str(folder)).startswith(str(folder)):
                continue  # NumPy's and SciPy's own stay
            del sys.modules[name]
        for name in stubs:
            if name in before:
                sys.modules[name] = before[name]


def timed(work, *arguments, **named):
    """What it returns, and its seconds; what it prints is not shown."""
    with contextlib.redirect_stdout(io.StringIO()):
        begin = time.perf_counter()
        found = work(*arguments, **named)
        return found, time.perf_counter() - begin


def present(clone):
    return clone is not None and pathlib.Path(clone).is_dir()
