"""A run that is signalled while it sweeps."""
import os
import pathlib
import re
import signal
import subprocess
import threading

from bellshard_runs import PROGRAM, Ending

SWEEPING = r"sweep [1-9]\d*, residual"  # a line of progress: the signal handlers stand, the sweeps go on


class LiveRun:
    def __init__(self, test, words, file, ranks, environment={}):
        self.file = file
        self.ranks = ranks
        self.log = ""
        self.process = subprocess.Popen(test.command(*words, ranks=ranks), cwd=test.folder, env={**test.environment(), **environment},
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        watch = threading.Timer(test.patience, self.process.terminate)  # a run that hangs ends the test, not the machine's day
        watch.start()
        test.addCleanup(watch.cancel)
        test.addCleanup(self.leave_nothing)

    def wait_for(self, pattern):
        for line in self.process.stderr:
            self.log += line
            if re.search(pattern, line):
                return
        raise AssertionError(f"the run ended before it said {pattern}:\n{self.log}")

    def rank_processes(self):
        """Process ids in the order of ranks. mpirun is their parent, where there are several."""
        if self.ranks == 1:
            return [self.process.pid]
        found = {}
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent != self.process.pid or not os.path.samefile(folder / "exe", PROGRAM):
                    continue
                environment = (folder / "environ").read_bytes().split(b"\0")
            except OSError:  # it has ended meanwhile
                continue
            for entry in environment:
                if entry.startswith(b"OMPI_COMM_WORLD_RANK="):
                    found[int(entry.partition(b"=")[2])] = int(folder.name)
        return [found[rank] for rank in sorted(found)]

    def send(self, number, ranks):
        processes = self.rank_processes()
        for rank in ranks:
            os.kill(processes[rank], number)

    def ending(self):
        self.log += self.process.stderr.read()
        return Ending(self.process.wait(), self.log, "", self.file)

    def leave_nothing(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)  # mpirun ends its ranks
        self.process.communicate()
