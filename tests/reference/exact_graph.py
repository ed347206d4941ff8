"""What the graph of a small Markov decision process decides alone (Baier and Katoen 2008, section 10.6).

A model is a list over states of lists of pairs; `pair.next` maps next states to probabilities. Sets of states are Python sets.
Target states end every path; whatever must not be met is absorbing already (`exact_mdp.blocked`).
"""


def positive(mdp, target):
    """Where some policy meets the target with positive probability."""
    met, grown = set(), set(target)
    while grown != met:
        met = grown
        grown = met | {s for s, pairs in enumerate(mdp) if any(met & pair.next.keys() for pair in pairs)}
    return met


def avoidable(mdp, target):
    """Where some policy surely never meets the target: the largest set without it that some action stays in."""
    kept, left = None, set(range(len(mdp))) - set(target)
    while left != kept:
        kept = left
        left = {s for s in kept if any(pair.next.keys() <= kept for pair in mdp[s])}
    return kept


def certain_for_all(mdp, target):
    """Where every policy meets the target almost surely: no way leads to where it could be avoided."""
    stopped = [[] if s in target else pairs for s, pairs in enumerate(mdp)]
    return set(range(len(mdp))) - positive(stopped, avoidable(mdp, target))


def certain_for_some(mdp, target):
    """Where some policy meets the target almost surely."""
    outer, inner = None, set(range(len(mdp)))
    while inner != outer:
        outer = inner
        staying = [[pair for pair in pairs if pair.next.keys() <= outer] for pairs in mdp]
        inner = positive(staying, target) & outer
    return outer


def strong_components(states, edges):
    """Sets of states that reach each other by edges[s], by the definition."""
    reach = {}
    for start in states:
        seen, front = {start}, [start]
        while front:
            new = (edges[front.pop()] & states) - seen
            seen |= new
            front += new
        reach[start] = seen
    return {frozenset(t for t in reach[s] if s in reach[t]) for s in states}


def end_components(mdp, allowed=lambda pair: True):
    """Maximal end components as (states, [(state, index of action)]), by least state."""
    inside = {(s, a) for s, pairs in enumerate(mdp) for a, pair in enumerate(pairs) if allowed(pair)}
    while True:
        edges = {s: set() for s in range(len(mdp))}
        for s, a in inside:
            edges[s] |= mdp[s][a].next.keys()
        parts = strong_components(set(edges), edges)
        part_of = {s: part for part in parts for s in part}
        staying = {(s, a) for s, a in inside if mdp[s][a].next.keys() <= part_of[s]}
        if staying == inside:
            break
        inside = staying
    found = [(set(part), sorted((s, a) for s, a in inside if s in part)) for part in parts]
    return sorted(((states, pairs) for states, pairs in found if pairs), key=lambda component: min(component[0]))
