"""Writes the MDP file of the program (schema bellshard.mdp, version 1) from small models of `exact_mdp`, one after the other."""
import h5py
import numpy as np


def offsets(counts):
    return np.concatenate([[0], np.cumsum(np.asarray(list(counts), dtype=np.int64))])


def write_mdp(path, mdp, rewards=None, labels=None, coordinates=None):
    """rewards: name -> [state][action], labels: name -> set of states, coordinates: name -> [state]."""
    pairs = [pair for row in mdp for pair in row]
    with h5py.File(path, "w") as file:
        file.attrs["schema"], file.attrs["schema_version"] = "bellshard.mdp", 1
        file["action_offset"] = offsets(len(row) for row in mdp)
        file["transition_offset"] = offsets(len(pair.next) for pair in pairs)
        file["next_state"] = np.array([t for pair in pairs for t in sorted(pair.next)], dtype=np.int64)
        file["probability"] = np.array([float(pair.next[t]) for pair in pairs for t in sorted(pair.next)])
        if any(pair.upper for pair in pairs):
            file["probability_upper"] = np.array([float(pair.upper[t]) for pair in pairs for t in sorted(pair.next)])
        file["reward"] = np.array([float(pair.reward) for pair in pairs])
        for name, values in (rewards or {}).items():
            file[f"rewards/{name}"] = np.array([float(r) for row in values for r in row])
        for name, states in (labels or {}).items():
            file[f"label/{name}"] = np.isin(np.arange(len(mdp)), sorted(states)).astype(np.uint8)
        for name, values in (coordinates or {}).items():
            file[f"coordinate/{name}"] = np.asarray(values)
    return path
