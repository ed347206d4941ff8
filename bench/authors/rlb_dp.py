"""bid_optimization beside the authors' program (han-cai/rlb-dp): campaign 2997, the value table and the replay of its test log by four rules."""
import json
import statistics

import h5py
import numpy as np

from authors.clones import modules_of, take_out, timed
from decisions.runs import bellshard

ADDRESS = "https://github.com/han-cai/rlb-dp"
CAMPAIGN = "data/ipinyou-data/2997"
EPISODE, SHARE, MOST = 1000, 1 / 32, 300


def theirs(folder):
    """Value table; [impressions, clicks, cost] by rule; seconds of both (of the table with its text, which they write row by row)."""
    info, log = json.loads((folder / CAMPAIGN / "info.json").read_text()), folder / CAMPAIGN / "test.theta.txt"
    with modules_of(folder / "python", ["rlb_dp_i", "ss_mdp", "mcpc", "lin_bid", "utility"], stubs=["tensorflow"]) as (dp, ss, mcpc, lin, utility):
        budget = int(info["cost_train"] / info["imp_train"] * SHARE * EPISODE)
        rlb = dp.RLB_DP_I(info, utility.Opt_Obj("clk"), 1)
        table = folder / "table.txt"
        _, first = timed(rlb.calc_optimal_value_function_with_approximation_i, EPISODE, budget, MOST, utility.calc_m_pdf(info["price_counter_train"]), str(table))
        value = np.loadtxt(table)
        rules = {"ss_mdp": ss.SS_MDP(info), "mcpc": mcpc.Mcpc(info), "lin_bid": lin.Lin_Bid(info), "rlb": rlb}
        rules["ss_mdp"].V = rules["rlb"].V = value.tolist()
        rules["lin_bid"].b0 = 10
        found, second = {}, 0.0
        for name, rule in rules.items():
            with log.open() as lines:
                (_, *found[name]), seconds = timed(rule.run, lines, None, EPISODE, SHARE, MOST)
            second += seconds
    return value, found, first, second


def race(asked, clone, folder):
    commit = take_out(clone, ["python", f"{CAMPAIGN}/info.json", f"{CAMPAIGN}/test.theta.txt"], folder)
    value, found, table, replay = theirs(folder)
    text = f'[campaign]\ninfo = "{CAMPAIGN}/info.json"\nlog = "{CAMPAIGN}/test.theta.txt"\n[auction]\nepisode = {EPISODE}\nbudget_ratio = {SHARE}\n[replay]\nlin_bid_base = 10.0\n'
    own = []
    for _ in range(asked.repeats):
        whole, sweeps, file = bellshard(asked, "bid_optimization", text, folder)
        with h5py.File(file) as opened:
            own.append((whole, float(opened["trace/seconds"][EPISODE - 2]), sweeps))
            results = {key: opened[f"results/{key}"][()] for key in ("value", "impressions", "clicks", "cost")}
    whole, rows, sweeps = (statistics.median(column) for column in zip(*own))
    same = all(list(found[name]) == [int(results[key][k]) for key in ("impressions", "clicks", "cost")] for k, name in enumerate(found))
    print(f"rlb-dp {commit}, campaign 2997, {EPISODE} rows of {value.shape[1]:,} budgets, {sum(1 for _ in (folder / CAMPAIGN / 'test.theta.txt').open()):,} auctions by four rules: table {table:.2f} s and replay "
          f"{replay:.2f} s; Bellshard, one rank, {rows:.4f} s and {sweeps - rows:.4f} s, start to end {whole:.3f} s: {table / rows:.0f}, {replay / (sweeps - rows):.0f} and {(table + replay) / whole:.0f} times as fast; "
          f"values differ by {np.abs(results['value'] - value).max():.1e}, impressions, clicks and costs of the four rules are {'the same' if same else f'NOT the same: {found}'}", flush=True)
