"""bid_optimization: the table row by row. NumPy goes through the prices on whole rows, Python's loops cell by cell; values must agree. Then ranks: a large table of which few rows are kept,
on one rank and on --ranks, by turns. Seconds are of the sweeps.
"""
import json
import math
import time

import h5py
import numpy as np

from decisions.runs import bellshard


def add_options(parser):
    parser.add_argument("--bidding-rows", type=int, default=120, help="bid_optimization: rows in the race of ranks")
    parser.add_argument("--bidding-budget", type=int, default=1_000_000, help="bid_optimization: budget in the race of ranks")


def bidding_market(folder):
    """A campaign of many cheap auctions, as the public ones are."""
    count = [int(1 + 4000 * math.exp(-d / 45) * (1 + math.sin(d / 5) ** 2)) for d in range(301)]
    info = {"imp_train": sum(count), "clk_train": sum(count) // 225, "cost_train": sum(d * c for d, c in enumerate(count)), "price_counter_train": count}
    (folder / "info.json").write_text(json.dumps(info))
    return info


def bidding_text(episode, budget, spacing=0.0):
    return f'[campaign]\ninfo = "info.json"\n[auction]\nepisode = {episode}\nbudget = {budget}\n[table]\nspacing = {spacing}\n[output]\nvalue = {str(spacing == 0).lower()}\n'


def bidding_rows_by_numpy(info, rows, budget):
    """The table price by price on whole rows; prices beyond the last one that anybody buys at are left out."""
    count = np.array(info["price_counter_train"], dtype=float)
    chance, gain = (count + 1) / (count.sum() + len(count)), info["clk_train"] / info["imp_train"]
    value = np.zeros((rows, budget + 1))
    for n in range(1, rows):
        before, after = value[n - 1], value[n]
        np.copyto(after, before)
        for d in range(min(300, budget) + 1):
            worth = before[:budget + 1 - d] - before[d:]
            worth += gain
            np.maximum(worth, 0, out=worth)  # worth falls with the price: what is not bought at adds nothing
            if not worth.any():
                break
            worth *= chance[d]
            after[d:] += worth
        after[0] = 0
    return value


def bidding_rows_by_loops(info, rows, budget):
    count = info["price_counter_train"]
    chance, gain = [(c + 1) / (sum(count) + len(count)) for c in count], info["clk_train"] / info["imp_train"]
    value = [[0.0] * (budget + 1)]
    for n in range(1, rows):
        before, after = value[-1], [0.0] * (budget + 1)
        for b in range(1, budget + 1):
            here, more = before[b], 0.0
            for d in range(min(300, b) + 1):
                worth = gain + before[b - d] - here
                if worth < 0:
                    break
                more += chance[d] * worth
            after[b] = here + more
        value.append(after)
    return value


def race_bid_optimization(asked, folder):
    info = bidding_market(folder)

    def own(text, ranks=1):
        _, seconds, file = bellshard(asked, "bid_optimization", text, folder, ranks)
        with h5py.File(file) as opened:
            return seconds, opened["results/value"][()] if "value" in opened["results"] else None

    if asked.part != "ranks":
        for episode, budget, name, peer, repeats in ((1000, 1969, "NumPy", bidding_rows_by_numpy, 3), (40, 200_000, "NumPy", bidding_rows_by_numpy, 2), (30, 1969, "Python's loops", bidding_rows_by_loops, 1)):
            ours, theirs = [], []
            for _ in range(repeats):
                begin = time.perf_counter()
                again = peer(info, episode, budget)
                theirs.append(time.perf_counter() - begin)
                seconds, value = own(bidding_text(episode, budget))
                ours.append(seconds)
            print(f"bid_optimization, {episode} rows of {budget + 1:,} budgets: {name} {min(theirs):.2f} s, Bellshard, one rank, {min(ours):.4f} s: {min(theirs) / min(ours):.0f} times as fast; "
                  f"values differ by {np.abs(value - np.array(again)).max():.1e}", flush=True)
    if asked.part != "numpy":
        took = {1: [], asked.ranks: []}
        for _ in range(3):
            for ranks, seconds in took.items():
                seconds.append(own(bidding_text(asked.bidding_rows, asked.bidding_budget, 1.0), ranks)[0])
        one, many = (min(took[ranks]) for ranks in took)
        print(f"bid_optimization, {asked.bidding_rows} rows of {asked.bidding_budget + 1:,} budgets: one rank {one:.3f} s, {asked.ranks} ranks {many:.3f} s: {one / many:.2f} times as fast", flush=True)


RACES = {"bid_optimization": race_bid_optimization}
