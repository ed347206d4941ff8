"""convert --reorder: the same model under other numbers, whose transitions lead to near states."""
import h5py
import numpy as np
from bellshard_runs import DONE, JobTest, job_text, main

SIDE = 40


def shuffled_grid(path, side=SIDE, lone=3):
    """Two moves on a square of states whose numbers were drawn, and some states that nothing leads to; a label, a variable, names, two rewards."""
    rng = np.random.default_rng(5)
    states = side * side + lone
    number = rng.permutation(states)
    row, column = np.divmod(np.arange(states), side)
    pairs = {}
    for s in range(states):
        if s >= side * side:
            pairs[number[s]] = [{number[s]: 1.0}]
            continue
        right = row[s] * side + min(column[s] + 1, side - 1)
        down = min(row[s] + 1, side - 1) * side + column[s]
        moves = []
        for there in (right, down)[: 1 + s % 2]:
            p = {}
            for t, weight in ((there, 0.7), (s, 0.2), (right if there == down else down, 0.1)):
                p[number[t]] = p.get(number[t], 0) + weight
            moves.append(p)
        pairs[number[s]] = moves
    rows = [pairs[s] for s in range(states)]
    with h5py.File(path, "w") as file:
        file.attrs["schema"], file.attrs["schema_version"] = "bellshard.mdp", 1
        file["action_offset"] = np.cumsum([0] + [len(r) for r in rows])
        flat = [p for r in rows for p in r]
        file["transition_offset"] = np.cumsum([0] + [len(p) for p in flat])
        file["next_state"] = np.array([t for p in flat for t in p], dtype=np.int32)
        file["probability"] = np.array([w for p in flat for w in p.values()])
        file["reward"] = rng.random(len(flat))
        file["rewards/fuel"] = rng.random(len(flat))
        file["label/goal"] = (rng.random(states) < 0.1).astype(np.uint8)
        file["coordinate/height"] = rng.random(states)
    return states


def model_of(path):
    """-> per state: its pairs as (rewards, transitions), label and variable; and all distances of transitions"""
    with h5py.File(path) as file:
        action, transition = file["action_offset"][()], file["transition_offset"][()]
        arrays = {name: file[name][()] for name in ("next_state", "probability", "reward", "rewards/fuel", "label/goal", "coordinate/height")}
        original = file["coordinate/original_state"][()].astype(int) if "coordinate/original_state" in file else np.arange(len(action) - 1)
    states, apart = {}, []
    for s in range(len(action) - 1):
        pairs = []
        for k in range(action[s], action[s + 1]):
            items = slice(transition[k], transition[k + 1])
            pairs.append((arrays["reward"][k], arrays["rewards/fuel"][k], dict(zip(original[arrays["next_state"][items]].tolist(), arrays["probability"][items].tolist()))))
            apart += np.abs(arrays["next_state"][items] - s).tolist()
        states[int(original[s])] = (pairs, arrays["label/goal"][s], arrays["coordinate/height"][s])
    return states, apart


class Reorder(JobTest):
    def test_the_same_model_with_near_transitions(self):
        states = shuffled_grid(self.folder / "model.h5")
        self.assert_ends(self.call("convert", "model.h5", "near.h5", "--reorder"), DONE, "renumbered: a transition leads", "original_state holds the old numbers")
        (before, far), (after, near) = model_of(self.folder / "model.h5"), model_of(self.folder / "near.h5")
        self.assertEqual(len(after), states)
        self.assertEqual(before, after)
        self.assertLessEqual(max(near), SIDE + 1)  # what a square grid allows is its side
        self.assertGreater(np.mean(far), 10 * np.mean(near))

    def test_twice_keeps_the_first_numbers(self):
        shuffled_grid(self.folder / "model.h5", side=7)
        for source, target in (("model.h5", "once.h5"), ("once.h5", "twice.h5")):
            self.assert_ends(self.call("convert", source, target, "--reorder"), DONE)
        self.assertEqual(model_of(self.folder / "model.h5")[0], model_of(self.folder / "twice.h5")[0])

    def test_results_tell_the_old_numbers(self):
        shuffled_grid(self.folder / "model.h5")
        self.call("convert", "model.h5", "near.h5", "--reorder")
        found = {}
        for name in ("model", "near"):
            ending = self.run_job(job_text(model={"kind": "file", "file": f"{name}.h5"}, criterion={"kind": "discounted", "discount": 0.9}, solver={"tolerance": 1e-10}),
                                  name=name + "_result", ranks=3)
            self.assert_ends(ending, DONE)
            found[name] = ending
        original = found["near"].result("original_state").astype(int)
        np.testing.assert_allclose(found["near"].result("value"), found["model"].result("value")[original], rtol=1e-9)
        asked = self.call("query", "near_result.h5", "--state", "original_state=17")
        self.assert_ends(asked, DONE)
        self.assertIn(f"state {list(original).index(17)}", asked.out)


main()
