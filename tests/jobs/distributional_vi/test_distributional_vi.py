"""The hand example, random models against all history policies and against plain value iteration, laws against the policy's own, ranks, restart."""
import numpy as np

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, STOPPED_EARLY, NOT_CONVERGED, JobTest, job_text, main
from plain_distributions import all_laws, follow_exactly, middle_quantiles, onto_atoms, plain_backup, random_model, tail_mean, utility_values, wasserstein, write_model

LOW, HIGH = -2, 3  # rewards of random models
UTILITIES = {"shortfall": lambda x: min(x, 0), "excess": lambda x: max(x, 0), "absolute": lambda x: -abs(x), "squared": lambda x: -x * x, "threshold": lambda x: float(x >= 0)}


class DistributionalVi(JobTest):
    job_name = "distributional_vi"

    def solve(self, model, objective, criterion=None, law=None, ranks=1, name="result", options=(), **tables):
        criterion = criterion or {"kind": "finite_horizon", "discount": 1.0, "horizon": 4}
        text = job_text(model=model, criterion=criterion, objective=objective, law=law or {"kind": "exact"}, **tables)
        return self.run_job(text, *options, name=name, ranks=ranks)

    def bets(self, objective, **tables):
        ending = self.solve({"kind": "two_bets"}, objective, {"kind": "finite_horizon", "discount": 1.0, "horizon": 2}, **tables)
        self.assert_ends(ending, DONE)
        return ending

    def test_two_bets_by_hand(self):
        ending = self.bets({"kind": "cvar", "level": 0.75})
        self.assertAlmostEqual(ending.result("value")[0], 8, 12)
        self.assertAlmostEqual(ending.result("bound")[0], 8, 12)
        self.assertEqual(ending.result("start_stock")[0], -14)
        stock, second = ending.result("stock"), ending.result("stage_action")[1, 1]
        self.assertEqual(second[stock == -14], 1)  # bets after nothing
        self.assertEqual(second[stock == -4], 0)   # is sure after the prize
        law = dict(zip(ending.result("return"), ending.result("start_probability")[0]))
        self.assertEqual({x: p for x, p in law.items() if p > 0}, {0: 0.25, 10: 0.25, 14: 0.5})
        self.assertEqual(ending.result("largest_projection_error"), 0)

        self.assertAlmostEqual(self.bets({"kind": "cvar", "level": 0.5}).result("value")[0], 5, 12)
        self.assertAlmostEqual(self.bets({"kind": "target", "target": 14.0}).result("value")[0], -4.5, 12)
        self.assertAlmostEqual(self.bets({"kind": "mean"}).result("value")[0], 10, 12)

    def test_stock_blind_policies_are_worse(self):
        """The policies of the hand example that the optimum beats, by their laws."""
        sure, bet = [[(2, 1.0, 4)]], [[(2, 0.5, 0), (2, 0.5, 10)]]
        for second, worst, middle in ((sure, 22 / 3, 4), (bet, 20 / 3, 5)):
            model = write_model(self.folder / "blind.h5", [[[(1, 0.5, 0), (1, 0.5, 10)]], second, [[(2, 1.0, 0)]]])
            for level, value in ((0.75, worst), (0.5, middle)):
                ending = self.solve({"kind": "file", "file": str(model)}, {"kind": "cvar", "level": level}, {"kind": "finite_horizon", "discount": 1.0, "horizon": 2})
                self.assertAlmostEqual(ending.result("value")[0], value, 12)
            if second is sure:
                ending = self.solve({"kind": "file", "file": str(model)}, {"kind": "target", "target": 14.0}, {"kind": "finite_horizon", "discount": 1.0, "horizon": 2})
                self.assertAlmostEqual(ending.result("value")[0], -5, 12)

    def random(self, seed, states=4, **keys):
        actions = random_model(np.random.default_rng(seed), states, low=LOW, high=HIGH, **keys)
        return actions, {"kind": "file", "file": str(write_model(self.folder / f"random{seed}.h5", actions))}

    def test_utilities_against_scalar_iteration(self):
        actions, model = self.random(1)
        for name, utility in UTILITIES.items():
            with self.subTest(utility=name):
                ending = self.solve(model, {"kind": "utility", "utility": name, "stock": 1.0})
                self.assert_ends(ending, DONE)
                value, stocks = utility_values(actions, 4, utility), ending.result("stock")
                self.assertIn(1, stocks)
                wanted = np.array([[value(4, s, int(c)) for c in stocks] for s in range(4)])
                own = stocks == 1 if name == "squared" else slice(None)  # its grid is that which the start reaches
                np.testing.assert_allclose(ending.result("objective")[:, own], wanted[:, own], rtol=0, atol=1e-12)
                np.testing.assert_allclose(ending.result("value"), [value(4, s, 1) for s in range(4)], rtol=0, atol=1e-12)
        for rate in (0.5, -0.5):
            ending = self.solve(model, {"kind": "utility", "utility": "exponential", "rate": rate})
            value = utility_values(actions, 4, lambda x: -np.expm1(-rate * x) / rate)
            np.testing.assert_allclose(ending.result("value"), [value(4, s, 0) for s in range(4)], rtol=1e-13)

    def test_all_history_policies(self):
        for seed, states, horizon in ((2, 4, 4), (3, 3, 4), (4, 4, 3)):
            actions, model = self.random(seed, states)
            low, size = horizon * LOW, horizon * (HIGH - LOW) + 1
            returns = low + np.arange(size)
            laws = all_laws(actions, horizon, low, size)
            criterion = {"kind": "finite_horizon", "discount": 1.0, "horizon": horizon}
            for level in (0.1, 0.35, 0.75, 1.0):
                with self.subTest(seed=seed, level=level):
                    ending = self.solve(model, {"kind": "cvar", "level": level}, criterion)
                    best = [tail_mean(returns, law, level).max() for law in laws]
                    np.testing.assert_allclose(ending.result("value"), best, rtol=0, atol=1e-12)
                    np.testing.assert_allclose(ending.result("bound"), best, rtol=0, atol=1e-12)

                    upper = self.solve(model, {"kind": "upper_cvar", "level": level}, criterion)
                    coin = [min(c + (law @ np.maximum(returns - c, 0)).max() / level for c in returns) for law in laws]
                    np.testing.assert_allclose(upper.result("bound"), coin, rtol=0, atol=1e-12)
                    alone = np.array([tail_mean(returns, law, level, worst=False).max() for law in laws])
                    self.assertTrue((upper.result("value") <= alone + 1e-12).all())
                    own = tail_mean(upper.result("return"), upper.result("start_probability"), level, worst=False)
                    np.testing.assert_allclose(upper.result("value"), own, rtol=0, atol=1e-12)
            for loss, distance in (("absolute", np.abs), ("squared", np.square)):
                ending = self.solve(model, {"kind": "target", "target": 3.0, "loss": loss}, criterion)
                np.testing.assert_allclose(ending.result("value"), [(law @ -distance(returns - 3)).max() for law in laws], rtol=0, atol=1e-12)

    def test_exact_law_is_that_of_the_policy(self):
        actions, model = self.random(5)
        ending = self.solve(model, {"kind": "cvar", "level": 0.3})
        for s in range(4):
            law = follow_exactly(actions, ending.result("stage_action"), ending.result("stock"), s, ending.result("start_stock")[s])
            wanted = [law.get(x, 0) for x in ending.result("return")]
            np.testing.assert_allclose(ending.result("start_probability")[s], wanted, rtol=0, atol=1e-14)

    def test_unit_of_the_lattice(self):
        actions, model = self.random(6)
        scaled = [[[(n, p, r * 0.25) for n, p, r in pair] for pair in state] for state in actions]
        small = {"kind": "file", "file": str(write_model(self.folder / "small.h5", scaled))}
        for objective in ({"kind": "cvar", "level": 0.4}, {"kind": "target", "target": 2.0, "loss": "squared"}):
            whole = self.solve(model, objective, name="whole").result("value")
            if "target" in objective:
                objective = {**objective, "target": 0.5}
            part = self.solve(small, objective, law={"kind": "exact", "unit": 0.25}, name="part").result("value")
            np.testing.assert_allclose(part, whole * (0.0625 if "target" in objective else 0.25), rtol=1e-13)

    def test_mean_is_value_iteration(self):
        """Discounted, on atoms that returns miss: projections keep means."""
        actions, model = self.random(7)
        value = np.zeros(4)
        for _ in range(60):
            value = np.array([max(sum(p * (r + 0.9 * value[n]) for n, p, r in pair) for pair in state) for state in actions])
        ending = self.solve(model, {"kind": "mean"}, {"kind": "finite_horizon", "discount": 0.9, "horizon": 60}, {"kind": "categorical", "atoms": 37})
        np.testing.assert_allclose(ending.result("value"), value, rtol=0, atol=1e-12)
        np.testing.assert_allclose(ending.result("start_mean"), value, rtol=0, atol=1e-12)

    def test_error_bound_holds_for_the_written_policy(self):
        actions, model = self.random(8)
        criterion = {"kind": "finite_horizon", "discount": 0.9, "horizon": 4}
        errors = {}
        for kind, atoms in (("categorical", 21), ("categorical", 301), ("quantile", 20), ("quantile", 300)):
            ending = self.solve(model, {"kind": "cvar", "level": 0.3}, criterion, {"kind": kind, "atoms": atoms}, stock={"points": 57})
            self.assert_ends(ending, DONE)
            for s in range(4):
                law = follow_exactly(actions, ending.result("stage_action"), ending.result("stock"), s, ending.result("start_stock")[s], 0.9)
                if kind == "categorical":
                    values, p = ending.result("return"), ending.result("start_probability")[s]
                else:
                    values, p = ending.result("start_quantile_value")[s], np.full(atoms, 1 / atoms)
                    self.assertTrue((np.diff(values) >= 0).all())
                far, bound = wasserstein(np.array(list(law)), list(law.values()), values, p), ending.result("start_projection_error")[s]
                self.assertLessEqual(far, bound + 1e-9)
                self.assertGreater(far, bound / 50)  # a bound that means something
                errors[kind, atoms] = max(bound, errors.get((kind, atoms), 0))
        self.assertLess(errors["categorical", 301], errors["categorical", 21] / 5)
        self.assertLess(errors["quantile", 300], errors["quantile", 20] / 5)

    def test_laws_between_two_stocks_are_mixed(self):
        """Every objective and action of four discounted steps, of which stocks fall between those of the grid; several outcomes share a reward."""
        actions = random_model(np.random.default_rng(14), 4, branch=4, low=-1, high=1)
        model = {"kind": "file", "file": str(write_model(self.folder / "mixed.h5", actions))}
        for kind, count, utility in (("categorical", 13, "shortfall"), ("quantile", 11, "shortfall"), ("quantile", 7, "absolute")):
            worth = UTILITIES[utility]
            ending = self.solve(model, {"kind": "utility", "utility": utility}, {"kind": "finite_horizon", "discount": 0.9, "horizon": 4}, {"kind": kind, "atoms": count}, stock={"points": 9})
            self.assert_ends(ending, DONE)
            stocks = ending.result("stock")
            if kind == "categorical":
                project = lambda law, atoms=ending.result("return"): onto_atoms(law, atoms)
            else:
                project = lambda law, count=count: middle_quantiles(law, count)
            laws, chosen = plain_backup(actions, 4, 0.9, stocks, project([(0.0, 1.0)]), worth, project)
            wanted = [[sum(p * worth(c + g) for g, p in law) for c, law in zip(stocks, row)] for row in laws]
            np.testing.assert_allclose(ending.result("objective"), wanted, rtol=0, atol=1e-10, err_msg=f"{kind}, {utility}")
            np.testing.assert_array_equal(ending.result("stage_action").transpose(1, 0, 2), chosen, err_msg=f"{kind}, {utility}")

    def test_mixtures_and_monotony(self):
        actions, _ = self.random(9, states=3)
        actions.append([[(0, 0.25, 0), (1, 0.75, 0)]])  # one step later state 0 or 1
        model = {"kind": "file", "file": str(write_model(self.folder / "mixed.h5", actions))}
        objective = {"kind": "utility", "utility": "shortfall"}
        span = {"low": -20.0, "high": 12.0}
        five = self.solve(model, objective, {"kind": "finite_horizon", "discount": 1.0, "horizon": 5}, stock=span).result("objective")
        four = self.solve(model, objective, stock=span).result("objective")
        np.testing.assert_allclose(five[3], 0.25 * four[0] + 0.75 * four[1], rtol=0, atol=1e-12)
        rise = np.diff(four, axis=1)
        self.assertTrue((rise >= -1e-12).all() and (rise <= 1 + 1e-12).all())
        values = [self.solve(model, {"kind": kind, "level": level}).result("value") for kind in ("cvar", "upper_cvar") for level in (0.2, 0.5, 1.0)]
        self.assertTrue((np.diff(values[:3], axis=0) >= -1e-12).all() and (np.diff(values[3:], axis=0) <= 1e-12).all())
        np.testing.assert_allclose(values[2], values[5], rtol=0, atol=1e-12)  # both the mean

    def cliff(self, method, law, ranks=1, name="result", options=(), tolerance=1e-5):
        return self.solve({"kind": "cliff", "rows": 4, "columns": 6, "fall": -20.0}, {"kind": "cvar", "level": 0.2}, {"kind": "discounted", "discount": 0.9}, law,
                          ranks=ranks, name=name, options=options, stock={"points": 41}, solver={"method": method, "tolerance": tolerance})

    def test_policy_iteration_agrees(self):
        for law, apart in (({"kind": "categorical", "atoms": 61}, 0.05), ({"kind": "quantile", "atoms": 40}, 0.2)):  # 8 atoms make the worst fifth
            by_value, by_policy = (self.cliff(method, law, name=method) for method in ("value_iteration", "policy_iteration"))
            self.assert_ends(by_value, DONE)
            self.assert_ends(by_policy, DONE)
            np.testing.assert_allclose(by_policy.result("value"), by_value.result("value"), rtol=0, atol=apart)
            self.assertLess(by_policy.result("unfinished"), 1e-3)

    def test_same_bits_on_any_ranks_and_after_a_restart(self):
        for method, law in (("value_iteration", {"kind": "categorical", "atoms": 31}), ("policy_iteration", {"kind": "quantile", "atoms": 16})):
            one = self.cliff(method, law, name="one")
            others = [self.cliff(method, law, ranks=ranks, name=f"on{ranks}") for ranks in (2, 3)]
            stopped = self.cliff(method, law, name="again", ranks=2, options=("--set", "solver.max_sweeps=7"))
            self.assert_ends(stopped, NOT_CONVERGED)
            others.append(self.cliff(method, law, name="again", ranks=3))
            self.assert_ends(others[-1], DONE, "restart")
            names = ("objective", "action", "value", "start_stock", "start_mean", "projection_error",
                     "start_probability" if law["kind"] == "categorical" else "start_quantile_value")
            for other in others:
                self.assert_ends(other, DONE)
                for name in names:
                    self.assert_same_bits(one.result(name), other.result(name), f"{method} {name}")

    def test_time_limit_stops_a_finite_horizon(self):
        _, model = self.random(10)
        words = dict(criterion={"kind": "finite_horizon", "discount": 1.0, "horizon": 30})
        whole = self.solve(model, {"kind": "cvar", "level": 0.3}, name="whole", **words)
        life = self.solve(model, {"kind": "cvar", "level": 0.3}, name="parts", options=("--time-limit", "0.001s"), ranks=2, **words)
        self.assert_ends(life, STOPPED_EARLY)
        life = self.solve(model, {"kind": "cvar", "level": 0.3}, name="parts", **words)
        self.assert_ends(life, DONE, "restart")
        for name in ("stage_action", "objective", "start_probability"):
            self.assert_same_bits(whole.result(name), life.result(name), name)

    def test_grids_that_cut_off_are_refused_or_told(self):
        _, model = self.random(11)
        cvar = {"kind": "cvar", "level": 0.3}
        self.assert_ends(self.solve(model, cvar, stock={"low": -5.0, "high": 0.0}), BAD_JOB_FILE, "stock.low", "cut off stocks", "stock.beyond")
        clamped = self.solve(model, cvar, stock={"low": -5.0, "high": 0.0, "beyond": "clamp"})
        self.assert_ends(clamped, DONE, "cut off stocks")
        self.assertEqual(clamped.result("grids_clamped"), 1)
        criterion = {"kind": "discounted", "discount": 0.9}
        law = {"kind": "categorical", "low": -3.0, "high": 3.0}
        self.assert_ends(self.solve(model, cvar, criterion, law), BAD_JOB_FILE, "law.low", "cut off returns")
        told = self.solve(model, cvar, criterion, {**law, "beyond": "clamp"})
        self.assert_ends(told, DONE, "cut off returns")
        self.assertGreater(told.result("largest_projection_error"), 1)
        squared = {"kind": "target", "target": 3.0, "loss": "squared"}
        self.assert_ends(self.solve(model, squared, criterion, {"kind": "categorical"}), BAD_JOB_FILE, "stock.low", "stock.beyond")

    def test_refusals(self):
        actions, model = self.random(12)
        cvar = {"kind": "cvar", "level": 0.3}
        discounted = {"kind": "discounted", "discount": 0.9}
        self.assert_ends(self.solve(model, cvar, discounted), BAD_JOB_FILE, "law.kind", "categorical")
        self.assert_ends(self.solve(model, cvar, law={"kind": "exact", "unit": 0.7}), BAD_INPUT, "law.unit", "action", "state")
        self.assert_ends(self.solve(model, {"kind": "target", "target": 0.5}), BAD_JOB_FILE, "objective.target", "multiple")
        self.assert_ends(self.solve(model, {"kind": "utility", "rate": 2.0}, discounted, {"kind": "categorical"}), BAD_JOB_FILE, "objective.utility", "finite_horizon")
        self.assert_ends(self.solve(model, {"kind": "utility", "rate": 200.0}), BAD_JOB_FILE, "objective.rate", "overflows")
        self.assert_ends(self.solve(model, cvar, solver={"method": "policy_iteration"}), BAD_JOB_FILE, "solver.method")
        wrong = {"kind": "file", "file": str(write_model(self.folder / "wrong.h5", actions, mean_off=0.5))}
        for ranks in (1, 2):
            self.assert_ends(self.solve(wrong, cvar, ranks=ranks), BAD_INPUT, "/reward: pair 0 (action 0 of state 0)", "/transition_reward")

    def test_large_run_is_planned(self):
        text = job_text(model={"kind": "cliff", "rows": 1000, "columns": 1000}, criterion={"kind": "discounted", "discount": 0.99}, objective={"kind": "cvar"},
                        law={"kind": "categorical", "atoms": 128}, stock={"points": 512})
        (self.folder / "large.toml").write_text(text)
        ending = self.call("check", self.job_name, "-c", "large.toml", ranks=2)
        self.assertIn(ending.code, (0, 7))  # 7: it does not fit here
        self.assertIn("984 GiB", ending.out)  # 1e6 x 512 x 129 x 2 x 8 bytes
        self.assertRegex(ending.out, r"49[12]\.\d GiB")  # on each of two ranks


if __name__ == "__main__":
    main()
