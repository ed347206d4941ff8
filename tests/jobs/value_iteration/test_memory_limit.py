"""Rows that stay in the model file (solver.memory_limit): the bits of rows in memory, the values of NumPy, bounded memory, refusals."""
import re
import subprocess

import h5py
import numpy as np

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, NOT_CONVERGED, JobTest, job_text, main

DISCOUNT = 0.9
DISCOUNTED = {"kind": "discounted", "discount": DISCOUNT}
TINY = 2e-5  # [GiB]: 21 kB, parts of 5 kB


class Ragged:
    """250 states of 1 to 5 actions with 1 to 9 next states in any order, some twice; state 7 has one action to all states, which is larger
    than any part. Dense arrays are the oracle."""

    def __init__(self, states=250, seed=3):
        rng = np.random.default_rng(seed)
        self.states = states
        actions = rng.integers(1, 6, states)
        self.action_offset = np.concatenate([[0], np.cumsum(actions)])
        next_state, probability, size = [], [], []
        for s in range(states):
            for a in range(actions[s]):
                to = np.arange(states) if s == 7 and a == 0 else rng.integers(0, states, rng.integers(1, 10))
                p = rng.random(len(to)) + 0.01
                next_state.append(to)
                probability.append(p / p.sum())
                size.append(len(to))
        self.transition_offset = np.concatenate([[0], np.cumsum(size)])
        self.next_state, self.probability = np.concatenate(next_state), np.concatenate(probability)
        self.reward = rng.normal(size=len(size))
        self.target = np.arange(states) % 50 == 3

    def write(self, path, chunks=None):
        stored = {"chunks": (chunks,), "compression": "gzip", "shuffle": True} if chunks else {}
        with h5py.File(path, "w") as file:
            file.attrs["schema"], file.attrs["schema_version"] = "bellshard.mdp", 1
            for name in ("action_offset", "transition_offset", "next_state", "probability", "reward"):
                file.create_dataset(name, data=getattr(self, name), **stored)
            file["label/target"] = self.target.astype(np.uint8)
        return path

    def q(self, value, reward, discount):
        pair = np.repeat(np.arange(len(reward)), np.diff(self.transition_offset))
        return reward + discount * np.bincount(pair, self.probability * value[self.next_state], len(reward))

    def best(self, value, reward, discount):
        return np.maximum.reduceat(self.q(value, reward, discount), self.action_offset[:-1])

    def solve(self, reward, discount, sweeps):
        value = np.zeros(self.states)
        for _ in range(sweeps):
            value = self.best(value, reward, discount)
        return value


def job(criterion=DISCOUNTED, file="model.h5", policy_value=False, **solver):
    return job_text(model={"kind": "file", "file": file}, criterion=criterion, solver={"tolerance": 1e-7, **solver},
                    output={"labels": False, "policy_value": policy_value})


