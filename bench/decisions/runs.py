"""Runs of Bellshard that are timed."""
import pathlib
import subprocess
import tempfile
import time

import h5py


def bellshard(asked, job, text, folder, ranks=1):
    """Seconds from start to end, seconds of all sweeps, the result's file. A run that did not converge counts too."""
    (folder / "job.toml").write_text(text)
    start = [*asked.mpiexec, "-n", str(ranks)] if ranks > 1 else []
    begin = time.monotonic()
    run = subprocess.run([*start, asked.program.resolve(), "run", job, "-c", "job.toml", "--restart", "never"], cwd=folder, capture_output=True, text=True)
    seconds = time.monotonic() - begin
    if run.returncode not in (0, 5):
        raise SystemExit(run.stderr)
    file = folder / f"{job}.h5"
    with h5py.File(file) as opened:
        return seconds, float(opened["trace/seconds"][-1]), file


def results_of(asked, job, text, ranks=1):
    """Seconds from start to end, and the result's variables, with those of all sweeps as trace_seconds."""
    with tempfile.TemporaryDirectory(prefix="bellshard-race-") as name:
        seconds, sweeps, file = bellshard(asked, job, text, pathlib.Path(name), ranks)
        with h5py.File(file) as opened:
            results = {key: value[()] for key, value in opened["results"].items() if isinstance(value, h5py.Dataset)}
    return seconds, {**results, "trace_seconds": sweeps}
