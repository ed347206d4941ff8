"""Long-run averages of other tools' tests at 1, 2, 3 and 4 ranks; each is confirmed by the oracle in exact rationals first.

Storm asks how often a state of a set is met: a reward of 1 there.
"""
from fractions import Fraction

from bellshard_runs import main
from closed_form_checks import RANKS, FileModels
from exact_average import average_reward
from exact_mdp import Pair
from random_mdps import shifted

F = Fraction


def sure(t):
    return {t: 1}


def model_of(rows):
    """rows [state][action]: state -> probability."""
    return [[{t: F(p) for t, p in odds.items()} for odds in row] for row in rows]


SWAP = model_of([[sure(1)], [sure(0)]])
COIN = model_of([[{0: "1/2", 1: "1/2"}], [{0: "1/2", 1: "1/2"}]])
TRIANGLE = model_of([[sure(1)], [sure(0), sure(2)], [sure(0)]])
ONE_WAY = model_of([[sure(1)], [sure(1), sure(2)], [sure(2)]])
COMPONENTS = model_of([  # 0-2, 3-5, 6-8, 9-11 turn in circles, 12-14 lead there
    [sure(1)], [sure(0), sure(2), {4: "0.7", 6: "0.3"}], [sure(0)],
    [sure(4), {5: "0.8", 9: "0.2"}], [sure(3), sure(5)], [sure(3)],
    [sure(7)], [sure(6), sure(8)], [sure(6)],
    [sure(10)], [sure(9), sure(11)], [sure(9)],
    [{5: "0.4", 8: "0.3", 11: "0.3"}], [{7: "0.7", 12: "0.3"}], [{12: "0.1", 13: "0.9"}, sure(12)]])
# model, states that count, most and least: state -> share of the time
SHARES = [
    (SWAP, {1}, {0: "1/2", 1: "1/2"}, {0: "1/2", 1: "1/2"}),
    (COIN, {1}, {0: "1/2", 1: "1/2"}, {0: "1/2", 1: "1/2"}),
    (TRIANGLE, {2}, dict.fromkeys(range(3), "1/3"), dict.fromkeys(range(3), 0)),
    (TRIANGLE, {0}, dict.fromkeys(range(3), "1/2"), dict.fromkeys(range(3), "1/3")),
    (TRIANGLE, {0, 2}, dict.fromkeys(range(3), "2/3"), dict.fromkeys(range(3), "1/2")),
    (ONE_WAY, {0}, dict.fromkeys(range(3), 0), dict.fromkeys(range(3), 0)),
    (ONE_WAY, {1}, {0: 1, 1: 1, 2: 0}, {0: 0, 1: 0, 2: 0}),
    (ONE_WAY, {2}, {0: 1, 1: 1, 2: 1}, {0: 0, 1: 0, 2: 1}),
    (COMPONENTS, {1, 4, 5, 7, 11, 13, 14}, {0: "37/60", 3: "2/3", 6: "1/2", 9: "1/3", 12: "31/60", 13: "101/200", 14: "31/60"},
     {0: "1/10", 3: 0, 6: "1/3", 9: 0, 12: "1/10", 13: "79/300", 14: "1/10"})]


def counting(rows, met):
    return [[Pair(F(int(s in met)), odds) for odds in row] for s, row in enumerate(rows)]


