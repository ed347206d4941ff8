"""Campaign 2997: known numbers, against a plain table, any ranks, restart; other objectives, markets and logs; interpolated tables; what is refused."""
import gzip
import json
import random
import unittest

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DATA, DONE, JobTest, SOURCE, STOPPED_EARLY, job_text, main
from plain_bidding import budget_of, interpolate, read_info, read_log, replay, rules, table

import numpy as np

FOLDER = DATA / "bidding"
OUT_OF_RESOURCES = 7
KNOWN = {"ss_mdp": (40395, 80, 306637), "mcpc": (14752, 48, 307751), "lin_bid": (32208, 71, 203610), "rlb": (39680, 78, 304375)}
WON = ("impressions", "clicks", "cost")


def market(seed, prices):
    """A small campaign with many cheap auctions, and a log."""
    draw = random.Random(seed)
    count = [draw.randrange(3) * draw.randrange(200) // (1 + d // 8) for d in range(prices + 1)]
    info = {"imp_train": sum(count), "clk_train": max(1, sum(count) // 50), "cost_train": sum(d * c for d, c in enumerate(count)), "price_counter_train": count}
    mean = info["clk_train"] / info["imp_train"]
    log = [(int(draw.random() < 0.05), draw.randrange(prices + 1), draw.expovariate(1 / mean) if draw.random() < 0.9 else mean) for _ in range(457)]
    return info, [(click, price, min(rate, 1)) for click, price, rate in log]


class Bids(JobTest):
    job_name = "bid_optimization"

    def write(self, info, log, name="log.txt"):
        (self.folder / "info.json").write_text(json.dumps(info, indent=4))
        with (gzip.open if name.endswith("gz") else open)(self.folder / name, "wt") as file:
            file.writelines(f"{click} {price} {rate!r}\n" for click, price, rate in log)

    def won(self, done):
        return {name: tuple(int(done.result(each)[k]) for each in WON) for k, name in enumerate(KNOWN)}


@unittest.skipUnless((FOLDER / "test_2997.txt.gz").exists(), f"{FOLDER}/test_2997.txt.gz is absent")
class Campaign2997(Bids):
    def text(self, **tables):
        return job_text(**{"campaign": {"info": str(FOLDER / "info_2997.json"), "log": str(FOLDER / "test_2997.txt.gz")}, **tables})

    def test_known_numbers_on_any_ranks(self):
        one = self.run_job(self.text(auction={"episode": 1000, "budget_ratio": 0.03125}))
        self.assert_ends(one, DONE)
        value = one.result("value")
        self.assertEqual(value.shape, (1000, 1970))
        for (n, b), known in {(999, 1969): 1.0282246654, (500, 1000): 0.515817251342, (1, 100): 0.00349021605009}.items():
            self.assertAlmostEqual(value[n, b] / known, 1, delta=1e-10)
        self.assertEqual([bytes(name).rstrip(b"\0").decode() for name in one.result("algorithm_name").view("S7").ravel()], list(KNOWN))
        self.assertEqual(self.won(one), KNOWN)
        self.assertEqual(one.result("auctions"), 156063)
        np.testing.assert_allclose(one.result("cpm"), [cost / won for won, _, cost in KNOWN.values()], rtol=1e-15)
        np.testing.assert_allclose(one.result("ecpc"), [cost / clicks / 1000 for _, clicks, cost in KNOWN.values()], rtol=1e-15)
        np.testing.assert_allclose(one.result("win_rate"), [won / 156063 for won, _, _ in KNOWN.values()], rtol=1e-15)
        for ranks, threads in ((2, 1), (3, 1), (5, 1), (1, 2)):  # 5: more ranks than tiles
            other = self.run_job(self.text(), name="other", ranks=ranks, threads=threads)
            self.assert_ends(other, DONE)
            for name in ("value", *WON):
                self.assert_same_bits(one.result(name), other.result(name), name)

    def test_against_the_plain_table(self):
        info = read_info(FOLDER / "info_2997.json")
        self.assertEqual(budget_of(info, 1000, 1 / 32), 1969)
        expected = table(info, 150, 1200)
        done = self.run_job(self.text(auction={"episode": 150, "budget": 1200}, output={"difference": True}), ranks=2)
        np.testing.assert_allclose(done.result("value"), expected, rtol=2e-14)
        np.testing.assert_allclose(done.result("difference")[:, :-1], np.diff(expected, axis=1), rtol=0, atol=1e-15)
        log = read_log(FOLDER / "test_2997.txt.gz")[:20_000]
        self.write(info, log)
        done = self.run_job(self.text(campaign={"info": "info.json", "log": "log.txt"}, auction={"episode": 150, "budget": 1200}), ranks=2)
        self.assertEqual(self.won(done), {name: replay(log, 150, 1200, rule) for name, rule in rules(info, expected).items()})

    def test_restart(self):
        """Stopped after each of the first rows, at other ranks each time: while rows in the middle wait to be compared, and after the first were."""
        text = self.text(auction={"episode": 400}, table={"spacing": 2.0})  # keeps rows 0, 1, 3, 6, 10, ...
        whole = self.run_job(text, name="whole")
        self.assertEqual(list(whole.result("auctions_left")[:5]), [0, 1, 3, 6, 10])
        self.assertGreater(whole.result("value_error")[1], 0)
        for life in range(8):
            self.assert_ends(self.run_job(text, "--time-limit", "0.001s", name="stopped", ranks=1 + life % 3), STOPPED_EARLY, f"sweep {life + 1}")
        done = self.run_job(text, name="stopped", ranks=2)
        self.assert_ends(done, DONE, "restart 8")
        for name in ("value", "value_error", "difference_error", *WON):
            self.assert_same_bits(done.result(name), whole.result(name), name)

    def test_interpolated_rows(self):
        every = self.run_job(self.text(auction={"episode": 300})).result("value")
        for spacing, ranks in ((0.5, 2), (4.0, 1)):
            done = self.run_job(self.text(auction={"episode": 300}, table={"spacing": spacing}), name="thin", ranks=ranks)
            self.assert_ends(done, DONE)
            rows = [int(n) for n in done.result("auctions_left")]
            self.assertTrue(rows[0] == 0 and rows[-1] == 299 and all(b <= max(a + 1, a + spacing * a ** 0.5) for a, b in zip(rows, rows[1:])))
            self.assertLess(len(rows), 90 if spacing == 0.5 else 15)
            self.assert_same_bits(done.result("value"), every[rows])
            of_value, of_difference = done.result("value_error"), done.result("difference_error")
            for i, (low, high) in enumerate(zip(rows, rows[1:])):
                if high - low == 1:
                    self.assertEqual((of_value[i], of_difference[i]), (0, 0))
                    continue
                middle = (low + high) // 2
                apart = interpolate(dict(zip(rows, every[rows])), rows, middle) - every[middle]
                self.assertAlmostEqual(of_value[i], abs(apart).max(), delta=1e-15)
                self.assertAlmostEqual(of_difference[i], abs(np.diff(apart)).max(), delta=0.2 * abs(np.diff(apart)).max() + 1e-15)

    def test_example(self):
        for name in ("info_2997.json", "test_2997.txt.gz"):
            (self.folder / name).symlink_to(FOLDER / name)
        done = self.call("run", self.job_name, "-c", str(SOURCE / "jobs" / self.job_name / "example.toml"), file=self.folder / "bid_optimization.h5")
        self.assert_ends(done, DONE)
        self.assertEqual(self.won(done), KNOWN)


class Markets(Bids):
    def test_objectives_and_bounds(self):
        """Profit, discount, a bound on bids, few prices, a budget of one, more budget than can be spent, one auction an episode; restarts of episodes."""
        cases = [({"episode": 50, "budget": 700}, {"kind": "profit", "click_value": 900.0, "discount": 0.9}, 61, 2),
                 ({"episode": 40, "budget": 600, "max_bid": 17}, {"kind": "clicks", "discount": 0.95}, 40, 3),
                 ({"episode": 30, "budget": 1}, {"kind": "clicks"}, 30, 2),
                 ({"episode": 20, "budget": 1500}, {"kind": "clicks"}, 300, 1),
                 ({"episode": 1, "budget": 100}, {"kind": "profit", "click_value": 2000.0}, 45, 1)]
        for seed, (auction, objective, prices, ranks) in enumerate(cases):
            info, log = market(seed, prices)
            self.write(info, log)
            auction.setdefault("max_bid", prices)
            worth = {"click_worth": objective.get("click_value", 1.0), "price_weight": float(objective["kind"] == "profit"), "discount": objective.get("discount", 1.0), "max_bid": auction["max_bid"]}
            done = self.run_job(job_text(campaign={"info": "info.json", "log": "log.txt"}, auction=auction, objective=objective, replay={"lin_bid_base": 7.5}), ranks=ranks)
            self.assert_ends(done, DONE)
            expected = table(info, auction["episode"], auction["budget"], **worth)
            np.testing.assert_allclose(done.result("value"), expected, rtol=1e-13, atol=1e-13)
            self.assertEqual(self.won(done), {name: replay(log, auction["episode"], auction["budget"], rule) for name, rule in rules(info, expected, base=7.5, **worth).items()})
            if worth["price_weight"]:
                np.testing.assert_allclose(done.result("profit"), done.result("clicks") * worth["click_worth"] - done.result("cost"))

    def test_base_by_a_tuning_log(self):
        info, log = market(9, 50)
        self.write(info, log, "log.txt.gz")
        bases = [2.0, 5.0, 9.0, 20.0, 45.0]
        done = self.run_job(job_text(campaign={"info": "info.json"}, auction={"episode": 60, "budget": 300, "max_bid": 50}, replay={"tuning_log": "log.txt.gz", "lin_bid_candidates": bases}).replace("[auction]", 'log = "log.txt.gz"\n[auction]'))
        self.assert_ends(done, DONE)
        clicks = {base: replay(log, 60, 300, rules(info, None, 50, base)["lin_bid"]) for base in bases}
        best = max(bases, key=lambda base: clicks[base][1])
        self.assertNotIn(best, (bases[0], bases[-1]))
        self.assertEqual(done.attribute("results", "lin_bid_base"), best)
        self.assertEqual(self.won(done)["lin_bid"], clicks[best])

    def test_refused(self):
        info, log = market(3, 40)
        text = job_text(campaign={"info": "info.json", "log": "log.txt"}, auction={"episode": 10, "max_bid": 40})
        lines = [f"{c} {p} {r!r}\n" for c, p, r in log[:5]]
        for change, phrase in (({"clk_train": None}, "info.json: clk_train is missing"), ({"clk_train": 0}, "without impressions and clicks"), ({"cost_train": -4}, "cost_train = -4 is no count"),
                               ({"cost_train": 0}, "is a budget of 0"), ({"price_counter_train": [1, -2, 3]}, "price_counter_train[1] = -2 is no count"), ({"price_counter_train": "x"}, "price_counter_train is missing or no array"),
                               ({"price_counter_train": info["price_counter_train"][:-9], "imp_train": sum(info["price_counter_train"][:-9])}, "ends at price 31, below auction.max_bid = 40"), ({"imp_train": info["imp_train"] + 1}, "sums to")):
            self.write({k: v for k, v in {**info, **change}.items() if v is not None}, log)
            self.assert_ends(self.run_job(text, ranks=2 if "sums" in phrase else 1), BAD_INPUT, phrase)
        (self.folder / "info.json").write_text('{"clk_train": 3,')
        self.assert_ends(self.run_job(text), BAD_INPUT, "info.json: this is no JSON")
        self.write(info, log)
        for line, phrase in (("0 7\n", "log.txt:6: 2 words"), ("2 7 0.1\n", "log.txt:6: the click is 2"), ("0 41 0.1\n", "log.txt:6: the market price is 41, and the campaign's prices end at 40"),
                             ("0 -1 0.1\n", "log.txt:6: the market price is -1"), ("0 7 nan\n", "log.txt:6: the click rate is nan"), ("0 7 1.5\n", "log.txt:6: the click rate is 1.5")):
            (self.folder / "log.txt").write_text("".join(lines) + line)
            self.assert_ends(self.run_job(text, ranks=3 if "41" in line else 1), BAD_INPUT, phrase)
        self.assert_ends(self.run_job(text + "budget = 5\nbudget_ratio = 0.5\n"), BAD_JOB_FILE, "both given")
        self.assert_ends(self.run_job(text, "--set", "auction.max_bid=0"), BAD_JOB_FILE, "auction.max_bid = 0")

    def test_check_plans_a_large_table(self):
        info, log = market(4, 300)
        self.write(info, log)
        (self.folder / "job.toml").write_text(job_text(campaign={"info": "info.json"}, auction={"episode": 100000, "budget": 6000000}, table={"spacing": 1.0}))
        done = self.call("check", self.job_name, "-c", "job.toml")
        self.assertIn(done.code, (DONE, OUT_OF_RESOURCES), done.log)  # 28 GiB are not everywhere
        self.assertRegex(done.out, r"multiply-adds at most +181 T")
        self.assertRegex(done.out, r"rows that are kept +6\d\d\n")


if __name__ == "__main__":
    main()
