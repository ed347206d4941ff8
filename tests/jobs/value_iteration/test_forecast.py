"""check: memory and the forecast of sweeps, against counts by hand; what a result may leave out; refusals."""
import re

import h5py

from bellshard_runs import BAD_COMMAND_LINE, DONE, JobTest, job_text, main

LEVELS = 40
ADDITIVE = {"kind": "additive", "factors": 3, "levels": LEVELS}
DISCOUNTED = {"kind": "discounted", "objective": "min", "discount": 0.9}


class Forecast(JobTest):
    def check_job(self, *options, ranks=1, model=ADDITIVE, method="value_iteration"):
        (self.folder / "job.toml").write_text(job_text(model=model, criterion=DISCOUNTED, solver={"method": method}))
        ending = self.call("check", "value_iteration", "-c", "job.toml", *options, ranks=ranks)
        self.assert_ends(ending, DONE)
        return ending.out

    def test_sweeps_on_more_ranks_than_there_are(self):
        """64,000 states: a step changes each digit by 1 at most, so it reaches 40^2 + 40 + 1 states away."""
        for ranks in (1, 3):
            text = self.check_job("--ranks", "5", ranks=ranks)
            rows = re.findall(r"(?m)^ +(\d+) +(\S+) = +(\S+) for +(\S+) \+ +\S+ for +(\S+) in +(\d+) \+", text)
            self.assertEqual([int(row[0]) for row in rows], [1, 2, 4, 5], text)
            states, received, messages = ([float(row[k]) for row in rows] for k in (3, 4, 5))
            reach = 8 * (LEVELS ** 2 + LEVELS + 1)
            self.assertEqual(states[0], LEVELS ** 3)
            for count, share in zip((2, 4, 5), states[1:]):
                self.assertLess(abs(share - LEVELS ** 3 / count), 0.1 * LEVELS ** 3 / count)  # blocks of equal work, not of equal size
            for bytes_, wanted in zip(received, (0, reach, 2 * reach, 2 * reach)):
                self.assertLess(abs(bytes_ - wanted), 0.01 * reach, text)  # three digits are printed
            self.assertEqual(messages, [0, 1, 2, 2])
            seconds = [float(row[1]) for row in rows]
            self.assertTrue(0 < seconds[3] < seconds[0] < 10, text)
            # Eight sets of machines that may move, but for those at an end: 8 actions of nearly 8 transitions.
            made = float(re.search(r"(\S+) transitions of 2 flops", text)[1])
            self.assertTrue(0.9 * 64 < made < 64, text)

    def test_what_is_received_is_what_the_trace_says(self):
        text = self.check_job("--ranks", "2")
        forecast = float(re.search(r"(?m)^ +2 .* for +(\S+) in +1 \+", text)[1])
        ending = self.run_job(job_text(model=ADDITIVE, criterion=DISCOUNTED, solver={"method": "value_iteration"}), ranks=2)
        self.assert_ends(ending, DONE)
        self.assertLess(abs(ending.variable("trace/bytes_received")[0] - 2 * forecast), 0.04 * forecast)  # both ranks; no step at the border is the widest

    def test_memory_by_method(self):
        size = lambda text, what: float(re.search(what + r" +(\S+) KiB", text)[1])
        plain = self.check_job()
        self.assertEqual(size(plain, "values, two stages"), 16 * LEVELS ** 3 / 1024)
        self.assertEqual(size(plain, "actions"), 4 * LEVELS ** 3 / 1024)
        self.assertNotIn("linear solver", plain)
        self.assertNotIn("time of a sweep", plain)
        self.assertRegex(self.check_job(method="auto"), r"linear solver +3\.9 MiB")
        plan = self.call("check", "value_iteration", "--set", 'model.kind="additive"', "--set", "model.levels=40", "--set",
                         'criterion.kind="finite_horizon"', "--set", "criterion.horizon=32")
        self.assertRegex(plan.out, r"plan of all stages +23\.4 MiB")

    def test_stored_models_have_no_forecast(self):
        self.assertIn("no forecast: it takes a model", self.check_job("--ranks", "4", model={"kind": "garnet", "states": 100}))
        drawn = self.call("check", "value_iteration", "--set", 'model.map="..."', "--set", "model.target=[[0,0]]", "--ranks", "4")
        self.assert_ends(drawn, DONE)
        self.assertIn("no forecast: it takes a model", drawn.out)

    def test_refusals(self):
        self.assert_ends(self.call("check", "value_iteration", "--ranks", "0"), BAD_COMMAND_LINE, "--ranks")
        ending = self.run_job(job_text(model={"kind": "garnet", "states": 50}, criterion={"kind": "average_reward"}), "--verify", ranks=2)
        self.assert_ends(ending, BAD_COMMAND_LINE, "--verify repeats the proof of discounted", "not that of [criterion]")
        self.assertFalse(ending.file.exists())


class LeftOut(JobTest):
    def test_policy_value_and_state_variables(self):
        job = dict(model={**ADDITIVE, "levels": 5}, criterion=DISCOUNTED)
        whole = self.run_job(job_text(**job), name="whole")
        less = self.run_job(job_text(**job, output={"policy_value": False, "state_variables": False}), name="less", ranks=2)
        self.assert_ends(whole, DONE)
        self.assert_ends(less, DONE)
        with h5py.File(whole.file) as file:
            self.assertLessEqual({"policy_value", "wear0", "value"}, set(file["results"]))
        with h5py.File(less.file) as file:
            self.assertFalse({"policy_value", "wear0"} & set(file["results"]))
        self.assert_close(less.result("value"), whole.result("value"), 1e-6)
        self.assert_close(whole.result("policy_value"), whole.result("value"), 2e-6)


main()
