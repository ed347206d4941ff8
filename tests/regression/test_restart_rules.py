"""What a checkpoint is taken for and what it is refused for (docs/reliability.md): one checkpoint, met by a run that differs in one thing."""
import hashlib

import h5py

from bellshard_runs import BAD_INPUT, DONE, NOT_CONVERGED, JobTest, job_text, main

LIMIT = 8  # sweeps, of which 15 are needed
MAP = "\n".join([".....@....", ".@@@.@.@@.", ".@...@.@..", ".@.@@@.@.@", "...@......"])


def job(**changes):
    tables = {"model": {"map": MAP, "target": [[0, 0]], "drift": 0.1}, "criterion": {"kind": "total_cost"},
              "solver": {"method": "jacobi", "tolerance": 1e-8, "max_sweeps": LIMIT}}
    for key, value in changes.items():
        table, name = key.split("__")
        tables[table] = {**tables[table], name: value}
    return job_text(**tables)


class RestartRules(JobTest):
    def setUp(self):
        super().setUp()
        self.assert_ends(self.run_job(job()), NOT_CONVERGED)
        self.checkpoint, = self.folder.glob("*.checkpoint-*.h5")
        self.bytes = self.checkpoint.read_bytes()

    def change(self, path, name, value):
        with h5py.File(self.checkpoint, "r+") as file:
            file[path].attrs.modify(name, value)

    def check_taken(self, ending, code=DONE, *phrases):
        self.assert_ends(ending, code, f"going on after sweep {LIMIT} of", *phrases)

    def check_refused(self, ending, *phrases):
        """And neither the checkpoint nor the result of before is touched."""
        self.assert_ends(ending, BAD_INPUT, *phrases)
        self.assertEqual(hashlib.sha256(self.checkpoint.read_bytes()).digest(), hashlib.sha256(self.bytes).digest())

    def test_another_problem(self):
        for changes, text in (({"model__drift": 0.2}, "[model] drift = 0.1 there, drift = 0.2 here"),
                              ({"model__map": MAP.replace("@.@.@", "@...@")}, "belongs to another problem"),
                              ({"model__target": [[4, 9]]}, "target = [[0, 0]] there"),
                              ({"criterion__kind": "discounted", "criterion__discount": 0.9}, "belongs to another problem"),
                              ({"solver__method": "gauss_seidel"}, "# method: jacobi there")):
            with self.subTest(**changes):
                self.check_refused(self.run_job(job(**changes)), text, "start over with --restart never", "-o DIR")

    def test_another_goal(self):
        """The tolerance and the limits may change: they say when to end, not what the sweeps do."""
        for changes in ({"solver__tolerance": 1e-4, "solver__max_sweeps": 5000}, {"solver__max_sweeps": 5000}):
            for leftover in self.folder.glob("result.*"):
                leftover.unlink()
            self.checkpoint.write_bytes(self.bytes)
            with self.subTest(**changes):
                self.check_taken(self.run_job(job(**changes), "--checkpoint-every", "0", ranks=3))

    def test_a_lower_limit(self):
        """Of sweeps than are done: none is added."""
        ending = self.run_job(job(solver__max_sweeps=LIMIT - 2))
        self.check_taken(ending, NOT_CONVERGED)
        self.assertEqual(ending.result("sweeps"), LIMIT)

    def test_another_input_of_the_same_name(self):
        (self.folder / "city.map").write_text("type octile\nheight 5\nwidth 10\nmap\n" + MAP + "\n")
        text = job_text(model={"file": "city.map", "target": [[0, 0]]}, solver={"method": "jacobi", "max_sweeps": LIMIT, "tolerance": 1e-8})
        self.assert_ends(self.run_job(text, name="city"), NOT_CONVERGED)
        (self.folder / "city.map").write_text("type octile\nheight 5\nwidth 10\nmap\n" + MAP.replace("@.@.@", "@...@") + "\n")
        self.assert_ends(self.run_job(text, name="city"), BAD_INPUT, "city.map: SHA-256")

    def test_another_program(self):
        """Of another version, git hash or changes: its state is taken, and the log says so. Of another format: refused."""
        self.change("/", "source", "bellshard 0.0.1 (git 0123456)")
        self.check_taken(self.run_job(job(solver__max_sweeps=5000)), DONE, "was written by bellshard 0.0.1 (git 0123456), this is bellshard ")
        self.checkpoint.write_bytes(self.bytes)
        self.change("/", "schema_version", 2)
        self.bytes = self.checkpoint.read_bytes()
        self.check_refused(self.run_job(job(solver__max_sweeps=5000)), "format version 2, but this program reads version 1")

    def test_same_program(self):
        self.assertNotIn("was written by", self.run_job(job(solver__max_sweeps=5000)).log)


main()
