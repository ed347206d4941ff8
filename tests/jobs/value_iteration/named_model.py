"""A model whose states, actions and labels have names of all kinds, with the answer that it has by construction."""
import h5py
import numpy as np

# State s has two actions; the one at BEST[s] earns 1, the other nothing, and both lead on round the circle: with discount 1/2 every
# value is 2. PAIR_NAME says which of the ACTIONS each pair is; -1: it has no name.
STATES = ["start", "süd", "a b", "s=1 & t", "x,y", "", "3", "Ω" * 20, "start"]
BEST = np.array([0, 1, 1, 0, 1, 0, 0, 1, 1])
ACTIONS = ["go", "zurück nach Süd", "α→β", "never"]
PAIR_NAME = np.array([0, 1, 1, 0, 2, 2, -1, 0, 0, -1, 1, 2, 2, 1, 0, 0, 1, 2])
LABELS = {"init": [0], "goal": [3, 8], "2nd label, größer": [1, 2], "empty": [],
          "odd ": [1, 3, 5, 7], " a\\b\"c(1)%": [6]}
# Names of variables that the result has uses of its own for.
VARIABLES = ["states", "state", "value", "initial_value", "initial_lower", "width_floor", "sweeps", "state_name", "state_name_length", "action_name",
             "named_action", "action_name_index", "label_goal", "policy_value", "state_value", "x"]


def chosen_names():
    return ["" if PAIR_NAME[2 * s + a] < 0 else ACTIONS[PAIR_NAME[2 * s + a]] for s, a in enumerate(BEST)]


def put_names(file, path, names):
    letters = [name.encode() for name in names]
    file[path] = np.frombuffer(b"".join(letters), dtype=np.uint8)
    file[path + "_offset"] = np.cumsum([0] + [len(name) for name in letters])


def write_model(path, named=True):
    n = len(STATES)
    with h5py.File(path, "w") as file:
        file.attrs["schema"], file.attrs["schema_version"] = "bellshard.mdp", 1
        file["action_offset"] = np.arange(0, 2 * n + 1, 2)
        file["transition_offset"] = np.arange(2 * n + 1)
        file["next_state"] = np.repeat((np.arange(n) + 1) % n, 2)
        file["probability"] = np.ones(2 * n)
        file["reward"] = (np.repeat(BEST, 2) == np.tile([0, 1], n)).astype(float)
        if named:
            put_names(file, "state_name", STATES)
            put_names(file, "action_name", ACTIONS)
            file["action_name_index"] = PAIR_NAME.astype(np.int32)
            for name, holds in LABELS.items():
                file[f"label/{name}"] = np.isin(np.arange(n), holds).astype(np.uint8)
            for k, name in enumerate(VARIABLES):
                file[f"coordinate/{name}"] = np.arange(n) + 100.0 * k


JOB = {"model": {"kind": "file", "file": "model.h5"}, "criterion": {"kind": "discounted", "discount": 0.5}}
