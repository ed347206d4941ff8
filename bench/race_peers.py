"""One peer solves one model once, in a process of its own: race_peers.py PEER MODEL.npz TOLERANCE VALUES.npy

Prints {"seconds": ...}: the solve alone, without reading the model and making the peer's own form of it. `tolerance` is what the
peer is given as its stop rule, in units of values; what it means differs, so the race tightens it until the values are right.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

from race_models import Model


def timed(solve):
    begin = time.perf_counter()
    solve()
    return time.perf_counter() - begin


def sparse_rows(model):
    import scipy.sparse
    return scipy.sparse.csr_matrix((model.probability, model.next_state, model.transition_offset), shape=(model.states * model.actions, model.states))


def mdpsolver(model, tolerance):
    import mdpsolver as library

    def nested(values):
        rows = [part.tolist() for part in np.split(values, model.transition_offset[1:-1])]
        return [rows[a:a + model.actions] for a in range(0, len(rows), model.actions)]
    solver = library.model()
    solver.mdp(discount=model.discount, rewards=model.reward.reshape(model.states, model.actions).tolist(),
               tranMatProbs=nested(model.probability), tranMatColumns=nested(model.next_state))
    seconds = timed(lambda: solver.solve(algorithm="mpi", tolerance=tolerance, parallel=True))
    return seconds, np.array(solver.getValueVector())


def quantecon(model, tolerance):
    from quantecon.markov import DiscreteDP
    problem = DiscreteDP(model.reward, sparse_rows(model), model.discount, np.repeat(np.arange(model.states), model.actions),
                         np.tile(np.arange(model.actions), model.states))
    problem.solve(method="modified_policy_iteration", epsilon=1e30, max_iter=2)  # compiles
    found = {}
    seconds = timed(lambda: found.update(problem.solve(method="modified_policy_iteration", epsilon=tolerance, max_iter=10 ** 7)))
    return seconds, found["v"]


def pymdptoolbox(model, tolerance):
    import scipy.sparse
    from mdptoolbox import mdp
    rows = sparse_rows(model)
    by_action = [scipy.sparse.csr_matrix(rows[a::model.actions]) for a in range(model.actions)]
    problem = mdp.PolicyIterationModified(by_action, model.reward.reshape(model.states, model.actions), model.discount, epsilon=tolerance, max_iter=10 ** 7)
    return timed(problem.run), np.array(problem.V)


def storm(model, tolerance):
    import stormpy
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.drn"
        write_drn(model, path)
        built = stormpy.build_model_from_drn(str(path))
    formula = stormpy.parse_properties(f'R{{"reward"}}max=? [Cdiscount={model.discount!r}]')[0]
    environment = stormpy.Environment()
    solver = environment.solver().min_max()
    solver.precision = stormpy.Rational(repr(tolerance))
    solver.relative_termination_criterion = False
    found = []
    seconds = timed(lambda: found.append(stormpy.model_checking(built, formula, environment=environment)))
    return seconds, np.array(found[0].get_value_vector())


def write_drn(model, path):
    with path.open("w") as file:
        file.write(f"@type: MDP\n@parameters\n\n@reward_models\nreward\n@nr_states\n{model.states}\n@nr_choices\n{model.states * model.actions}\n@model\n")
        for state in range(model.states):
            file.write(f"state {state} [0]{' init' if state == 0 else ''}\n")
            for pair in range(state * model.actions, (state + 1) * model.actions):
                file.write(f"\taction {pair} [{float(model.reward[pair])!r}]\n")
                items = slice(model.transition_offset[pair], model.transition_offset[pair + 1])
                file.writelines(f"\t\t{t} : {p!r}\n" for t, p in zip(model.next_state[items].tolist(), model.probability[items].tolist()))


def plain_loop(model, tolerance):
    with tempfile.TemporaryDirectory() as folder:
        path, values = pathlib.Path(folder) / "model.bin", pathlib.Path(folder) / "values.bin"
        with path.open("wb") as file:
            pairs = model.states * model.actions
            for array, kind in (([model.states, pairs, len(model.next_state)], np.int64), (np.arange(0, pairs + 1, model.actions), np.int64),
                                (model.transition_offset, np.int64), (model.next_state, np.int32), (model.probability, float), (model.reward, float)):
                np.asarray(array, dtype=kind).tofile(file)
        said = subprocess.run([os.environ["RACE_PLAIN_LOOP"], path, repr(model.discount), repr(tolerance), values], check=True, capture_output=True, text=True)
        return float(said.stdout.split()[0]), np.fromfile(values)


PEERS = {"MDPSolver": mdpsolver, "QuantEcon": quantecon, "pymdptoolbox": pymdptoolbox, "Storm": storm, "plain CSR loop": plain_loop}


def main():
    name, path, tolerance, values_file = sys.argv[1:]
    seconds, values = PEERS[name](Model.load(path), float(tolerance))
    np.save(values_file, values)
    print("\n" + json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main()
