"""Runs the program itself, with a job that ends as it is told: exit codes, messages, stdout, one rank and several.

usage: command_line_program.py PROGRAM MPIEXEC [MPIEXEC'S OPTIONS]...
"""
import os
import subprocess
import sys
import tempfile
import time

program, launcher = sys.argv[1], sys.argv[2:]
failures = 0


def run(*words, ranks=0, stdin=None, stdout=subprocess.PIPE):
    prefix = [*launcher, "-n", str(ranks)] if ranks else []
    done = subprocess.run([*prefix, program, *words], stdin=subprocess.DEVNULL if stdin is None else None, input=stdin,
                          stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=120)
    return done.returncode, done.stdout or "", done.stderr


def expect(what, holds, *seen):
    global failures
    if not holds:
        failures += 1
        print(f"FAILED: {what}", *seen, sep="\n  ")


def ends(code, words, *, err=(), out=(), not_err=(), times=None, ranks=0, **more):
    """The program ends with this code, and its streams hold these texts."""
    got, stdout, stderr = run(*words, ranks=ranks, **more)
    what = f"{' '.join(words)} on {ranks or 'no'} ranks"
    expect(f"{what}: exit {code}, got {got}", got == code, stderr)
    for text in err:
        expect(f"{what}: stderr has {text!r}", text in stderr, stderr)
        if times is not None:
            expect(f"{what}: said {times} times", stderr.count(text) == times, stderr)
    for text in not_err:
        expect(f"{what}: stderr lacks {text!r}", text not in stderr, stderr)
    for text in out:
        expect(f"{what}: stdout has {text!r}", text in stdout, stdout)
    return stdout


scratch = tempfile.TemporaryDirectory(prefix="bellshard_command_line_")
os.chdir(scratch.name)


def seconds_of_version():
    start = time.monotonic()
    ends(0, ["--version"], out=["bellshard "])
    return time.monotonic() - start


# Questions that need no ranks.
expect("--version answers within a second", any(seconds_of_version() < 1 for _ in range(3)))  # other tests may hold the cores for a moment
ends(0, ["--help"], out=["Exit codes"])
ends(0, ["list"], out=["sample  ends as it is told\n"])
ends(0, ["describe", "sample"], out=["gigabytes"])
expect("list is printed once under mpirun", run("list", ranks=2)[1].count("sample") == 1)
ends(2, [], err=["no command was given"])
ends(2, ["run", "smaple"], err=["there is no job smaple; did you mean sample? `bellshard list` shows all jobs"])
ends(2, ["run", "smaple"], err=["there is no job smaple"], times=1, ranks=2)
with open("/dev/full", "w") as full:
    ends(6, ["list"], err=["standard output cannot be written: No space left on device"], stdout=full)

# init writes a file that check and run take.
with open("job.toml", "w") as job:
    job.write(ends(0, ["init", "sample"]))
ends(0, ["check", "sample", "-c", "job.toml"], out=["job.toml: valid for sample", "states", "fits"])
ends(0, ["check", "sample"], out=["memory of each of 3 ranks"], ranks=3)
ends(7, ["check", "sample", "--set", "model.gigabytes=1e6"], out=["does not fit"])
ends(0, ["run", "sample", "-c", "-", "-o", "a/b"], stdin="[model]\nvalue = 0.25\n")
ends(0, ["run", "sample", "-c", "job.toml", "-o", "two"], ranks=2)
ends(0, ["run", "sample", "-c", "job.toml", "-o", "three"], ranks=3)

# Job files that are refused, once, whatever the number of ranks.
with open("bad.toml", "w") as job:
    job.write("[model]\nvaleu = 1\n")
for ranks in (0, 3):
    ends(3, ["run", "sample", "-c", "bad.toml"], times=1, ranks=ranks,
         err=["bad.toml:2:1: model.valeu is no key of this job; did you mean model.value?"])
ends(3, ["check", "sample", "-c", "absent.toml"],
     err=["absent.toml: cannot be read: No such file or directory; `bellshard init sample > job.toml`"])
ends(3, ["check", "sample", "-c", "/"], err=["/: cannot be read: it is a folder"])
ends(2, ["check", "sample", "--set", "model.value"], err=["write --set TABLE.KEY=VALUE"])
open("file", "w").close()
ends(6, ["run", "sample", "-o", "file/x"], err=["file/x: cannot be made a folder for the results"])

# Every way to end, on one rank and on three.
for ranks in (0, 3):
    ends(5, ["run", "sample", "--set", "end.how=unconverged"], ranks=ranks)
    ends(75, ["run", "sample", "--set", "end.how=stopped"], ranks=ranks)
    ends(4, ["run", "sample", "--set", "end.how=input"], err=["bellshard: the input is bad, on every rank"], times=1, ranks=ranks)
    ends(7, ["run", "sample", "--set", "end.how=memory"], err=["out of memory"], times=1, ranks=ranks)
    ends(1, ["run", "sample", "--set", "end.how=bug"], err=["a surprise (a bug in Bellshard"], times=1, ranks=ranks)
ends(4, ["run", "sample", "--set", "end.how=each"], err=[f"[rank {r}] rank {r} has its own trouble" for r in range(3)], ranks=3)
# Rank 1 fails while the others wait for it in a barrier: it must end them, not hang.
ends(4, ["run", "sample", "--set", "end.how=alone"], err=["[rank 1] trouble here alone"], ranks=3)

# Results: what they hold, and whether two are the same.
shown = ends(0, ["inspect", "two/sample.h5"], out=["A sample", "bellshard.sample", "value = 0.5", "compiler", "expected time",
                                                   "1 inf, 1 nan", "/trace: 3 rows", "0.25"])
row = next(line for line in shown.splitlines() if line.split()[:1] == ["value"] and "float64" in line)
expect("inspect shows type, shape, unit, min and max", row.split()[1:6] == ["float64", "[6]", "h", "0.5", "5"], row)
expect("inspect on two ranks says the same", run("inspect", "two/sample.h5", ranks=2)[1] == shown)
ends(75, ["run", "sample", "-o", "stopped", "--set", "end.how=stopped"])
checkpoint = next(name for name in os.listdir("stopped") if "checkpoint" in name)
ends(0, ["inspect", f"stopped/{checkpoint}"], out=["checkpoint\n  job", "sweep          3", "seconds        12.5", "/state", "expected time"])
ends(0, ["diff", "two/sample.h5", "three/sample.h5"], out=["the same: 3 variables"])
for ranks in (0, 3):
    ends(8, ["diff", "two/sample.h5", "a/b/sample.h5"], ranks=ranks,
         out=["value   1 of 6 values differ, by up to 0.25 h (relative 0.5); first at [0]: 0.5 and 0.25", "different: 1 of 3 variables"])
ends(8, ["diff", "two/sample.h5", "a/b/sample.h5", "--rtol", "0.49"])
ends(0, ["diff", "two/sample.h5", "a/b/sample.h5", "--rtol", "0.5"])
ends(4, ["diff", "two/sample.h5", "absent.h5"], err=["absent.h5"])
with open("broken.h5", "wb") as broken, open("two/sample.h5", "rb") as whole:
    broken.write(whole.read()[:1000])
ends(4, ["inspect", "broken.h5"], err=["broken.h5"])
ends(4, ["inspect", "job.toml"], err=["job.toml"])

os.chdir("/")
scratch.cleanup()
print(f"{failures} failed" if failures else "all as expected")
sys.exit(1 if failures else 0)
