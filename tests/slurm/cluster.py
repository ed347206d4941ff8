"""A Slurm cluster of two nodes on this machine, private and gone afterwards.

Each node is a slurmd in name spaces of its own: its host name, processes, shared memory and /tmp are not the other's, so ranks on two nodes
speak over TCP, and a node that is killed takes all its processes along. Nothing outside the cluster's folder is written.
"""
import datetime
import os
import pathlib
import random
import re
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time

NODES = ("n1", "n2")
GPUS = 4  # of each node: devices that nobody opens, as null as /dev/null
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "unshare")
OVER = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE")


def why_not():
    """Why no cluster can be started here, or ""."""
    if os.geteuid() != 0:
        return "a cluster can be started as root alone"
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent:
        return f"{', '.join(absent)} not found; apt-get install slurm-wlm munge"
    plugins = subprocess.run(["find", "/usr/lib", "-name", "mpi_pmix*.so"], capture_output=True, text=True).stdout
    if not plugins:
        return "Slurm has no PMIx here"
    probe = subprocess.run(["unshare", "--mount", "--ipc", "--uts", "--pid", "--fork", "true"], capture_output=True, text=True)
    return f"no name spaces here: {probe.stderr.strip()}" if probe.returncode else ""


def free_ports(count):
    """None that the system gives to whoever asks for any (32768 up): another test's might be among them before the daemons are there."""
    ports = []
    for port in random.sample(range(20000, 30000), 1000):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:  # taken
            continue
        ports.append(port)
        if len(ports) == count:
            return ports
    raise AssertionError("no free ports")


class Cluster:
    def __init__(self, keep=()):
        """keep: folders that nodes see even where they lie under /tmp."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bellshard-slurm-", dir="/var/tmp"))
        self.keep = [pathlib.Path(path).resolve() for path in keep]
        self.daemons = {}
        self.environment = {**os.environ, "SLURM_CONF": str(self.folder / "slurm.conf")}
        try:
            self._write_configuration()
            self._start("munged", ["munged", "--foreground", "--force", *(f"--{name}={self.folder}/munge/{file}" for name, file in (
                ("socket", "socket"), ("key-file", "key"), ("pid-file", "pid"), ("log-file", "log"), ("seed-file", "seed")))])
            self.wait_until(lambda: (self.folder / "munge/socket").exists(), "munged listens")
            self._start("slurmctld", ["slurmctld", "-D"])
            self.started = time.monotonic()
            for node in NODES:
                self.start_node(node)
            self.wait_until(lambda: self.node_states() == {node: "idle" for node in NODES}, "both nodes are idle", 60)
        except BaseException:
            self.stop()
            raise

    def _write_configuration(self):
        for name in ("munge", "state", "spool"):
            (self.folder / name).mkdir(mode=0o700)
        key = self.folder / "munge/key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o600)
        controller, *ports = free_ports(1 + len(NODES))
        nodes = "\n".join(f"NodeName={node} NodeAddr=127.0.0.1 Port={port} CPUs=4 Sockets=1 CoresPerSocket=4 ThreadsPerCore=1 RealMemory=2000 Gres=gpu:{GPUS}"
                          for node, port in zip(NODES, ports))
        for gpu in range(GPUS):
            os.mknod(self.folder / f"gpu{gpu}", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
        (self.folder / "gres.conf").write_text(f"NodeName={','.join(NODES)} Name=gpu File={self.folder}/gpu[0-{GPUS - 1}]\n")
        # cred_expire: what is requeued waits so long before it starts again (120 s unless said otherwise, 5 at least).
        (self.folder / "slurm.conf").write_text(f"""
