"""A disk that is full, read-only or gone, under the checkpoints and under the result. In mounts of its own, which others do not see: without
the right to make them, as root or in a user namespace, the test is skipped."""
import os
import shutil
import signal
import subprocess
import sys

OWN_MOUNTS = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
if "BELLSHARD_OWN_MOUNTS" not in os.environ:
    try:
        subprocess.run([*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"skipped: mounts of its own cannot be had: {error}")
        sys.exit(77)
    os.execvpe(OWN_MOUNTS[0], [*OWN_MOUNTS, sys.executable, "-B", *sys.argv], {**os.environ, "BELLSHARD_OWN_MOUNTS": "1"})

from bellshard_runs import CANNOT_WRITE, DONE, main
from hurt_runs import HurtTest

JOB, DISK = "value_iteration", "disk"
GROWING = "checkpoint after sweep"


class Disk(HurtTest):
    def setUp(self):
        super().setUp()
        self.disk = self.folder / DISK
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", self.disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", self.disk], check=True)
        self.text, self.options = self.work(JOB)
        self.uninterrupted(JOB)

    def fill(self):
        """To the last page, whatever the run writes meanwhile."""
        with open(self.disk / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                pass

    def remount(self, how):
        while subprocess.run(["mount", "-o", f"remount,{how}", self.disk], capture_output=True).returncode != 0:
            pass  # a checkpoint is being written

    def check_exit(self, run, reason):
        """Exit 6 with the path and the reason; the earlier checkpoints are whole, nothing half lies about."""
        ending = run.ending()
        self.assert_ends(ending, CANNOT_WRITE, "cannot be written: " + reason)
        self.assertEqual(list(self.disk.glob("*.tmp")), [])
        self.assertFalse(ending.file.exists())
        self.assertTrue(self.sweeps_on_disk(DISK))

    def check_continues(self):
        before = self.sweeps_on_disk(DISK)
        again = self.live(self.text, *self.options, folder=DISK).ending()
        self.check_goes_on(again, before)
        self.check_as_uninterrupted(again, JOB)

    def start(self):
        run = self.live(self.text, *self.options, folder=DISK)
        run.wait_for(GROWING)
        return run

    def test_full(self):
        """A checkpoint of the cadence that finds no room is warned of; the result that finds none ends the run."""
        run = self.start()
        self.fill()
        run.wait_for("no checkpoint after sweep .*No space left on device.*the run goes on")
        self.check_exit(run, "No space left on device")
        (self.disk / "filler").unlink()
        self.check_continues()

    def test_full_when_stopped(self):
        run = self.start()
        self.fill()
        run.wait_for("no checkpoint after sweep")
        run.send(signal.SIGTERM, ranks=[1])
        self.check_exit(run, "No space left on device")
        (self.disk / "filler").unlink()
        self.check_continues()

    def test_read_only(self):
        run = self.start()
        self.remount("ro")
        self.check_exit(run, "Read-only file system")
        at_once = self.live(self.text, *self.options, folder=DISK).ending()
        self.assert_ends(at_once, CANNOT_WRITE, "Read-only file system")
        self.assertNotIn("sweep", at_once.log)
        self.remount("rw")
        self.check_continues()

    def test_vanished(self):
        """Made anew: the run needs nothing of what was in it."""
        run = self.live(self.text, *self.options, folder="gone")
        run.wait_for(GROWING)
        shutil.rmtree(self.folder / "gone")
        ending = run.ending()
        self.check_as_uninterrupted(ending, JOB)


main()
