"""distributional_vi beside CVaR value iteration over levels (Silvicek/cvar-algorithms, run_vi.py): seconds of a sweep of its cliffs of 40 x 60 and 10 x 15 cells, and what policies promise and attain on the smaller one and on
three states in three steps, where levels are known to promise more than any policy attains.

Their policy goes on with the level that the last step's worst case gave the outcome (XiBasedPolicy). Its law is followed exactly, paths that meet in a state and level together, until no more than LEFT_OUT of the probability is under way; that counts with what it has
collected. After 50 steps or so what may still come is worth less than 2, so a mean over LEVEL is right within 0.02.
Their discount is a constant of theirs, 0.95, and is set to 1 for the three states.
"""
import pathlib
import statistics
import sys

import numpy as np

from authors.clones import modules_of, take_out, timed
from decisions.distribution_peers import LEVELS_FAIL
from decisions.runs import results_of

sys.path.append(str(pathlib.Path(__file__).parents[2] / "tests" / "reference"))
import plain_distributions  # noqa: E402

ADDRESS = "https://github.com/Silvicek/cvar-algorithms"
LEVEL, LEFT_OUT = 0.1, 1e-3
SMALL, LARGE = ((101, 101), (201, 201)), ((32, 64), (64, 128))  # stocks and atoms
MODULES = [f"cvar.gridworld.{name}" for name in ("core.constants", "cliffwalker", "algorithms.value_iteration")]


def add_options(parser):
    parser.add_argument("--cvar-sweeps", type=int, default=2, help="cvar-algorithms: its sweeps that are timed")
    parser.add_argument("--cvar-part", choices=["sweeps", "policies"], help="cvar-algorithms: one part alone; policies take minutes")


class Layers:
    """Three steps of a small model as a world of theirs: row y is the number of steps taken."""

    ACTIONS = [0, 1]

    def __init__(self, cliff, actions, horizon):
        self.state, self.transition = cliff.State, cliff.Transition  # not the module: they copy worlds deeply
        self.actions, self.height, self.width = actions, horizon + 1, len(actions)
        self.initial_state, self.goal_states = cliff.State(0, 0), {cliff.State(horizon, x) for x in range(self.width)}

    def states(self):
        return (self.state(y, x) for y in range(self.height) for x in range(self.width))

    def transitions(self, s):
        if s in self.goal_states:
            return [[self.transition(s, 1.0, 0)] for _ in self.ACTIONS]
        return [[self.transition(self.state(s.y + 1, n), p, r) for n, p, r in pair] for pair in self.actions[s.x]]


class Policy:
    """Their greedy policy over states and levels; outcomes that are alike go on with the level of the first, as theirs do."""

    def __init__(self, values, world):
        self.values, self.world, self.known = values, world, {}

    def step(self, state, level):
        """[(next state, probability, reward, next level)]"""
        key = (state, level)
        if key not in self.known:
            (action, shares), _ = timed(self.values.next_action, state.y, state.x, level)
            outcomes = self.world.transitions(state)[action]
            self.known[key] = [(t.state, t.prob, t.reward, float(shares[outcomes.index(t)])) for t in outcomes]
        return self.known[key]

    def law(self, level, discount):
        """Returns and their probabilities."""
        here, law, weight = {(self.world.initial_state, level, 0.0): 1.0}, {}, 1.0
        while sum(here.values()) > LEFT_OUT:
            after = {}
            for (state, y, collected), p in here.items():
                for to, q, r, next_level in self.step(state, y):
                    total = collected + r * weight
                    if to in self.world.goal_states:
                        law[total] = law.get(total, 0) + p * q
                    else:
                        after[to, next_level, total] = after.get((to, next_level, total), 0) + p * q
            here, weight = after, weight * discount
        for (_, _, total), p in here.items():
            law[total] = law.get(total, 0) + p
        return np.array(list(law)), np.array(list(law.values()))


def model_of(world):
    """actions[state][action] = [(next state, probability, reward)]; cells of the cliff, which nobody enters, stay where they are."""
    number = {s: s.y * world.width + s.x for s in world.states()}
    actions = [[[(k, 1.0, 0)]] for k in range(world.height * world.width)]
    for s, k in number.items():
        actions[k] = [[(number[t.state], t.prob, t.reward) for t in pair] for pair in world.transitions(s)]
    return actions, number[world.initial_state]


def own_law(actions, goal, results, start, discount):
    """The law of Bellshard's written policy, followed in the same way: the next stock is drawn between two of the grid's, right in the mean. What was collected before the end depends on the step alone here."""
    stocks, best = results["stock"], results["action"]
    here, law, weight, collected = np.zeros(best.shape), {}, 1.0, 0.0
    here[start, np.abs(stocks - results["start_stock"][start]).argmin()] = 1
    while here.sum() > LEFT_OUT:
        after = np.zeros_like(here)
        for state, action in ((state, action) for state in np.flatnonzero(here.any(axis=1)) for action in range(len(actions[state]))):
            p = np.where(best[state] == action, here[state], 0)
            for to, q, r in actions[state][action]:
                if to == goal:
                    law[collected + r * weight] = law.get(collected + r * weight, 0) + q * p.sum()
                    continue
                place = np.clip(((stocks + r) / discount - stocks[0]) / (stocks[1] - stocks[0]), 0, len(stocks) - 1)
                low = np.minimum(place.astype(int), len(stocks) - 2)
                np.add.at(after[to], low, q * p * (1 - place + low))
                np.add.at(after[to], low + 1, q * p * (place - low))
        here, collected, weight = after, collected - weight, weight * discount
    law[collected] = law.get(collected, 0) + here.sum()
    return np.array(list(law)), np.array(list(law.values()))


