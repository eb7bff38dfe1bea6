# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects as ``nft -j list ruleset`` lists them, without nft; unless told otherwise, in table ``inet filter``."""

ACCEPT, DROP, REJECT, COUNTER, LOG = {"accept": None}, {"drop": None}, {"reject": None}, {"counter": None}, {"log": {}}
FILTER = ("inet", "filter")


def match(left, right, op="=="):
    return {"match": {"op": op, "left": left, "right": right}}


def payload(protocol, field, right, op="=="):
    return match({"payload": {"protocol": protocol, "field": field}}, right, op)


def state(*states):
    return match({"ct": {"key": "state"}}, list(states), "in")


def interface(name):
    return match({"meta": {"key": "iifname"}}, name)


def state_map(**verdicts):
    """Return a verdict map by the state of the connection: ``state_map(established="accept")``."""
    entries = [[name, {verdict: None}] for name, verdict in sorted(verdicts.items())]
    return {"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": entries}}}


def table(name="filter", family="inet", **more):
    return {"table": dict({"family": family, "name": name, "handle": 1}, **more)}


def chain(name="input", table=FILTER, **base):
    return {"chain": dict({"family": table[0], "table": table[1], "name": name, "handle": 1}, **base)}


def base_chain(policy="accept", name="input", hook="input", table=FILTER):
    return chain(name, table, type="filter", hook=hook, prio=0, policy=policy)


def rule(*expr, **place):
    table = place.get("table", FILTER)
    whole = {
        "family": table[0],
        "table": table[1],
        "chain": place.get("chain", "input"),
        "handle": place.get("handle", 9),
    }
    return {"rule": dict(whole, expr=list(expr))}


SSH = rule(payload("tcp", "dport", 22), ACCEPT)
