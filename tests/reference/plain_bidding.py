"""Bidding with a budget, as it is defined: the table row by row, price by price, and four rules on a log, auction by auction."""
import gzip
import json

import numpy as np


def read_info(path):
    return json.loads(path.read_text())


def read_log(path):
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt") as lines:
        return [(int(click), int(price), float(rate)) for click, price, rate in map(str.split, lines)]


def budget_of(info, episode, ratio):
    return int(info["cost_train"] / info["imp_train"] * ratio * episode)


def table(info, rows, budget, max_bid=300, click_worth=1.0, price_weight=0.0, discount=1.0):
    """V[n, b] of n = 0 .. rows - 1 auctions and b = 0 .. budget units left; each further price counts while none before it was not worth it."""
    count = np.array(info["price_counter_train"], dtype=float)
    chance = (count + 1) / (count.sum() + len(count))
    gain = click_worth * info["clk_train"] / info["imp_train"]
    value = np.zeros((rows, budget + 1))
    for n in range(1, rows):
        before = value[n - 1]
        more, buys = np.zeros(budget + 1), np.ones(budget + 1, dtype=bool)
        for d in range(min(max_bid, budget) + 1):
            worth = gain + discount * (before[:budget + 1 - d] - before[d:]) - price_weight * d
            buys[:d] = False
            buys[d:] &= worth >= 0
            more[d:] += np.where(buys[d:], chance[d] * worth, 0)
        value[n] = before + more
        value[n, 0] = 0
    return value


def replay(log, episode, budget, bid):
    """impressions, clicks, cost of a rule bid(auctions left, budget left, click rate)."""
    impressions = clicks = cost = 0
    for k, (click, price, rate) in enumerate(log):
        if k % episode == 0:
            money = budget
        if bid(episode - k % episode, money, rate) >= price:
            impressions, clicks, cost, money = impressions + 1, clicks + click, cost + price, money - price
    return impressions, clicks, cost


def rules(info, value, max_bid=300, base=10.0, click_worth=1.0, price_weight=0.0, discount=1.0):
    mean = info["clk_train"] / info["imp_train"]

    def by_table(n, b, rate):
        before, bid = value[n - 1], 0
        while bid < min(max_bid, b) and click_worth * rate + discount * (before[b - bid - 1] - before[b]) - price_weight * (bid + 1) >= 0:
            bid += 1
        return bid
    return {"ss_mdp": lambda n, b, rate: by_table(n, b, mean),
            "mcpc": lambda n, b, rate: min(int(rate * info["cost_train"] / info["clk_train"]), max_bid, b),
            "lin_bid": lambda n, b, rate: min(int(rate * base / mean), max_bid, b),
            "rlb": by_table}


def interpolate(kept, rows, n):
    """Row n by the cubic through the nearest four of the kept rows {n: row}."""
    above = next(i for i, row in enumerate(rows) if row > n)
    first = max(0, min(above - 2, len(rows) - 4))
    four = rows[first:first + 4]
    return sum(kept[r] * np.prod([(n - s) / (r - s) for s in four if s != r]) for r in four)
