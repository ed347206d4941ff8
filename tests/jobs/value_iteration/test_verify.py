"""--verify: the bounds of a result stand a second look by the model that is read again, whatever the criterion, at 1, 2 and 3 ranks."""
from fractions import Fraction as F

from bellshard_runs import DONE, JobTest, job_text, main
from exact_mdp import Pair
from mdp_file import write_mdp

CELLS = 30
SECOND_LOOK = "T lower >= lower fails at 0 states, T upper <= upper at 0, lower <= value <= upper at 0"


def walk(slack):
    """A safe step that may slip back, a bold one that may end in a hole; slack: how wide the odds are."""
    mdp, hole, goal = [], CELLS, CELLS - 1

    def pair(reward, odds):
        least = {t: p - slack if p < 1 else p for t, p in odds.items()}
        return Pair(F(reward), least, {t: p + slack if p < 1 else p for t, p in odds.items()}) if slack else Pair(F(reward), odds)

    for s in range(CELLS - 1):
        back = max(s - 1, 0)
        mdp.append([pair(1 + s % 3, {s + 1: F(3, 4), back: F(1, 4)}), pair(2, {min(s + 2, goal): F(7, 8), hole: F(1, 8)})])
    return mdp + [[pair(0, {goal: F(1)})], [pair(1, {hole: F(1)})]]


class Verify(JobTest):
    def look(self, criteria, ranks, **more):
        ending = self.run_job(job_text(**{f"criteria.{name}": criterion for name, criterion in criteria.items()}, **more), "--verify", name=f"{ranks}", ranks=ranks)
        self.assert_ends(ending, DONE, *[f"verified {name} of" for name in criteria])
        self.assertEqual(ending.log.count(SECOND_LOOK), len(criteria), ending.log)

    def test_stored(self):
        write_mdp(self.folder / "walk.h5", walk(0), labels={"goal": {CELLS - 1}, "init": {0}})
        criteria = {"sum": {"kind": "discounted", "discount": 0.99}, "ready": {"kind": "total_cost", "target": "goal"}}
        criteria |= {objective: {"kind": "reachability", "objective": objective, "target": "goal"} for objective in ("min", "max")}
        for ranks in (1, 2, 3):
            with self.subTest(ranks=ranks):
                self.look(criteria, ranks, model={"kind": "file", "file": "walk.h5"})

    def test_intervals(self):
        write_mdp(self.folder / "wide.h5", walk(F(1, 16)), labels={"goal": {CELLS - 1}, "init": {0}})
        criteria = {f"{objective}-{nature}": {"kind": "reachability", "objective": objective, "nature": nature, "target": "goal"}
                    for objective in ("min", "max") for nature in ("adversarial", "cooperative")}
        self.look(criteria | {"sum": {"kind": "discounted", "discount": 0.9}}, 2, model={"kind": "file", "file": "wide.h5"})

    def test_by_formula(self):
        for discount in (0.5, 0.9999):
            with self.subTest(discount=discount):
                self.look({"cost": {"kind": "discounted", "objective": "min", "discount": discount}}, 2,
                          model={"kind": "additive", "factors": 2, "levels": 30}, solver={"tolerance": 1e-9})


if __name__ == "__main__":
    main()
