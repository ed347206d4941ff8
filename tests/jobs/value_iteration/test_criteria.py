"""Several criteria of one model in one run: each answer has the bits of a run of its own, in a group of its own; what is refused."""
import importlib.util
from fractions import Fraction as F

import h5py
import numpy as np

from bellshard_runs import BAD_COMMAND_LINE, BAD_JOB_FILE, DONE, NOT_CONVERGED, JobTest, job_text, main
from exact_mdp import Pair
from mdp_file import write_mdp

CRITERIA = {"arrive": {"kind": "reachability", "target": "goal"},
            "fuel": {"kind": "total_cost", "target": "goal", "reward": "fuel"},
            "pay": {"kind": "discounted", "discount": 0.9},
            "plan": {"kind": "finite_horizon", "horizon": 5},
            "short": {"kind": "bounded_reachability", "horizon": 3, "target": "goal"},
            "rate": {"kind": "average_reward", "objective": "min"}}
MODEL = {"kind": "file", "file": "model.h5"}


def write_model(path, cells=12):
    """A walk: a safe step that may slip back, a bold one that may end in a hole; goal and hole begin anew for the average."""
    mdp, fuel, hole, goal = [], [], cells, cells - 1
    for s in range(cells - 1):
        back = max(s - 1, 0)
        mdp.append([Pair(F(s % 3), {s + 1: F(3, 4), back: F(1, 4)}), Pair(F(2), {min(s + 2, goal): F(7, 8), hole: F(1, 8)})])
        fuel.append([F(1), F(3)])
    mdp += [[Pair(F(5), {goal: F(1)})], [Pair(F(0), {hole: F(1, 2), 0: F(1, 2)})]]
    fuel += [[F(0)], [F(1)]]
    write_mdp(path, mdp, rewards={"fuel": fuel}, labels={"goal": {goal}, "init": {0}}, coordinates={"cell": np.arange(cells + 1.0), "pay": np.zeros(cells + 1)})


def several(names=CRITERIA, **more):
    return job_text(model=MODEL, **{f"criteria.{name}": CRITERIA[name] for name in names}, **more)


