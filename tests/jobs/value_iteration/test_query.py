"""`bellshard query RESULT --state WHICH`: all that a result says of a state, by name, index or predicate; and what it refuses."""
import shutil
import unittest

import h5py
from bellshard_runs import BAD_COMMAND_LINE, BAD_INPUT, DONE, JobTest, job_text, main
from named_model import BEST, JOB, LABELS, STATES, VARIABLES, chosen_names, write_model


def blocks(text):
    """State -> its lines, each cut into the name of the variable and the rest."""
    found = {}
    for line in text.splitlines():
        if line.startswith("state "):
            lines = found.setdefault(line[6:], {})
        elif line.startswith("  "):
            name, rest = line.split(None, 1)
            lines[name] = rest
    return found


class Query(JobTest):
    def setUp(self):
        super().setUp()
        write_model(self.folder / "model.h5")

    def solve(self, name="result", **tables):
        self.assert_ends(self.run_job(job_text(**{**JOB, **tables}), name=name), DONE)

    def ask(self, which, file="result.h5", ranks=1):
        ending = self.call("query", file, "--state", which, ranks=ranks)
        self.assert_ends(ending, DONE)
        return blocks(ending.out)

    def refuse(self, which, *phrases, file="result.h5", ranks=1):
        ending = self.call("query", file, "--state", which, ranks=ranks)
        self.assert_ends(ending, BAD_INPUT, *phrases)
        self.assertEqual(ending.out, "")

    def test_every_state_by_index(self):
        self.solve()
        for s, name in enumerate(STATES):
            if str(s) in STATES:
                continue  # a name goes before an index: below
            (title, lines), = self.ask(s).items()
            self.assertEqual(title, f"{s} {name}")
            for variable in ("value", "lower", "upper", "policy_value"):
                self.assertAlmostEqual(float(lines[variable].split()[0]), 2, delta=1e-5)
            self.assertEqual(lines["action"].split("optimal action")[0].strip(), f"{BEST[s]} {chosen_names()[s]}".strip())
            held = sorted(label for label, holds in LABELS.items() if s in holds)
            self.assertEqual(lines["labels"].split("labels that hold")[0].strip(), ", ".join(held).strip() or "none")
            self.assertEqual(lines["state_value"].split()[0], str(1400 + s))
            meanings = [line.split("state variable ")[-1] for line in lines.values() if "state variable " in line]
            self.assertEqual(sorted(meanings), sorted(VARIABLES))
            self.assertEqual(list(lines)[:6], ["value", "lower", "upper", "action", "policy_value", "labels"])

    def test_by_name(self):
        self.solve()
        for ranks in (1, 2, 3):
            for name in set(STATES) - {"start"}:
                self.assertEqual(list(self.ask(name, ranks=ranks)), [f"{STATES.index(name)} {name}"])
        self.assertEqual(list(self.ask("start")), ["0 start", "8 start"])
        self.assertEqual(list(self.ask("3")), ["6 3"])

    def test_by_predicate(self):
        self.solve()
        for predicate, states in (("goal", [3, 8]), ('"2nd label, größer"', [1, 2]), ("init | goal & x < 1508", [0, 3]), ("x=1504", [4]),
                                  ("action=0 & !goal & !init", [5, 6]), ("value<2.1 & x>=1507", [7, 8])):
            self.assertEqual([int(title.split()[0]) for title in self.ask(predicate)], states, predicate)

    def test_many_states(self):
        self.solve()
        ending = self.call("query", "result.h5", "--state", "value>1")
        self.assertEqual(len(blocks(ending.out)), len(STATES))
        self.solve(model={"kind": "grid", "rows": 5, "columns": 5}, criterion={"kind": "discounted", "discount": 0.5}, name="grid")
        ending = self.call("query", "grid.h5", "--state", "!goal")
        self.assertEqual(len(blocks(ending.out)), 20)
        self.assertIn("... and 4 more states", ending.out)

    def test_columns_are_aligned(self):
        self.solve()
        ending = self.call("query", "result.h5", "--state", "2")
        starts = {line.index(meaning) for line in ending.out.splitlines() for meaning in ("proven ", "optimal a", "labels that", "state variable")
                  if meaning in line}
        self.assertEqual(len(starts), 1, ending.out)

    def test_a_plan(self):
        self.solve(model={"kind": "forest"}, criterion={"kind": "finite_horizon", "horizon": 30})
        (_, lines), = self.ask("oldest").items()
        self.assertTrue(lines["stage_action"].startswith(", ".join(["0 wait"] * 20) + ", ... "), lines["stage_action"])
        self.assertEqual(len(lines["stage_value"].split("...")[0].split(", ")), 21)

    def test_a_model_without_names(self):
        write_model(self.folder / "model.h5", named=False)
        self.solve()
        (title, lines), = self.ask(3).items()
        self.assertEqual(title, "3")
        self.assertEqual(lines["action"].split("optimal")[0].strip(), "0")
        self.assertNotIn("labels", lines)
        self.refuse("start", "start is no state's name, no index (0 to 8), and no predicate", "no label or variable is called start")

    def test_refusals(self):
        self.solve()
        for which, phrase in (("sud", "did you mean süd?"), ("strat", "no state is called strat; did you mean start?"), ("s=1 & u", "did you mean s=1 & t?"),
                              ("goel", "did you mean goal?"), ("velue>1", "did you mean value?"), ("banana", "banana is no state's name, no index (0 to 8)"),
                              ("9", "there is no state 9; states are 0 to 8"), ("-1", "there is no state -1"), ("x=", "column 3"),
                              ("99999999999999999999", "is no state's name"), ("empty", "empty holds in no state"), ("x>5000", "holds in no state")):
            with self.subTest(which):
                self.refuse(which, "result.h5", phrase)
        self.refuse("sud", "did you mean süd?", ranks=3)
        self.refuse("0", "there is no such file", file="absent.h5")
        self.refuse("0", "holds no values of states", file="model.h5")
        self.assert_ends(self.call("query", "result.h5"), BAD_COMMAND_LINE, "--state")

    def test_a_raster_is_refused(self):
        self.assert_ends(self.run_job(job_text(model={"map": "....", "target": [[0, 0]]})), DONE)
        self.refuse("0", "holds no values of states")

    def test_a_broken_table_of_names(self):
        self.solve()
        shutil.copy(self.folder / "result.h5", self.folder / "broken.h5")
        with h5py.File(self.folder / "broken.h5", "r+") as file:
            del file["results/action_name"]
            file["results/action_name"] = [1, 2, 3]
        self.refuse("0", "results/action_name", "is no table of names", file="broken.h5")


main()
