# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands in a base chain of the administrator's: who is let in, then who is not, and at the end the default."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from ..requests import Request
from . import people
from .draft import KEYS, SET_TYPES, Table, some

# The side on which a packet's peer is.
_SIDES = {"input": "saddr", "output": "daddr", "forward": "saddr"}
_IN_KEYS = {"input": "iifname", "output": "oifname", "forward": "iifname"}


@dataclass
class Body:
    """Lines of a chain with its policy.

    :param quarantined: what is dropped by name before anything else: ``[(hook, address or network)…]``
    :param is_plain: whether all else that is dropped is dropped by default
    """

    lines: list[str]
    policy: str
    quarantined: list[tuple[str, str]]
    is_plain: bool = True


def closed(dice: random.Random, table: Table, hook: str, asked: Request) -> Body:
    """A chain that drops what it does not know."""
    lines = _preamble(dice, table, hook) if not table.is_stateless else _stateless_preamble(hook)
    quarantined: list[tuple[str, str]] = []
    if dice.random() < 0.35:
        added, quarantined = quarantine(dice, table, hook, asked)
        lines += added
    noise, is_plain = _noise(dice, table, hook)
    lines += noise
    if dice.random() < 0.08:
        tail, policy = dice.choice(_AMBIGUOUS_TAILS)(dice, table, hook)
        is_plain = False
    else:
        tail, policy = dice.choice(_TAILS)(dice, table, hook)
    if dice.random() < 0.15:
        # Everything stands in a chain of its own.
        lines, tail = [f"{_counter(dice)}jump {table.add_chain(f'{hook}_rules', [*lines, *tail])}"], []
    return Body(lines + tail, policy, quarantined, is_plain)


def open_for_all(dice: random.Random, table: Table, hook: str, asked: Request) -> Body:
    """A chain that drops nobody but those it names."""
    lines = some(dice, ["counter", "ct state established,related accept", "tcp dport 8080 counter"], 3)
    quarantined: list[tuple[str, str]] = []
    if dice.random() < 0.4:
        added, quarantined = quarantine(dice, table, hook, asked)
        lines = added + lines
    return Body(lines, "accept", quarantined)


def quarantine(dice: random.Random, table: Table, hook: str, asked: Request) -> tuple[list[str], list[tuple[str, str]]]:
    """Return lines that drop somebody by name, and whom."""
    version = dice.choice(table.versions)
    one, net = people.somebody(dice, asked, version), people.some_network(dice, asked, version)
    if one is None:
        return [], []
    key, side = KEYS[version], _SIDES[hook]
    verdict = dice.choice(("drop", "counter drop", "reject", 'log prefix "banned: " drop'))
    whom = dice.choice([one, net or one])
    match dice.randrange(7):
        case 0:
            lines = [f"{key} {side} {whom} {verdict}"]
        case 1:
            name = table.add_set("banned", version, [whom], flags="interval")
            lines = [f"{key} {side} @{name} {verdict}"]
        case 2:
            lines = [f"jump {table.add_chain('banned', [f'{key} {side} {whom} {verdict}', 'return'])}"]
        case 3:
            lines = [f"{key} {side} vmap {{ {one} : drop }}"]
            whom = one
        case 4:
            name = table.add_map("verdicts", f"type {SET_TYPES[version]} : verdict; elements = {{ {one} : drop }};")
            lines = [f"{key} {side} vmap @{name}"]
            whom = one
        case 5:
            lines = [f"{key} {side} {{ {whom}, {'192.0.2.250' if version == 4 else '2001:db8:1::250'} }} {verdict}"]
        case _:
            target = table.add_chain("quarantine", ["counter", "drop"])
            lines = [f"{key} {side} {whom} goto {target}"]
    return lines, [(hook, whom)]


def _preamble(dice: random.Random, table: Table, hook: str) -> list[str]:
    lines = [dice.choice((
        "ct state established,related accept",
        "ct state { established, related } counter accept",
        "ct state vmap { established : accept, related : accept, invalid : drop }",
    ))]
    local = {"input": 'iif "lo" accept', "output": 'oif "lo" accept', "forward": ""}[hook]
    lines += [local] if local else []
    lines += some(dice, ["ct state invalid drop", "meta l4proto { icmp, ipv6-icmp } accept"], 2)
    dice.shuffle(lines)
    if hook == "input":
        lines.append(_ssh(dice, table))
    return lines