ClusterName=bellshard
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={self.folder}/munge/socket,cred_expire=5
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool/%n
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/%n.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmctldDebug=debug2
SlurmdLogFile={self.folder}/%n.log
SlurmdParameters=config_overrides
MpiDefault=pmix
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
GresTypes=gpu
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SlurmctldTimeout=5
SlurmdTimeout=5
KillWait=10
MinJobAge=3600
ReturnToService=2
SchedulerParameters=sched_interval=1,bf_interval=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
{nodes}
PartitionName=main Nodes={','.join(NODES)} Default=YES MaxTime=60 PriorityTier=1 GraceTime=20
PartitionName=urgent Nodes={','.join(NODES)} MaxTime=60 PriorityTier=10 PreemptMode=OFF
""")

    def _start(self, name, words):
        with open(self.folder / f"{name}.out", "ab") as out:
            self.daemons[name] = subprocess.Popen(words, env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                                  start_new_session=True)

    def start_node(self, node):
        tmp = self.folder / "tmp" / node
        spool = self.folder / "spool" / node
        shutil.rmtree(tmp, ignore_errors=True)  # empty after a boot: PMIx's clients crash on files that a killed step left there
        for path in (tmp, spool):
            path.mkdir(parents=True, exist_ok=True)
        script = [f"hostname {node}", "mount -t tmpfs tmpfs /dev/shm"]
        for path in self.keep:
            if path.is_relative_to("/tmp"):
                inside = shlex.quote(str(tmp / path.relative_to("/tmp")))
                script += [f"mkdir -p {inside}", f"mount --bind {shlex.quote(str(path))} {inside}"]
        script += [f"mount --rbind {shlex.quote(str(tmp))} /tmp", f"exec slurmd -D -N {node}"]
        self._start(node, ["unshare", "--mount", "--ipc", "--uts", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "bash", "-ec", "; ".join(script)])

    def kill_node(self, node):
        """As a power cut does."""
        self._end(node, kill=True)

    def _end(self, name, kill=False):
        process = self.daemons.pop(name)
        process.kill() if kill else process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self):
        if "slurmctld" in self.daemons:
            subprocess.run(["scancel", "--user=root"], env=self.environment, capture_output=True)
        for node in NODES:
            if node in self.daemons:
                self._end(node, kill=True)
        for name in list(self.daemons):
            self._end(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what a user sees of it ---

    def call(self, *words, cwd=None):
        done = subprocess.run(list(map(str, words)), env=self.environment, cwd=cwd, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"{shlex.join(map(str, words))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def node_states(self):
        done = subprocess.run(["sinfo", "-h", "-N", "-p", "main", "-o", "%N %T"], env=self.environment, capture_output=True, text=True)
        return dict(line.split()[:2] for line in done.stdout.splitlines())

    def submit(self, *words, cwd):
        """The job's number."""
        return self.call("sbatch", "--parsable", *words, cwd=cwd).strip().split(";")[0]

    def wait_for_limits(self, ahead):
        """Until the controller is so many seconds [s] away from looking at time limits, which it does every 30 s and somewhat more, and says so."""
        looks = re.findall(r"\[(\S+)\] debug2: Testing job time limits", (self.folder / "slurmctld.log").read_text(errors="replace"))
        since = (datetime.datetime.now() - datetime.datetime.fromisoformat(looks[-1])).total_seconds() if looks else time.monotonic() - self.started
        time.sleep((30 - ahead - since) % 30)

    def job(self, number):
        """What scontrol says of it, as a dictionary."""
        return dict(re.findall(r"(\S+?)=(\S*)", self.call("scontrol", "show", "job", "-o", number)))

    def wait_until(self, holds, what, patience=60):
        end = time.monotonic() + patience
        while not holds():
            dead = [name for name, process in self.daemons.items() if process.poll() is not None]
            if dead or time.monotonic() > end:
                raise AssertionError(f"{what}: not within {patience} s{f' ({dead} ended)' if dead else ''}\n{self.logs()}")
            time.sleep(0.2)

    def wait_for_state(self, number, states, patience=120):
        """Until the job is in one of these states; which one."""
        state = ""

        def reached():
            nonlocal state
            state = self.job(number)["JobState"]
            if state in OVER and state not in states:
                raise AssertionError(f"job {number} ended as {state}, not as {states}\n{self.logs()}")
            return state in states
        self.wait_until(reached, f"job {number} in {states}", patience)
        return state

    def logs(self):
        """The last lines of every log."""
        texts = []
        for path in sorted(self.folder.glob("*.log")) + sorted(self.folder.glob("*.out")):
            texts.append(f"--- {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-15:]))
        return "\n".join(texts)


if __name__ == "__main__":  # a cluster to try things by hand, until standard input ends
    cluster = Cluster(sys.argv[1:])
    try:
        print(f"export SLURM_CONF={cluster.folder}/slurm.conf", flush=True)
        sys.stdin.read()
    finally:
        cluster.stop()
