"""The properties of the Quantitative Verification Benchmark Set's models in shared/data/qvbs, as the keys of a job file.

One row for each property of the *.props files; constants are those of the instance: csma N-K, firewire delay-deadline,
wlan MAX_BACKOFF-COL, wlan_dl MAX_BACKOFF-deadline (inside the model), zeroconf N-K-reset, egl N-L, consensus N-K.
"""


def reach(objective, target, **keys):
    return {"kind": "reachability", "objective": objective, "target": target, **keys}


def total(objective, target, reward):
    return {"kind": "total_reward", "objective": objective, "target": target, "reward": reward}


CONSENSUS = {
    "c1": reach("min", '"finished"'),
    "c2": reach("min", '"finished" & "all_coins_equal_1"'),
    "disagree": reach("max", '"finished" & !"agree"'),
    "steps_max": total("max", '"finished"', "steps"),
    "steps_min": total("min", '"finished"', "steps"),
}
BOTH_SENT = "s1=12 & s2=12"
PROPERTIES = {
    "consensus.2-2": CONSENSUS,
    "consensus.2-16": CONSENSUS,
    "consensus.4-4": CONSENSUS,
    "haddad-monmege.20": {
        "target": reach("max", '"Target"'),
        "exp_steps": total("max", '"Done"', "1"),
    },
    "herman.11": {"steps": total("max", '"stable"', "steps")},
    "egl.5-2": {
        "messagesA": total("max", "phase=4", "messages_A_needs"),
        "messagesB": total("max", "phase=4", "messages_B_needs"),
        "unfairA": reach("max", '!"knowA" & "knowB"'),
        "unfairB": reach("max", '!"knowB" & "knowA"'),
    },
    "wlan.0-0": {
        "collisions": reach("max", "col=0"),
        "cost_max": total("max", BOTH_SENT, "cost"),
        "cost_min": total("min", BOTH_SENT, "cost"),
        "num_collisions": total("max", BOTH_SENT, "collisions"),
        "sent": reach("min", BOTH_SENT),
        "time_max": total("max", BOTH_SENT, "time"),
        "time_min": total("min", BOTH_SENT, "time"),
    },
    "firewire.false-3-200": {
        "elected": reach("min", '"done"'),
        "time_max": total("max", '"done"', "time"),
        "time_min": total("min", '"done"', "time"),
        "time_sending": total("max", '"done"', "time_sending"),
        "deadline": {**reach("min", "(s1=8 & s2=7) | (s1=7 & s2=8)"), "kind": "reward_reachability", "reward": "time", "budget": 200},
    },
    "zeroconf.1000-2-false": {
        "correct_max": reach("max", "l=4 & ip=1"),
        "correct_min": reach("min", "l=4 & ip=1"),
    },
    "wlan_dl.0-80": {"deadline": reach("min", BOTH_SENT)},
    "csma.2-2": {
        "all_before_max": reach("max", '"all_delivered"', avoid='"collision_max_backoff"'),
        "all_before_min": reach("min", '"all_delivered"', avoid='"collision_max_backoff"'),
        # min_backoff_after_success is the least of cd1, where station 1 has sent (s1=4), and cd2 likewise
        "some_before": reach("min", "(s1=4 & cd1<2) | (s2=4 & cd2<2)"),
        "time_max": total("max", '"all_delivered"', "time"),
        "time_min": total("min", '"all_delivered"', "time"),
    },
}
