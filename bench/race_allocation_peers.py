"""One peer finds the optimum of one budget, in a process of its own: race_allocation_peers.py PEER TABLE.jsonl BUDGET LIMIT

Prints {"seconds": ..., "loss": ..., "cost": ..., "proven": ...}: the solve alone, without reading the table and making the peer's own form of it. Every peer is
asked for a gap of zero, with the threads that it takes by itself, and stopped after LIMIT seconds. `loss` is the sum of the table's losses of what it chose.
"""
import json
import pathlib
import sys
import time

import numpy as np


def timed(solve):
    begin = time.perf_counter()
    found = solve()
    return time.perf_counter() - begin, found


def highs(table, budget, limit):
    import highspy
    solver = highspy.Highs()
    for name, value in (("output_flag", False), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.0), ("time_limit", limit)):
        solver.setOptionValue(name, value)
    model = highspy.HighsLp()
    choices = [len(layer["loss"]) for layer in table]
    model.num_col_, model.num_row_ = sum(choices), len(table) + 1
    model.col_cost_ = np.concatenate([layer["loss"] for layer in table]).astype(float)
    model.col_lower_, model.col_upper_ = np.zeros(model.num_col_), np.ones(model.num_col_)
    model.row_lower_ = np.r_[np.ones(len(table)), -highspy.kHighsInf]
    model.row_upper_ = np.r_[np.ones(len(table)), float(budget)]
    model.integrality_ = [highspy.HighsVarType.kInteger] * model.num_col_
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = 2 * np.arange(model.num_col_ + 1)
    model.a_matrix_.index_ = np.stack([np.repeat(np.arange(len(table)), choices), np.full(model.num_col_, len(table))], 1).ravel()
    model.a_matrix_.value_ = np.stack([np.ones(model.num_col_), np.concatenate([layer["cost"] for layer in table])], 1).ravel()
    solver.passModel(model)
    seconds, _ = timed(solver.run)
    return seconds, np.array(solver.getSolution().col_value), solver.getModelStatus() == highspy.HighsModelStatus.kOptimal


def cp_sat(table, budget, limit):
    """Whole numbers alone: losses in units of 1e-9."""
    from ortools.sat.python import cp_model
    model = cp_model.CpModel()
    picked = [[model.NewBoolVar("") for _ in layer["loss"]] for layer in table]
    for layer in picked:
        model.AddExactlyOne(layer)
    flat = [variable for layer in picked for variable in layer]
    model.Add(cp_model.LinearExpr.WeightedSum(flat, [c for layer in table for c in layer["cost"]]) <= budget)
    model.Minimize(cp_model.LinearExpr.WeightedSum(flat, [round(1e9 * x) for layer in table for x in layer["loss"]]))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit
    seconds, status = timed(lambda: solver.Solve(model))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return seconds, None, False
    return seconds, np.array([solver.Value(variable) for variable in flat], float), status == cp_model.OPTIMAL


def by_ortools(name):
    def solve(table, budget, limit):
        from ortools.linear_solver import pywraplp
        solver = pywraplp.Solver.CreateSolver(name)
        solver.SetTimeLimit(int(1000 * limit))
        picked = [[solver.BoolVar("") for _ in layer["loss"]] for layer in table]
        for layer in picked:
            solver.Add(sum(layer) == 1)
        pairs = [(variable, c, x) for layer, variables in zip(table, picked) for variable, c, x in zip(variables, layer["cost"], layer["loss"])]
        solver.Add(solver.Sum([c * variable for variable, c, _ in pairs]) <= budget)
        solver.Minimize(solver.Sum([x * variable for variable, _, x in pairs]))
        exactly = pywraplp.MPSolverParameters()
        exactly.SetDoubleParam(exactly.RELATIVE_MIP_GAP, 0.0)
        seconds, status = timed(lambda: solver.Solve(exactly))
        if status not in (solver.OPTIMAL, solver.FEASIBLE):
            return seconds, None, False
        return seconds, np.array([variable.solution_value() for variable, _, _ in pairs]), status == solver.OPTIMAL
    return solve


PEERS = {"HiGHS": highs, "CP-SAT": cp_sat, "CBC": by_ortools("CBC"), "SCIP": by_ortools("SCIP")}


def main():
    peer, path, budget, limit = sys.argv[1:]
    table = [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]
    seconds, values, proven = PEERS[peer](table, int(budget), float(limit))
    answer = {"seconds": seconds, "loss": None, "cost": None, "proven": bool(proven)}
    if values is not None:
        per_layer = np.split(values, np.cumsum([len(layer["loss"]) for layer in table])[:-1])
        taken = [int(np.argmax(part)) for part in per_layer]
        answer["loss"] = sum(layer["loss"][k] for layer, k in zip(table, taken))
        answer["cost"] = sum(layer["cost"][k] for layer, k in zip(table, taken))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