class Averages(FileModels):
    AVERAGE = {"kind": "average_reward"}

    def cases(self):
        """mdp, most and least: state -> known average."""
        clients = clients_and_server(3)
        self.assertEqual((len(clients), sum(len(pair.next) for row in clients for pair in row)), (184, 541))
        return [(counting(rows, met), most, least) for rows, met, most, least in SHARES] + [(clients, {0: "333/1000"}, {0: 0})]

    def test_all(self):
        """One after the other in one file: a proven width is relative to the largest average, and some have none but 0."""
        mdp, known = [], {"max": {}, "min": {}}
        for case, most, least in self.cases():
            first = len(mdp)
            for objective, printed in (("max", most), ("min", least)):
                exact = average_reward(case, objective)
                self.assertEqual({s: exact[s] for s in printed}, {s: F(p) for s, p in printed.items()})
                known[objective].update({first + s: v for s, v in enumerate(exact)})
            mdp += [[shifted(pair, first) for pair in row] for row in case]
        model = self.model(mdp)
        for objective in ("max", "min"):
            self.check(model, {**self.AVERAGE, "objective": objective}, known[objective], steps=15)

    def test_rewards_that_cancel(self):
        """Averages of 0, or tiny ones: widths are relative to 1e-3 of the largest reward."""
        there_and_back = [[Pair(F(1024), sure(1)), Pair(F(-2048), sure(0))], [Pair(F(-1024), sure(0)), Pair(F(-1024), {0: F(1, 2), 1: F(1, 2)})]]
        tiny = [[Pair(F(1024), sure(1))], [Pair(F(-1024) + F(1, 1024), sure(0)), Pair(F(-2048), sure(1))]]
        side_by_side = there_and_back + [[shifted(pair, 2) for pair in row] for row in tiny]
        for mdp, known in ((there_and_back, [F(0)] * 2), (tiny, [F(1, 2048)] * 2), (side_by_side, [F(0)] * 2 + [F(1, 2048)] * 2)):
            self.assertEqual(average_reward(mdp, "max"), known)
            model = self.model(mdp)
            for ranks in RANKS[:3]:
                ending = self.solve(model, {**self.AVERAGE, "objective": "max"}, ranks)
                self.assertEqual(ending.result("width_floor"), 2.048)
                for low, high, truth in zip(ending.result("lower"), ending.result("upper"), known):
                    self.assertTrue(F(float(low)) <= truth <= F(float(high)), (low, truth, high))
                    self.assertLessEqual(high - low, self.tolerance * 2.048)

    def test_a_span_that_is_taken_for_the_gain(self):
        """pymdptoolbox stops its relative iteration at a span of 0.01 and says 3.88523524641183 where the gain is 35/9."""
        mdp = [[Pair(F(5), {0: F(1, 2), 1: F(1, 2)}), Pair(F(10), {1: F(1)})], [Pair(F(-1), {0: F(4, 5), 1: F(1, 5)}), Pair(F(2), {0: F(1, 10), 1: F(9, 10)})]]
        self.check_print(relative_iteration(mdp, F(1, 100)), "3.88523524641183")
        self.assertEqual(average_reward(mdp, "max"), [F(35, 9)] * 2)
        for ranks in RANKS:
            lower = self.solve(self.model(mdp), {**self.AVERAGE, "objective": "max"}, ranks).result("lower")
            self.assertGreater(min(lower), 3.8888)


def relative_iteration(mdp, span):
    """What an iteration of values that stops at a span takes for the gain: the change in the last state."""
    value = [F(0)] * len(mdp)
    while True:
        new = [max(pair.reward + sum(p * value[t] for t, p in pair.next.items()) for pair in row) for row in mdp]
        change = [a - b for a, b in zip(new, value)]
        if max(change) - min(change) < span:
            return change[-1]
        value = [v - new[-1] for v in new]


def server_moves(action, k, server):
    """The server's state after an action of client k, None where it does not take part. server: phase, whom it serves, whom it denies."""
    phase, served, denied = server
    free, asked, serving, denying = range(4)
    return {("request", free): (asked, k, denied), ("request", serving): (denying, served, k),
            ("grant", asked): (serving, served, denied) if served == k else None,
            ("deny", denying): (serving, served, 0) if denied == k else None,
            ("cancel", free): server, ("cancel", serving): (free, 0, denied) if served == k else server}.get((action, phase))


CLIENT_MOVES = {-1: [("change mind", {0: "0.9", 3: "0.1"})], 0: [("request", sure(1))], 1: [("deny", sure(0)), ("grant", sure(2))],
                2: [("use", sure(2)), ("cancel", sure(0))], 3: [("cancel", sure(1))]}


def clients_and_server(clients):
    """All states from where nobody has asked for anything yet; a grant pays 1. A client that changed its mind may block the server."""
    start = ((0, 0, 0), (-1,) * clients)
    number, rows, front = {start: 0}, [], [start]
    for server, minds in front:  # grows
        row = []
        for k, mind in enumerate(minds):
            for action, odds in CLIENT_MOVES[mind]:
                after = server if action in ("change mind", "use") else server_moves(action, k + 1, server)
                if after is None:
                    continue
                there = {(after, (*minds[:k], c, *minds[k + 1:])): F(p) for c, p in odds.items()}
                for state in there.keys() - number.keys():
                    number[state] = len(number)
                    front.append(state)
                row.append(Pair(F(int(action == "grant")), {number[state]: p for state, p in there.items()}))
        rows.append(row)
    return [row or [Pair(F(0), {s: F(1)})] for s, row in enumerate(rows)]


main()
