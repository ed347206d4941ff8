"""Criteria in lexicographic order: a later one chooses among the best actions of an earlier one. Against exact rationals."""
import random
from fractions import Fraction as F

from bellshard_runs import BAD_INPUT, BAD_JOB_FILE, DONE, NOT_CONVERGED, JobTest, job_text, main
from exact_mdp import Pair, discounted, evaluate, q_value, reachability, with_rewards
from mdp_file import write_mdp
from random_mdps import random_case, union

MODEL = {"kind": "file", "file": "model.h5"}
DISCOUNT = F(7, 8)


def best_actions(mdp, objective, allowed, slack=0):
    """-> values among the allowed actions [state][...], and which of these lose at most `slack`"""
    left = [[row[a] for a in actions] for row, actions in zip(mdp, allowed)]
    values = discounted(left, objective, DISCOUNT)
    return values, [[a for a in actions if abs(q_value(row[a], values, DISCOUNT) - v) <= slack] for row, actions, v in zip(mdp, allowed, values)]


def all_actions(mdp):
    return [list(range(len(row))) for row in mdp]


class Lexicographic(JobTest):
    def write(self, joined):
        write_mdp(self.folder / "model.h5", joined.mdp, rewards=joined.rewards, labels=joined.labels)

    def check(self, ending, name, values, allowed):
        lower, upper, action = (ending.result(f"{name}/{what}") for what in ("lower", "upper", "action"))
        for s, v in enumerate(values):
            self.assertTrue(F(lower[s]) <= v <= F(upper[s]) if abs(v) != float("inf") else lower[s] == v == upper[s], f"{name}, state {s}")
            self.assertTrue(action[s] == -1 or action[s] in allowed[s], f"{name}, state {s}")

    def test_three_in_order(self):
        """The third chooses among what the second leaves of what the first leaves; ties are many, as rewards are few."""
        rng = random.Random(8)
        cases = [random_case(rng) for _ in range(60)]
        for case in cases:  # coarser rewards tie more
            case.mdp = [[Pair(F(round(pair.reward / 2)), pair.next) for pair in row] for row in case.mdp]
            case.cost = [[F(int(c > 1)) for c in row] for row in case.cost]
        joined = union(cases)
        self.write(joined)
        criteria = {"gain": {"kind": "discounted", "discount": float(DISCOUNT)},
                    "cheap": {"kind": "discounted", "discount": float(DISCOUNT), "objective": "min", "reward": "cost", "after": "gain"},
                    "arrive": {"kind": "reachability", "target": "goal", "after": "cheap"},
                    "free": {"kind": "reachability", "target": "goal"}}
        first, among_first, second, among_second, third, free, cheapest = ([] for _ in range(7))
        for case in cases:
            cost = with_rewards(case.mdp, case.cost)
            values, among = best_actions(case.mdp, "max", all_actions(case.mdp))
            first, among_first = first + values, among_first + among
            values, among = best_actions(cost, "min", among)
            second, among_second = second + values, among_second + among
            third += reachability([[row[a] for a in actions] for row, actions in zip(case.mdp, among)], "max", case.goal)
            free += reachability(case.mdp, "max", case.goal)
            cheapest += discounted(cost, "min", DISCOUNT)
        self.assertGreater(sum(map(len, among_first)), sum(map(len, among_second)))  # each order decides something
        self.assertGreater(sum(map(len, among_second)), len(joined.mdp))
        self.assertNotEqual(second, cheapest)
        self.assertNotEqual(third, free)
        for ranks in (1, 3):
            text = job_text(model=MODEL, solver={"tolerance": 1e-9}, **{f"criteria.{name}": keys for name, keys in criteria.items()})
            ending = self.run_job(text, "--verify", ranks=ranks, name=f"ranks{ranks}")
            self.assert_ends(ending, DONE, f"arrive: {sum(map(len, among_second))} of {sum(map(len, joined.mdp))} actions are not proven worse for cheap")
            self.check(ending, "gain", first, all_actions(joined.mdp))
            self.check(ending, "cheap", second, among_first)
            self.check(ending, "arrive", third, among_second)
            self.check(ending, "free", free, all_actions(joined.mdp))
            self.assertEqual(ending.result("cheap/actions_to_choose_from"), sum(map(len, among_first)))
            policy = [int(a) for a in ending.result("cheap/action")]
            loss = float(ending.result("cheap/most_loss"))
            self.assertLess(loss, 1e-6)
            for begin, case in zip(joined.first, cases):  # what the policy makes of the first criterion
                own = policy[begin:begin + len(case.mdp)]
                made = evaluate(case.mdp, own, DISCOUNT, {})
                self.assertTrue(all(abs(a - b) <= loss for a, b in zip(made, first[begin:begin + len(own)])))

    def test_slack_trades_one_for_the_other(self):
        """Two ways home: the long one earns 1/100 less and costs nothing."""
        mdp = [[Pair(F(1), {1: F(1)}), Pair(F(99, 100), {1: F(1)})], [Pair(F(0), {1: F(1)})]]
        write_mdp(self.folder / "model.h5", mdp, rewards={"cost": [[F(5), F(0)], [F(0)]]}, labels={"goal": {1}})
        for slack, action, cost in ((0.0, 0, 5.0), (0.009, 0, 5.0), (0.011, 1, 0.0)):
            later = {"kind": "total_cost", "target": "goal", "reward": "cost", "after": "gain", "slack": slack}
            ending = self.run_job(job_text(model=MODEL, **{"criteria.gain": {"kind": "discounted", "discount": 0.5}, "criteria.cost": later}), ranks=2)
            self.assert_ends(ending, DONE)
            self.assertEqual((ending.result("cost/action")[0], ending.result("cost/value")[0]), (action, cost))
            self.assertGreaterEqual(float(ending.result("cost/most_loss")), 2 * slack)
            self.assertLess(float(ending.result("cost/most_loss")), 2 * slack + 1e-5)

    def test_goes_on_from_a_checkpoint(self):
        rng = random.Random(9)
        self.write(union([random_case(rng) for _ in range(40)]))
        tables = {"criteria.gain": {"kind": "discounted", "discount": 0.875},
                  "criteria.cheap": {"kind": "discounted", "discount": 0.99, "objective": "min", "reward": "cost", "after": "gain"}}
        solver = {"method": "value_iteration", "tolerance": 1e-7}
        self.assert_ends(self.run_job(job_text(model=MODEL, solver={**solver, "max_sweeps": 90}, **tables), ranks=2), NOT_CONVERGED, "cheap: not converged")
        again = self.run_job(job_text(model=MODEL, solver=solver, **tables), ranks=2)
        self.assert_ends(again, DONE, "going on after sweep 90 of")
        straight = self.run_job(job_text(model=MODEL, solver=solver, **tables), name="straight", ranks=2)
        for variable in ("cheap/value", "cheap/action"):
            self.assert_same_bits(again.result(variable), straight.result(variable), variable)

    def test_refusals(self):
        write_mdp(self.folder / "model.h5", [[Pair(F(1), {0: F(1)})]], labels={"goal": {0}})
        gain, later = {"kind": "discounted", "discount": 0.5}, {"kind": "discounted", "discount": 0.5, "after": "gain"}

        def refuse(code, *phrases, **tables):
            ending = self.run_job(job_text(model=MODEL, **{f"criteria.{name}": keys for name, keys in tables.items()}), ranks=2)
            self.assert_ends(ending, code, *phrases)
            self.assertFalse(ending.file.exists())
        refuse(BAD_JOB_FILE, 'criteria.later.after = "gian" is no criterion above this one', gain=gain, later={**later, "after": "gian"})
        refuse(BAD_JOB_FILE, 'is no criterion above this one', later=later, gain=gain)
        refuse(BAD_JOB_FILE, "must be discounted and without a constraint", gain={"kind": "reachability"}, later=later)
        refuse(BAD_JOB_FILE, "criteria.later.after has no use here", gain=gain, later={"kind": "finite_horizon", "horizon": 3, "after": "gain"})
        refuse(BAD_JOB_FILE, "criteria.gain.slack has no use without criteria.gain.after", gain={**gain, "slack": 1.0})
        write_mdp(self.folder / "model.h5", [[Pair(F(1), {0: F(1)}, {0: F(1)})]], labels={"goal": {0}})
        refuse(BAD_INPUT, "criteria.later.after: the model has probability_upper", gain=gain, later=later)


main()
