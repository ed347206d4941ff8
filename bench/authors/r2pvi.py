"""robust_offline beside the authors' program (panxulab/Robust-Regularized-Pessimistic-Value-Iteration): the American put, on their data sets, seconds, weights and actions of each algorithm.

Their K is the number of trajectories and stands for the strike too, so both have 100. Three things differ by intent and are told apart in what is printed:
- They do not cut values at 0 from below, so out of the money they exercise for nothing where holding looks bad; values are the same, so weights are.
- R2PVI_KL regresses exp(-V / lambda), which a ridge draws to 0, most optimistic where there are few data; the job regresses what is missing to 1. Their weights are compared after that correction, in the last stage
  that has any, where values of the next one are the same.
- Searches: theirs (Nelder and Mead, a factor at a time) stop at a local optimum, those of the job do not; in that stage the job's must be no lower (but for DRVI_L, whose temperatures the job bounds from below).
"""
import statistics

import h5py
import numpy as np

from authors.clones import modules_of, take_out, timed
from decisions.runs import results_of

ADDRESS = "https://github.com/panxulab/Robust-Regularized-Pessimistic-Value-Iteration"
HORIZON, FACTORS, TRAJECTORIES = 20, 30, 100
ALGORITHMS = [("pevi", "PEVI", 0.0), ("r2pvi_tv", "R2PVI_TV", 1.0), ("r2pvi_kl", "R2PVI_KL", 1.0), ("r2pvi_chi2", "R2PVI_xi2", 1.0), ("drpvi", "DRPVI", 0.03), ("drvi_l", "DRVI_L", 0.03)]
SLOW = "R2PVI_xi2"  # half a minute a data set: one is enough


START, UPS = 99.17022, [0.2, 0.4, 0.5, 0.6, 0.8, 1.0]


def add_options(parser):
    parser.add_argument("--put-sets", type=int, default=10, help="r2pvi: data sets of the American put (one for the slowest algorithm)")


def policy_of(agent, env):
    """[stage, steps up]: 1 where it exercises; -1 where there is no such price."""
    policy = np.full((HORIZON, HORIZON), -1)
    for h in range(HORIZON):
        for ups in range(h + 1):
            price = np.array([START * 1.02 ** ups * 0.98 ** (h - ups)])
            policy[h, ups] = agent.get_action(env.phi(price), h, price)
    return policy


def worth(policy, up):
    value = np.zeros(HORIZON + 1)
    for h in reversed(range(HORIZON)):
        ups = np.arange(h + 1)
        hold = up * value[1:h + 2] + (1 - up) * value[:h + 1]
        value = np.where(policy[h, :h + 1] == 1, np.maximum(0, 100 - START * 1.02 ** ups * 0.98 ** (h - ups)), hold)
    return value[0]


def agreement(name, parameter, agents, data, own):
    """Of weights [data set, stage, factor]."""
    theirs, h = np.array([agent.w for agent in agents]), HORIZON - 2
    if name in ("pevi", "r2pvi_tv"):
        return f"weights differ by {np.abs(theirs - own).max():.1e}"
    if name == "r2pvi_kl":
        ones = np.array([np.linalg.inv(agent.Lambda[h]) @ np.sum([phi[h] for phi in one["phi"]], axis=0) for agent, one in zip(agents, data)])
        corrected = -parameter * np.log(np.exp(-theirs[:, h] / parameter) + 1 - ones)
        kept = theirs[:, h] < HORIZON - 1e-9  # what they cut is lost
        return f"weights, corrected, differ by {np.abs(corrected - own[:, h])[kept].max():.1e} ({kept.sum()} of {kept.size}, the others are cut)"
    more = own[:, h] - theirs[:, h]
    return f"optima are {-more.min():.1e} lower at most, {more.max():.1e} higher at most"


def race(asked, clone, folder):
    commit = take_out(clone, ["American_put_opt"], folder)
    with modules_of(folder / "American_put_opt", ["algorithm", "env", "data_collection"], stubs=["matplotlib", "matplotlib.pyplot"]) as (algorithm, env, collection):
        everything = [collection.Offline_Dataset_Collection(HORIZON, TRAJECTORIES, env.American_put_option(0.5, FACTORS, seed=k), seed=k) for k in range(asked.put_sets)]
        tree = env.American_put_option(0.5, FACTORS)
        price = np.array([[START * 1.02 ** ups * 0.98 ** (h - ups) if ups <= h else np.inf for ups in range(HORIZON)] for h in range(HORIZON)])
        for name, theirs, parameter in ALGORITHMS:
            data = everything[:1] if theirs == SLOW else everything
            S = np.concatenate([np.array(one["S"])[:, :, 0] for one in data])
            with h5py.File(folder / "data.h5", "w") as file:
                file["S"], file["A"], file["R"] = S, np.zeros((len(S), HORIZON), np.int32), np.zeros((len(S), HORIZON))
            agents = [getattr(algorithm, theirs)(d=FACTORS, beta=0.1, H=HORIZON, lam=1.0, dataset=one, Rho=parameter) for one in data]
            seconds = sum(timed(agent.update_Q)[1] for agent in agents)
            key = "" if name == "pevi" else f"{'lambda' if name.startswith('r2') else 'rho'} = [{parameter}]\n"
            text = (f'[world]\nkind = "american_put"\nperturbations = {UPS}\n[data]\nsource = "file"\nfile = "{folder / "data.h5"}"\nreplications = {len(data)}\n'
                    f'[algorithm]\nnames = ["{name}"]\n{key}beta = 0.1\nridge = 1.0\n')
            found = [results_of(asked, "robust_offline", text) for _ in range(asked.repeats)]
            own = statistics.median(float(results["seconds"][0] + results["gram_seconds"]) for _, results in found)
            whole, results = statistics.median(started for started, _ in found), found[0][1]
            policy, mine = np.array([policy_of(agent, tree) for agent in agents]), results["policy"][:, 0]
            apart, paying = policy != mine, price < 100
            returns = np.mean([[worth(one, up) for up in UPS] for one in policy], axis=0)
            print(f"r2pvi {commit}, {theirs}, {len(data)} data sets of {TRAJECTORIES} walks: {seconds:.3f} s; Bellshard, one rank, {own:.4f} s, start to end {whole:.3f} s: {seconds / own:.0f} and "
                  f"{seconds / whole:.1f} times as fast; {agreement(name, parameter, agents, data, results['weight'][:, 0])}; actions differ at {apart[:, paying].sum()} of {paying.sum() * len(data)} places in the money, "
                  f"{apart[:, np.isfinite(price) & ~paying].sum()} of {(np.isfinite(price) & ~paying).sum() * len(data)} out of it; mean returns {' '.join(f'{r:.2f}' for r in returns)}, "
                  f"Bellshard {' '.join(f'{r:.2f}' for r in results['return'][0])}", flush=True)