def _stateless_preamble(hook: str) -> list[str]:
    """What rulesets have that know no connections."""
    return {
        "input": ['iif "lo" accept', "tcp dport 22 accept", "icmp type { echo-request, echo-reply } accept"],
        "output": ['oif "lo" accept', "tcp sport 22 accept", "udp dport 53 accept"],
        "forward": ["tcp dport 80 accept", "tcp sport 80 accept"],
    }[hook]


def _ssh(dice: random.Random, table: Table) -> str:
    return dice.choice((
        lambda: "tcp dport 22 accept",
        lambda: "tcp dport ssh ct state new counter accept",
        lambda: "tcp dport { 22, 443 } accept",
        lambda: f"tcp dport vmap {{ 22 : accept, 23 : {dice.choice(('drop', 'accept'))} }}",
        lambda: f"meta l4proto tcp jump {table.add_chain('services', ['tcp dport 22 accept', 'counter'])}",
        lambda: f"tcp dport 22 goto {table.add_chain('remote', ['counter', 'accept'])}",
    ))()


def _noise(dice: random.Random, table: Table, hook: str) -> tuple[list[str], bool]:
    """Return lines that let some in or only count, and whether they drop none that may be asked for."""
    lines = some(dice, [
        "counter",
        "tcp dport { 80, 443 } accept",
        "udp dport 5353 accept",
        "tcp dport 23 drop",
        'limit rate 5/minute log prefix "seen: "',
        "limit rate 100000/second burst 50000 packets counter",
        "tcp flags & (fin | syn) == fin | syn drop",
        "ct state new meta mark set 0x17",
        "tcp dport 5432 ct state new accept",
        f'{_IN_KEYS[hook]} "docker0" accept',
        f"jump {table.add_chain('accounting', ['counter', 'meta mark 0x99 counter', 'return'])}",
        "ct count over 100000 drop",
        "meta l4proto . th dport { tcp . 8443, udp . 8443 } accept",
        "tcp dport vmap { 8000-8100 : accept, 9000 : drop }",
        f"tcp dport 1-1024 jump {_nested(table)}",
        *(["ip protocol icmp accept", "ip saddr 10.99.0.0/16 accept"] if 4 in table.versions else []),
        *(["ip6 nexthdr ipv6-icmp accept"] if 6 in table.versions else []),
    ], 4)  # fmt: skip
    if dice.random() > 0.1:
        return lines, True
    lines.append(dice.choice([
        "udp dport 67-69 drop",
        "tcp dport 111 reject",
        "tcp sport 0-600 drop",
        *(["meta pkttype { broadcast, multicast } drop"] if hook == "input" else []),
        f'{_IN_KEYS[hook]} "eth0" meta l4proto udp drop',
        "tcp dport != { 22, 80 } drop",
        *(["ip saddr != { 192.0.2.0/24, 198.51.100.0/26 } drop"] if hook == "input" and 4 in table.versions else []),
        *(_by_pair(dice, table) if hook != "output" and 4 in table.versions else []),
        f'{_IN_KEYS[hook]} != "lo" ct state new limit rate over 9000/second burst 9000 packets drop',
    ]))
    return lines, False


def _by_pair(dice: random.Random, table: Table) -> list[str]:
    """A drop of some addresses at some ports."""
    elements = "192.0.2.64/27 . 67-69, 198.51.100.64/26 . 2049, 198.51.100.0/29 . 1-65535"
    table.sets.append("\tset pairs { type ipv4_addr . inet_service; flags interval; elements = { " + elements + " }; }\n")
    return ["ip saddr . udp dport @pairs drop", "ip saddr . tcp dport @pairs reject"][: dice.randint(1, 2)][-1:]


def _nested(table: Table) -> str:
    """A chain that calls a chain, and neither has anything to say about most packets."""
    inner = table.add_chain("special", ["tcp dport 25 accept", "udp dport 25 accept"])
    return table.add_chain("privileged", ["tcp dport 443 accept", f"jump {inner}", "return"])


def _counter(dice: random.Random) -> str:
    return dice.choice(("", "counter "))


def _drop(dice: random.Random) -> str:
    return dice.choice(("drop", "counter drop", "reject", "counter reject"))


def _by_policy(dice: random.Random, table: Table, hook: str) -> tuple[list[str], str]:
    return dice.choice(([], ["counter"], ['log prefix "dropped: "'], ["limit rate 3/minute log"])), "drop"


def _by_rule(dice: random.Random, table: Table, hook: str) -> tuple[list[str], str]:
    return [*some(dice, ["counter", 'limit rate 3/minute log prefix "dropped: "'], 2), _drop(dice)], _policy(dice)


