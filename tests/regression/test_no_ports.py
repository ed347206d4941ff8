"""A run opens no port and starts no other program, as strace sees it; under mpirun its ranks start none, and what is listened on is Open MPI's."""
import gzip
import re
import shutil
import subprocess
import sys

from bellshard_runs import DONE, MPIEXEC, PROGRAM, Ending, JobTest, job_text, main

STRACE = shutil.which("strace")
WATCHED = "execve,execveat,fork,vfork,bind,listen,connect"
NETWORK = re.compile(r"(bind|connect)\(\d+, \{sa_family=AF_INET6?, ")


def can_trace():
    return STRACE and subprocess.run([STRACE, "-o", "/dev/null", "true"], capture_output=True).returncode == 0


class NoPorts(JobTest):
    def traced(self, words, *launcher, environment={}):
        """The run's ending and the calls of its processes, each with the process in front."""
        trace = [STRACE, "-f", "-e", f"trace={WATCHED}", "-e", "signal=none", "-o", str(self.folder / "calls"), *launcher]
        environment = {**self.environment(), **environment}
        environment.pop("OMPI_MCA_pml", None)  # tests start faster with it; users have none
        done = subprocess.run([*trace, PROGRAM, *words], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=self.patience)
        calls = [line for line in (self.folder / "calls").read_text().splitlines() if "resumed>" not in line]
        return Ending(done.returncode, done.stderr, done.stdout, None), calls

    def started(self, calls):
        """What was executed; a shell would be among it."""
        return [line.split('"')[1] for line in calls if re.search(r"exec(ve|veat)\(", line) and "ENOENT" not in line]

    def small(self):
        return self.prepare(job_text(model={"map": "...\n.@.", "target": [[0, 0]]}))[0]

    def check_alone(self, words):
        ending, calls = self.traced(words)

        self.assert_ends(ending, DONE)
        self.assertEqual(len([line for line in calls if "execve" in line]), 1, calls)  # strace's own, of the program
        self.assertEqual([line for line in calls if re.search(r"fork\(|listen\(", line) or NETWORK.search(line)], [])

    def test_without_a_launcher(self):
        self.check_alone(self.small())

    def test_a_text_that_names_a_packer(self):
        """libarchive unpacks lrzip by starting the program lrzip, also where it lies within gzip."""
        (self.folder / "a.txt.gz").write_bytes(gzip.compress(b"LRZI\0\6 " + b"the cat sat on the mat " * 40))
        self.job_name = "corpus_index"

        self.check_alone(self.prepare(job_text(corpus={"files": ["a.txt.gz"]}))[0])

    def test_on_two_ranks(self):
        """On one node nobody needs the network; mpirun itself listens for its daemons."""
        ending, calls = self.traced(self.small(), *MPIEXEC, "-n", "2", environment={"OMPI_MCA_btl": "self,vader"})

        self.assert_ends(ending, DONE)
        self.assertEqual(self.started(calls)[1:], [PROGRAM] * 2)
        ranks = {line.split()[0] for line in calls if f'execve("{PROGRAM}"' in line}
        self.assertEqual([line for line in calls if line.split()[0] in ranks and "listen(" in line], [])
        reached = [line for line in calls if line.split()[0] in ranks and re.search(r"connect\(.*AF_INET", line)]
        self.assertEqual([line for line in reached if 'inet_addr("127.0.0.1")' not in line], [])  # mpirun


if not can_trace():
    print("skipped: strace is absent, or may not trace here")
    sys.exit(77)
main()