class Criteria(JobTest):
    def setUp(self):
        super().setUp()
        write_model(self.folder / "model.h5")

    def test_each_has_the_bits_of_its_own_run(self):
        together = self.run_job(several(), name="all", ranks=3)
        self.assert_ends(together, DONE, "rate: ", "plan: ")
        for name, criterion in CRITERIA.items():
            single = self.run_job(job_text(model=MODEL, criterion=criterion), name=name, ranks=3)
            self.assert_ends(single, DONE)
            with h5py.File(single.file) as one, h5py.File(together.file) as file:
                answer = file[f"results/{name}"]
                shared = {"state", "states", "initial_state", "cell", "label_goal", "label_init", "pay"}
                self.assertEqual(set(one["results"]) - shared, set(answer))
                for variable in answer:
                    self.assert_same_bits(answer[variable][()], one["results"][variable][()], f"{name}/{variable}")
                for attribute in ("status", "objective", "discount"):
                    self.assertEqual(answer.attrs[attribute], one["results"].attrs[attribute])
                np.testing.assert_array_equal(file[f"trace/{name}/residual"], one["trace/residual"])
        with h5py.File(together.file) as file:
            self.assertEqual(file["results"].attrs["criteria"].decode(), " ".join(CRITERIA))
            self.assertIn("state_pay", file["results"])  # a state variable whose name a criterion has
        self.assertFalse(list(self.folder.glob("*checkpoint*")))

    def test_programs_of_its_users(self):
        self.assert_ends(self.run_job(several(), ranks=2), DONE)
        if all(importlib.util.find_spec(name) for name in ("xarray", "h5netcdf", "netCDF4")):
            import xarray
            for engine in ("h5netcdf", "netcdf4"):
                for name in CRITERIA:
                    with xarray.open_dataset(self.folder / "result.h5", group=f"results/{name}", engine=engine) as results:
                        self.assertEqual(results.value.dims, ("state",))
                        self.assertEqual(results.initial_value.dims, ("initial_state",))
                        self.assertTrue((results.lower <= results.value).all() and (results.value <= results.upper).all())
                    with xarray.open_dataset(self.folder / "result.h5", group=f"trace/{name}", engine=engine) as trace:
                        self.assertEqual(trace.residual.dims, ("sweep",))
                with xarray.open_dataset(self.folder / "result.h5", group="results", engine=engine) as results:
                    self.assertEqual(results.label_goal.dims, ("state",))
        asked = self.call("query", "result.h5", "--state", "pay.value > 9 & arrive.value = 1 & goal")
        self.assert_ends(asked, DONE)
        for line in ("state 11", "arrive.value", "fuel.action", "plan.stage_value", "rate.upper", "labels"):
            self.assertIn(line, asked.out)
        looked = self.call("inspect", "result.h5")
        self.assert_ends(looked, DONE)
        for line in ("/results/fuel\n", "/trace/rate: "):
            self.assertIn(line, looked.out)
        compared = self.call("diff", "result.h5", "result.h5")
        self.assert_ends(compared, DONE)
        self.assertIn("pay/value", compared.out)

    def test_one_that_does_not_converge(self):
        """The others are written all the same; more sweeps go on from the checkpoint, and the finished ones are not begun anew."""
        solver = {"method": "value_iteration", "max_sweeps": 6}
        first = self.run_job(several(["plan", "pay"], solver=solver), ranks=2)
        self.assert_ends(first, NOT_CONVERGED, "pay: not converged", "raise solver.max_sweeps")
        self.assertEqual([first.attribute(f"results{group}", "status").decode() for group in ("/plan", "/pay", "")], ["converged", "not_converged", "not_converged"])
        second = self.run_job(several(["plan", "pay"], solver={**solver, "max_sweeps": 1000}), ranks=2)
        self.assert_ends(second, DONE, "going on after sweep 5 of", "going on after sweep 6 of")
        straight = self.run_job(several(["plan", "pay"], solver={**solver, "max_sweeps": 1000}), name="straight", ranks=2)
        for path in ("plan/value", "plan/stage_action", "plan/sweeps", "pay/value", "pay/upper", "pay/sweeps"):
            self.assert_same_bits(second.result(path), straight.result(path), path)

    def test_starts_from_an_earlier_result(self):
        self.assert_ends(self.run_job(several(["fuel", "pay"]), name="earlier"), DONE)
        again = self.run_job(several(["fuel", "pay"], solver={"start": "earlier.h5", "method": "value_iteration"}))
        self.assert_ends(again, DONE)
        self.assertLessEqual(again.result("pay/sweeps"), 2)

    def refuse(self, text, *phrases, code=BAD_JOB_FILE, options=()):
        ending = self.run_job(text, *options, ranks=2)
        self.assert_ends(ending, code, *phrases)
        self.assertFalse(ending.file.exists())

    def test_refusals(self):
        good = several(["arrive"])
        self.refuse(good.replace("target =", "targte ="), "result.toml:7:1: criteria.arrive.targte", "did you mean criteria.arrive.target?")
        self.refuse(good.replace("criteria.arrive", "criterai.arrive"), "result.toml:5:", "did you mean [criteria]?")
        self.refuse(good.replace("[criteria.arrive]", "[criteria]"), "result.toml:5:", "write [criteria.NAME]")
        self.refuse(good.replace("criteria.arrive", 'criteria."a b"'), "result.toml:5:", "letters, digits, _ and -")
        self.refuse(good.replace("criteria.arrive", "criteria.state"), "the result has a variable state of its own", "choose another name")
        self.refuse(good + '[criterion]\nkind = "discounted"\ndiscount = 0.5\n', "result.toml:9:1", "keep one of them")
        self.refuse(good.replace('"goal"', '"gaol"'), "gaol")
        self.refuse(good.replace('target = "goal"', "discount = 0.5"), "criteria.arrive.discount = 0.5 (must be 1 for criteria.arrive.kind")
        self.refuse('[model]\nmap = "..."\ntarget = [[0, 0]]\n[criteria.x]\nkind = "total_cost"\n[criteria.y]\nkind = "discounted"\ndiscount = 0.5\n',
                    "has no use for model.kind = \"raster\"", "[criterion] alone")
        self.refuse(good, "--restart FILE is for one criterion", code=BAD_COMMAND_LINE, options=("--restart", "model.h5"))

    def test_check_and_describe(self):
        (self.folder / "job.toml").write_text(several())
        checked = self.call("check", self.job_name, "-c", "job.toml")
        self.assert_ends(checked, DONE)
        self.assertIn("criteria, solved in turn", checked.out)
        described = self.call("describe", self.job_name)
        self.assertEqual(described.out.count("[criteria.NAME]"), 1)
        self.assertIn("# [criteria.NAME]", self.call("init", self.job_name).out)


main()
