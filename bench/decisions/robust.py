"""robust_offline, incremental_worst_case: beside NumPy and SciPy, medians of --repeats; then ranks. Each answer of the second is compared.
"""
import statistics

from decisions import robust_peers
from decisions.runs import results_of


def add_options(parser):
    parser.add_argument("--offline-sizes", type=lambda text: tuple(map(int, text.split("x"))), nargs="*", default=[(1000, 20), (10000, 20)], help="robust_offline: trajectories x replications")
    parser.add_argument("--peer-replications", type=int, default=2, help="robust_offline: replications that NumPy computes; its seconds are scaled up")


def robust_offline(asked, _):
    """The American put: 20 stages, 30 features."""
    def text(algorithm, parameter, trajectories, replications):
        key = "" if algorithm == "pevi" else f"{'lambda' if algorithm.startswith('r2') else 'rho'} = [{parameter}]\n"
        return f'[world]\nkind = "american_put"\n[data]\ntrajectories = {trajectories}\nreplications = {replications}\n[algorithm]\nnames = ["{algorithm}"]\n{key}beta = 0.1\nridge = 1.0\n'

    print("robust_offline: seconds of the algorithm (Bellshard: with the Gram matrices; start to end), 1 rank")
    for algorithm, parameter in (("pevi", 0), ("r2pvi_tv", 1.0), ("r2pvi_kl", 1.0), ("r2pvi_chi2", 1.0), ("drpvi", 0.03), ("drvi_l", 0.03)):
        for trajectories, replications in asked.offline_sizes:
            own, whole = [], []
            for _ in range(asked.repeats):
                seconds, results = results_of(asked, "robust_offline", text(algorithm, parameter, trajectories, replications))
                own.append(results["seconds"][0] + results["gram_seconds"])
                whole.append(seconds)
            theirs = robust_peers.offline_seconds(algorithm, parameter, trajectories, min(replications, asked.peer_replications)) * replications / min(replications, asked.peer_replications)
            mine = statistics.median(own)
            print(f"  {algorithm:10} N={trajectories:6} x {replications:2}: Bellshard {mine:8.4f} ({statistics.median(whole):6.2f}), NumPy {theirs:8.3f}: {theirs / mine:7.1f} x, start to end "
                  f"{theirs / statistics.median(whole):6.1f} x", flush=True)
    names = '["pevi", "r2pvi_tv", "r2pvi_kl", "r2pvi_chi2", "drpvi", "drvi_l"]'
    for what, sizes in (("replications", (10000, 40)), ("rows", (400000, 1))):
        big = f'[world]\nkind = "american_put"\n[data]\ntrajectories = {sizes[0]}\nreplications = {sizes[1]}\n[algorithm]\nnames = {names if what == "replications" else names[:31] + "]"}\nlambda = [1.0]\nrho = [0.03]\nbeta = 0.1\nridge = 1.0\n[parallel]\nover = "{what}"\n'
        took = {1: [], 2: []}
        for _ in range(asked.repeats):
            for ranks, seconds in took.items():
                seconds.append(float(results_of(asked, "robust_offline", big, ranks)[1]["trace_seconds"]))
        times = {ranks: statistics.median(seconds) for ranks, seconds in took.items()}
        print(f"  ranks that share {what}, N={sizes[0]} x {sizes[1]}: 1 rank {times[1]:.3f} s, 2 ranks {times[2]:.3f} s: {times[1] / times[2]:.2f} x", flush=True)


def incremental_worst_case(asked, _):
    """The windy walk: robust value iteration and the sequence of models, beside NumPy and SciPy."""
    def text(models, scale, discount):
        return f'[family]\nkind = "windy_walk"\nmodels = {models}\nscale = {scale}\n[solver]\ndiscount = {discount}\ntolerance = 1e-6\n'

    print("incremental_worst_case: seconds of robust value iteration | of the sequence, 1 rank; tolerance 1e-6; craam2: race_authors.py")
    for models, scale, discount, kinds in ((25, 1, 0.95, ("dense", "sparse")), (25, 4, 0.99, ("dense", "sparse")), (25, 12, 0.99, ("sparse",))):
        found = [results_of(asked, "incremental_worst_case", text(models, scale, discount))[1] for _ in range(asked.repeats)]
        mine = [statistics.median(float(results[key]) for results in found) for key in ("robust_seconds", "incremental_seconds")]
        updates = [float(found[0][key]) for key in ("robust_pair_updates", "incremental_pair_updates")]
        print(f"  {models} models, {36 * scale * scale} states, discount {discount}: Bellshard {mine[0]:.4f} | {mine[1]:.4f}; the sequence has {len(found[0]['promised_value'])} models, "
              f"{updates[0] / updates[1]:.2f} times fewer sums over next states and {mine[0] / mine[1]:.2f} times less time", flush=True)
        for kind in kinds:
            family = robust_peers.walk_models(models, scale, kind == "dense")
            value, first = robust_peers.robust_iteration(family, discount, 1e-6)
            promised, second = robust_peers.incremental(family, discount, 1e-6)
            apart = max(abs(value[0] - found[0]["robust_start_value"]), abs(promised - found[0]["promised_value"][-1]))
            print(f"    {kind:6} NumPy {first:8.3f} | {second:8.3f}: {first / mine[0]:6.1f} x | {second / mine[1]:6.1f} x, values {apart:.1e} apart", flush=True)
    big = text(25, 30, 0.99)
    times = {ranks: min((lambda results: (float(results["robust_seconds"]), float(results["incremental_seconds"])))(results_of(asked, "incremental_worst_case", big, ranks)[1]) for _ in range(asked.repeats))
             for ranks in (1, 2)}
    print("  32400 states, 1 rank against 2: " + ", ".join(f"{name} {a:.3f} s, {b:.3f} s: {a / b:.2f} x" for name, a, b in zip(("robust value iteration", "sequence"), times[1], times[2])), flush=True)


RACES = {"robust_offline": robust_offline, "incremental_worst_case": incremental_worst_case}