class MemoryLimit(JobTest):
    def setUp(self):
        super().setUp()
        self.model = Ragged()
        self.model.write(self.folder / "model.h5")
        self.model.write(self.folder / "chunked.h5", chunks=100)

    def assert_in_file(self, ending):
        self.assertRegex(ending.log, r"parts of the rows in memory, the others read from the file in each sweep")

    def assert_same_results(self, a, b):
        with h5py.File(a.file) as one, h5py.File(b.file) as other:
            self.assertEqual(set(one["results"]), set(other["results"]))
            for name in one["results"]:
                self.assert_same_bits(one[f"results/{name}"][()], other[f"results/{name}"][()], name)

    def test_value_iteration_has_the_bits_of_rows_in_memory(self):
        exact = self.model.solve(self.model.reward, DISCOUNT, 400)
        memory = self.run_job(job(method="value_iteration"), name="memory")
        self.assert_ends(memory, DONE)
        self.assertNotIn("parts of the rows", memory.log)
        for ranks, file, limit in ((1, "chunked.h5", TINY), (2, "model.h5", 2e-9), (3, "chunked.h5", 2.5e-5)):
            with self.subTest(ranks=ranks, file=file, limit=limit):
                streamed = self.run_job(job(file=file, method="value_iteration", memory_limit=limit), "--verify", ranks=ranks)
                self.assert_ends(streamed, DONE, "fails at 0 states")
                self.assert_in_file(streamed)
                self.assert_same_results(streamed, memory)
        np.testing.assert_allclose(streamed.result("value"), exact, rtol=0, atol=1e-6)

    def test_every_method_proves_what_it_finds(self):
        exact = self.model.solve(self.model.reward, DISCOUNT, 400)
        roomy, tight = 7.5e-5, 8e-6  # for a policy
        for ranks, method, limit in ((1, "auto", roomy), (3, "auto", 1.5e-5), (2, "gauss_seidel", tight), (1, "modified_policy_iteration", roomy),
                                     (3, "inexact_policy_iteration", tight)):
            with self.subTest(ranks=ranks, method=method):
                evaluated = method != "inexact_policy_iteration"
                ending = self.run_job(job(method=method, memory_limit=limit, policy_value=evaluated), ranks=ranks)
                self.assert_ends(ending, DONE, "sweeps of a policy from memory" if limit == roomy else "sweeps of a policy read them too")
                self.assert_in_file(ending)
                lower, upper = ending.result("lower"), ending.result("upper")
                self.assertTrue(np.all(lower <= exact + 1e-12) and np.all(exact <= upper + 1e-12))
                np.testing.assert_allclose(ending.result("policy_value" if evaluated else "value"), exact, rtol=0, atol=1e-6)

    def test_horizons_and_rewards_of_one(self):
        steps = {"kind": "finite_horizon", "horizon": 6}
        ending = self.run_job(job(steps, memory_limit=TINY), ranks=2)
        self.assert_ends(ending, DONE)
        self.assert_in_file(ending)
        np.testing.assert_allclose(ending.result("value"), self.model.solve(self.model.reward, 1, 6), rtol=1e-13, atol=1e-13)

        ending = self.run_job(job({**steps, "reward": "1"}, memory_limit=TINY), ranks=2)
        np.testing.assert_allclose(ending.result("value"), 6, rtol=1e-14)

        ending = self.run_job(job({"kind": "bounded_reachability", "target": "target", "horizon": 4}, memory_limit=TINY), ranks=3)
        self.assert_ends(ending, DONE)
        self.assert_in_file(ending)
        value = self.model.target.astype(float)
        for _ in range(4):
            value = np.where(self.model.target, 1.0, self.model.best(value, np.zeros_like(self.model.reward), 1))
        np.testing.assert_allclose(ending.result("value"), value, rtol=1e-13, atol=1e-13)

    def test_a_run_in_memory_goes_on_from_the_file(self):
        whole = self.run_job(job(method="value_iteration"), name="whole")
        words, file = self.prepare(job(method="value_iteration"), "part")
        self.assert_ends(self.call(*words, "--set", "solver.max_sweeps=30", "--checkpoint-every", "0s", ranks=2, file=file), NOT_CONVERGED)
        rest = self.call(*words, "--set", f"solver.memory_limit={TINY}", file=file)
        self.assert_ends(rest, DONE, "30")
        self.assert_in_file(rest)
        self.assert_same_results(whole, rest)

    def test_refusals_name_the_way_out(self):
        for criterion in ({"kind": "total_reward", "target": "target"}, {"kind": "average_reward"}):
            ending = self.run_job(job(criterion, memory_limit=TINY))
            self.assert_ends(ending, BAD_JOB_FILE, "solver.memory_limit", "needs them in memory", "ranks or more")
        ending = self.run_job(job(memory_limit=TINY, method="prioritised"), ranks=2)
        self.assert_ends(ending, BAD_JOB_FILE, 'solver.method = "prioritised"', "choose another method or raise the limit")
        ordered = job_text(model={"kind": "file", "file": "model.h5"}, solver={"memory_limit": TINY},
                           **{"criteria.first": DISCOUNTED, "criteria.later": {**DISCOUNTED, "after": "first"}})
        ending = self.run_job(ordered, ranks=2)
        self.assert_ends(ending, BAD_JOB_FILE, "[criteria.later] needs them in memory")
        self.assertNotIn("sweep 1", ending.log)  # before the first one is solved
        garnet = job_text(model={"kind": "garnet"}, criterion=DISCOUNTED, solver={"memory_limit": 1.0})
        self.assert_ends(self.run_job(garnet), BAD_JOB_FILE, "solver.memory_limit has no use here", "matrix_free")

    def test_a_broken_part_is_refused_with_its_place(self):
        with h5py.File(self.folder / "model.h5", "r+") as file:
            file["probability"][2000] += 0.25
        pair = int(np.searchsorted(self.model.transition_offset, 2000, side="right")) - 1
        for ranks in (1, 3):
            self.assert_ends(self.run_job(job(memory_limit=TINY), ranks=ranks), BAD_INPUT, f"model.h5:/probability: pair {pair} (")

    def test_check_says_which_way(self):
        self.prepare(job(memory_limit=TINY))
        ending = self.call("check", self.job_name, "-c", "result.toml")
        self.assert_ends(ending, DONE)
        self.assertIn("they stay in the file", ending.out + ending.log)
        ending = self.call("check", self.job_name, "-c", "result.toml", "--set", "solver.memory_limit=1.0")
        self.assertIn("in memory", ending.out + ending.log)

    def peak(self, *words):
        """Of one process [MiB]."""
        done = subprocess.run(["/usr/bin/env", "python3", "-c", "import resource, subprocess, sys; "
                               "code = subprocess.run(sys.argv[1:]).returncode; "
                               "print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, code)", *self.command(*words)],
                              cwd=self.folder, env=self.environment(), capture_output=True, text=True, timeout=self.patience)
        kib, code = re.search(r"peak (\d+) (\d+)", done.stdout).groups()
        self.assertIn(int(code), (DONE, NOT_CONVERGED), done.stderr)
        return int(kib) / 1024

    def test_memory_stays_below_the_limit(self):
        """A ring of 25,000 states with 16 actions of 16 next states: 6.4 million transitions, 110 MB in the file."""
        states, actions, size = 25_000, 16, 16
        rng = np.random.default_rng(5)
        pairs = states * actions
        with h5py.File(self.folder / "large.h5", "w") as file:
            file.attrs["schema"], file.attrs["schema_version"] = "bellshard.mdp", 1
            file["action_offset"] = np.arange(0, pairs + 1, actions)
            file["transition_offset"] = np.arange(0, pairs * size + 1, size)
            near = np.sort((np.arange(pairs)[:, None] // actions + rng.integers(0, 9, (pairs, 1)) + 10 * np.arange(size)) % states, axis=1)
            file["next_state"] = near.reshape(-1)
            p = rng.random((pairs, size)) + 0.1
            file["probability"] = (p / p.sum(axis=1, keepdims=True)).reshape(-1)
            file["reward"] = rng.random(pairs)
        del near, p
        large = ["run", self.job_name, "-c", "large.toml", "--restart", "never"]
        self.prepare(job(file="large.h5", method="value_iteration", max_sweeps=2), "large")
        self.prepare(job(method="value_iteration"), "small")

        program = self.peak("run", self.job_name, "-c", "small.toml")
        memory = self.peak(*large)
        streamed = self.peak(*large, "--set", "solver.memory_limit=0.03125")

        # 32 MiB of rows, 1 MiB of values and actions, and 16 bytes a pair while the blocks of the ranks are cut.
        self.assertLess(streamed, program + 32 + 1 + 16 * pairs / 2**20 + 8)
        self.assertGreater(memory, program + 110)


if __name__ == "__main__":
    main()
