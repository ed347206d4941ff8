"""Feeds the readers of bytes from outside with mutations of tests/fuzz/corpus: fuzz_readers.py BUILD KOKKOS SECONDS [READER]...

Builds the program of tests/fuzz/clang in BUILD/fuzz, then tries each reader for so many seconds. Fails where one crashes, trips a sanitizer, takes
longer than 25 s for one input, asks for more than 64 MiB at once or holds more than 1 GiB. What was found lies in BUILD/fuzz/found."""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
BUILD, KOKKOS, SECONDS, READERS = pathlib.Path(sys.argv[1]) / "fuzz", sys.argv[2], int(sys.argv[3]), sys.argv[4:]
SHORT = SECONDS < 60
LIMITS = ["-max_len=4096", "-timeout=25", "-malloc_limit_mb=64", "-rss_limit_mb=1024", "-entropic=0", "-print_final_stats=1"]


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def build():
    clang = shutil.which("clang")
    if not clang:
        skip("clang is absent, and only it has libFuzzer")
    with tempfile.TemporaryDirectory() as folder:
        probe = [clang, "-fsanitize=fuzzer-no-link,address", "-fsanitize=fuzzer", "-xc", "-", "-o", f"{folder}/probe"]
        if subprocess.run(probe, input=b"int LLVMFuzzerTestOneInput(void){return 0;}", capture_output=True).returncode:
            skip("this clang lacks libFuzzer (Debian: libclang-rt-dev)")
    cores = str(len(os.sched_getaffinity(0)))
    for command in (["cmake", "-S", HERE / "clang", "-B", BUILD, f"-DCMAKE_C_COMPILER={clang}", f"-DCMAKE_CXX_COMPILER={clang}++", f"-DKokkos_DIR={KOKKOS}"],
                    ["cmake", "--build", BUILD, "--parallel", cores]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            sys.exit(done.stdout[-4000:])


def fuzz(reader):
    """A short run is the same each time, but for how far it comes; a long one goes on from what earlier ones found."""
    with tempfile.TemporaryDirectory() as new:
        folder = pathlib.Path(new) / "corpus" if SHORT else BUILD / "found" / reader
        folder.mkdir(parents=True, exist_ok=True)
        command = [BUILD / "fuzz_readers", f"--reader={reader}", *LIMITS, f"-max_total_time={SECONDS}", f"-artifact_prefix={BUILD}/found/{reader}-",
                   *(["-seed=1"] if SHORT else []), folder, HERE / "corpus" / reader]
        environment = {**os.environ, "OMPI_MCA_orte_tmpdir_base": new, "ASAN_OPTIONS": "quarantine_size_mb=16", "UBSAN_OPTIONS": "print_stacktrace=1"}
        return subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")


build()
(BUILD / "found").mkdir(exist_ok=True)
readers = READERS or sorted(folder.name for folder in (HERE / "corpus").iterdir())
failed = 0
with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
    for reader, done in zip(readers, pool.map(fuzz, readers)):
        tried = re.search(r"stat::number_of_executed_units:\s+(\d+)", done.stdout)
        print(f"{reader:16} {tried[1] if tried else '?':>9} inputs  {'refused or taken' if done.returncode == 0 else 'FOUND:'}")
        if done.returncode:
            failed += 1
            print(re.sub(r"^(#\d+\t|\tNEW_FUNC).*\n", "", done.stdout, flags=re.M)[-6000:])
sys.exit(failed)