def its_cliff(cliff, rows, columns):
    np.random.seed(2)  # as its run_vi.py does
    return cliff.GridWorld(rows, columns, random_action_p=0.1)


def race_sweeps(asked, commit, cliff, iteration, folder):
    for rows, columns in ((10, 15), (40, 60)):
        world = its_cliff(cliff, rows, columns)
        values, update, compare = timed(iteration.ValueFunction, world)[0], [], []
        for _ in range(asked.cvar_sweeps):
            after, seconds = timed(iteration.value_update, world, values)
            update.append(seconds)
            compare.append(timed(iteration.value_difference, values, after, world)[1])
            values = after
        actions, start = model_of(world)
        file = plain_distributions.write_model(folder / "model.h5", actions, (start,))
        for stocks, atoms in LARGE if rows > 10 else SMALL:
            own = statistics.median(float(results_of(asked, "distributional_vi", text(file, stocks, atoms, horizon=10))[1]["trace_seconds"]) / 10 for _ in range(asked.repeats))
            print(f"cvar-algorithms {commit}, its cliff of {rows} x {columns}, seconds of a sweep: 50 levels {min(update):.3f} and {min(compare):.3f} for the largest change; Bellshard, one rank, {stocks} stocks x {atoms} "
                  f"atoms {own:.4f}: {min(update) / own:.0f} and {(min(update) + min(compare)) / own:.0f} times as fast", flush=True)


def text(file, stocks, atoms, horizon=None, level=LEVEL, tolerance=1e-3):
    ends = f'kind = "finite_horizon"\nhorizon = {horizon}' if horizon else 'kind = "discounted"'
    return (f'[model]\nkind = "file"\nfile = "{file}"\n[criterion]\n{ends}\ndiscount = 0.95\n[objective]\nkind = "cvar"\nlevel = {level}\n[law]\nkind = "categorical"\natoms = {atoms}\n[stock]\npoints = {stocks}\n'
            f'[output]\ndistribution = "none"\n' + ("stage_actions = false\n" if horizon else f"[solver]\ntolerance = {tolerance}\n"))


def race_cliff(asked, commit, cliff, iteration, folder):
    world = its_cliff(cliff, 10, 15)
    values, theirs = timed(iteration.value_iteration, world, max_iters=10000, eps_convergence=1e-3)
    promised = values.V[world.initial_state.y, world.initial_state.x].cvar_alpha(LEVEL)
    attained = plain_distributions.tail_mean(*Policy(values, world).law(LEVEL, 0.95), LEVEL)
    print(f"cvar-algorithms {commit}, its cliff of 10 x 15, worst {LEVEL:.0%}: value iteration {theirs:.1f} s, promises {promised:.3f}, its policy attains {attained:.3f}", flush=True)
    actions, start = model_of(world)
    goal = world.height * world.width - 1
    file = plain_distributions.write_model(folder / "small.h5", actions, (start,))
    for size in SMALL:
        results = results_of(asked, "distributional_vi", text(file, *size))[1]
        own, attained = float(results["trace_seconds"]), plain_distributions.tail_mean(*own_law(actions, goal, results, start, 0.95), LEVEL)
        print(f"    Bellshard, one rank, {size[0]} stocks x {size[1]} atoms: {own:.2f} s ({theirs / own:.0f} times as fast), promises {results['value'][start]:.3f}, its policy attains {attained:.3f}", flush=True)


def race_three_states(asked, commit, cliff, iteration, folder):
    world = Layers(cliff, LEVELS_FAIL, 3)
    values, theirs = timed(iteration.value_iteration, world, eps_convergence=1e-9)
    found, p = Policy(values, world).law(0.25, 1.0)
    file = plain_distributions.write_model(folder / "three.h5", LEVELS_FAIL)
    job = (f'[model]\nkind = "file"\nfile = "{file}"\n[criterion]\nkind = "finite_horizon"\ndiscount = 1.0\nhorizon = 3\n[objective]\nkind = "cvar"\nlevel = 0.25\n[law]\nkind = "exact"\n')
    runs = [results_of(asked, "distributional_vi", job)[1] for _ in range(asked.repeats)]
    own = statistics.median(float(results["trace_seconds"]) for results in runs)
    everything = plain_distributions.tail_mean(np.arange(31), plain_distributions.all_laws(LEVELS_FAIL, 3, 0, 31)[0], 0.25).max()
    print(f"cvar-algorithms {commit}, three states in three steps, worst quarter: {theirs:.3f} s, promises {values.V[0, 0].cvar_alpha(0.25):.6g}, its policy attains {plain_distributions.tail_mean(found, p, 0.25):.6g}; "
          f"Bellshard, one rank, {own:.5f} s ({theirs / own:.0f} times as fast), attains {runs[0]['value'][0]:.6g}; the best of all policies that see the history: {everything:.6g}", flush=True)


def race(asked, clone, folder):
    commit = take_out(clone, ["cvar/common", "cvar/gridworld"], folder)
    policies = asked.cvar_part != "sweeps"
    for discount, races in ((0.95, [race_sweeps] * (asked.cvar_part != "policies") + [race_cliff] * policies), (1.0, [race_three_states] * policies)):
        with modules_of(folder, MODULES[:1]) as (constants,):
            constants.gamma = discount
            with modules_of(folder, MODULES[1:], stubs=["matplotlib", "matplotlib.pyplot"]) as (cliff, iteration):
                sys.modules["matplotlib.pyplot"].subplots = lambda *_: None  # a figure that it makes and does not use
                for one in races:
                    one(asked, commit, cliff, iteration, folder)