def _by_limited_reject(dice: random.Random, table: Table, hook: str) -> tuple[list[str], str]:
    kind = "pkttype host " if hook == "input" else ""
    return [f"{kind}limit rate 5/second counter reject", *dice.choice(([], ["counter"]))], "drop"


def _by_family(dice: random.Random, table: Table, hook: str) -> tuple[list[str], str]:
    if len(table.versions) == 1:
        return [f"meta l4proto {{ tcp, udp }} {_drop(dice)}"], _policy(dice)
    lines = [f"meta nfproto ipv{version} {_drop(dice)}" for version in table.versions]
    dice.shuffle(lines)
    return lines, _policy(dice)


def _by_protocol(dice: random.Random, table: Table, hook: str) -> tuple[list[str], str]:
    lines = ["meta l4proto udp reject", "meta l4proto tcp reject with tcp reset"]
    dice.shuffle(lines)
    return [*lines, *dice.choice(([], ["counter drop"]))], _policy(dice)


def _by_state(dice: random.Random, table: Table, hook: str) -> tuple[list[str], str]:
    return [f"ct state {dice.choice(('new', '{ new, untracked }'))} {_drop(dice)}"], _policy(dice)


def _by_mark(dice: random.Random, table: Table, hook: str) -> tuple[list[str], str]:
    return ["meta mark set 0x2a", "udp dport 4500 meta mark set 0x2b", f"meta mark 0x2a {_drop(dice)}"], _policy(dice)


def _by_map_of_states(dice: random.Random, table: Table, hook: str) -> tuple[list[str], str]:
    last = table.add_chain("fresh", ["tcp dport 25 accept", _drop(dice)])
    return [f"ct state vmap {{ new : {dice.choice(('jump', 'goto'))} {last}, untracked : drop }}"], _policy(dice)


def _by_call(dice: random.Random, table: Table, hook: str) -> tuple[list[str], str]:
    last = table.add_chain("refuse", ['limit rate 10/minute log prefix "refused: "', _drop(dice)])
    if dice.random() < 0.3:
        last = table.add_chain("default", ["counter", f"jump {last}"])
    return [f"{dice.choice(('jump', 'goto'))} {last}"], _policy(dice)


def _by_interface(dice: random.Random, table: Table, hook: str) -> tuple[list[str], str]:
    return _dispatched(dice, table, hook, [["tcp dport 25 accept"], ["udp dport 500 accept", "tcp dport 25 accept"]])


def _by_closed_interface(dice: random.Random, table: Table, hook: str) -> tuple[list[str], str]:
    return _dispatched(dice, table, hook, [["counter"], []])


def _dispatched(dice: random.Random, table: Table, hook: str, begins: list[list[str]]) -> tuple[list[str], str]:
    verb = dice.choice(("jump", "goto"))
    elements = '"lo" : accept'
    for name in ("eth0", "eth1"):
        target = table.add_chain(f"from_{name}", [*dice.choice(begins), _drop(dice)])
        elements += f', "{name}" : {verb} {target}'
    if dice.random() < 0.4:
        name = table.add_map("zones", f"type ifname : verdict; elements = {{ {elements} }};")
        return [f"{_IN_KEYS[hook]} vmap @{name}"], _policy(dice)
    return [f"{_IN_KEYS[hook]} vmap {{ {elements} }}"], _policy(dice)


def _by_protocol_map(dice: random.Random, table: Table, hook: str) -> tuple[list[str], str]:
    tcp = table.add_chain("of_tcp", ["tcp dport 25 accept", _drop(dice)])
    udp = table.add_chain("of_udp", [dice.choice(("counter", "udp dport 500 accept")), _drop(dice)])
    return [f"meta l4proto vmap {{ tcp : {dice.choice(('jump', 'goto'))} {tcp}, udp : goto {udp} }}"], _policy(dice)


def _policy(dice: random.Random) -> str:
    return dice.choice(("accept", "drop"))


_TAILS: tuple[Callable, ...] = (
    _by_policy, _by_policy, _by_policy, _by_rule, _by_rule, _by_limited_reject, _by_family, _by_protocol, _by_state,
    _by_call, _by_interface, _by_protocol_map, _by_map_of_states,
)  # fmt: skip
# A default, or a drop with a purpose: who can say?
_AMBIGUOUS_TAILS: tuple[Callable, ...] = (_by_mark, _by_closed_interface)
