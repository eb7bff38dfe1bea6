# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of a generated world: the administrator's, in a boot script, and those of other programs."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from ..network import UPLINK, Interface, interface_towards
from ..requests import Request
from . import chains, people
from .draft import KEYS, Table, some

_PRIORITIES = {
    "input": ("filter", "0", "-10", "10", "filter + 20"),
    "forward": ("filter", "0", "5"),
    "output": ("filter", "0", "100"),
    "prerouting": ("raw", "mangle", "-150", "-350"),
}


@dataclass
class Drawn:
    """What was drawn up so far; ``is_plain``: all that is dropped is dropped by default, or by name."""

    tables: list[Table] = field(default_factory=list)
    quarantined: list[tuple[str, str]] = field(default_factory=list)
    is_plain: bool = True

    def take(self, body: chains.Body) -> chains.Body:
        """Note what a chain drops."""
        self.quarantined += body.quarantined
        self.is_plain = self.is_plain and body.is_plain
        return body


def of_administrator(dice: random.Random, asked: Request, interfaces: tuple[Interface, ...]) -> Drawn:
    """The tables that a boot script has."""
    drawn = Drawn()
    names = dice.choice((("inet",), ("inet",), ("inet",), ("ip", "ip6"), ("inet", "inet"), ("ip",)))
    is_stateless = dice.random() < 0.08
    for number, family in enumerate(names):
        is_usual = number == 0 or family == "ip6"
        table = Table(family, "filter" if is_usual else dice.choice(("guard", "local-rules", "fw2")))
        table.is_stateless = is_stateless and 4 in table.versions
        for hook in ("input", "forward", "output"):
            if hook != "input" and dice.random() < 0.35:
                continue
            is_closed = dice.random() < (0.8 if hook == "input" else 0.45)
            draw = chains.closed if is_closed else chains.open_for_all
            body = drawn.take(draw(dice, table, hook, asked))
            table.add_base_chain(hook, dice.choice(_PRIORITIES[hook]), body.policy, body.lines)
        drawn.tables.append(table)
    if dice.random() < 0.3:
        _add_early(dice, drawn, asked, interfaces)
    if dice.random() < 0.15:
        drawn.tables.append(_dormant(dice))
    if dice.random() < 0.2:
        drawn.tables.append(_translation(dice))
    if dice.random() < 0.1:
        drawn.tables.append(_other_family(dice))
    dice.shuffle(drawn.tables)
    return drawn


def _add_early(dice: random.Random, drawn: Drawn, asked: Request, interfaces: tuple[Interface, ...]) -> None:
    """Add a table that sees packets before, or after, the usual hooks."""
    match dice.randrange(5):
        case 0:
            table = Table("inet", "early")
            checks = ["fib saddr . iif oif missing drop", "ct state invalid drop", "meta mark set 0x1", "counter"]
            lines = some(dice, checks, 3)
            # Before priority -200 the state of each packet is invalid: nobody could manage such a host.
            table.add_base_chain("prerouting", dice.choice(("mangle", "-150")), "accept", lines)
        case 1:
            table = Table(dice.choice(("inet", "ip")), "bans")
            lines, whom = chains.quarantine(dice, table, "input", asked)
            drawn.quarantined += whom
            table.add_base_chain("prerouting", dice.choice(_PRIORITIES["prerouting"]), "accept", lines)
        case 2 if dice.random() < 0.5:
            table = Table("inet", "untracked")
            table.add_base_chain("prerouting", "raw", "accept", ["udp dport { 53, 67-69 } notrack"])
            # Where only established connections are answered, nobody is.
            drawn.is_plain = False
        case 2:
            # A list of what may come in at all.
            table = Table("inet", "raw")
            others = ["udp dport 67-69 accept", "tcp sport 513-1023 accept", "meta l4proto icmp accept"]
            lines = ['iifname "lo" accept', "ct state established,related accept", "tcp dport 22 accept",
                     *some(dice, others, 2)]
            table.add_base_chain("prerouting", "mangle", "drop", lines)
            drawn.is_plain = False
        case 3:
            table = Table("netdev", "at_the_door")
            version = dice.choice((4, 6))
            one = people.somebody(dice, asked, version)
            lines = [f"{KEYS[version]} saddr {one} counter drop"] if one else []
            drawn.quarantined += [("input", one), ("forward", one)] if one and _is_behind(UPLINK, one, interfaces) else []
            table.add_base_chain("ingress", "-500", "accept", lines, device="eth0")
        case _:
            table = Table("netdev", "on_the_way_out")
            version = dice.choice((4, 6))
            one = people.somebody(dice, asked, version)
            lines = [f"{KEYS[version]} daddr {one} drop"] if one else []
            drawn.quarantined += [("output", one)] if one and _is_behind(UPLINK, one, interfaces) else []
            table.add_base_chain("egress", "0", "accept", lines, device="eth0")
    drawn.tables.append(table)


def _is_behind(interface: Interface, address: str, interfaces: tuple[Interface, ...]) -> bool:
    """Whether packets come from an address, and go to it, by this one of the interfaces."""
    return interface_towards(interfaces, address) == interface


def _dormant(dice: random.Random) -> Table:
    table = Table(dice.choice(("inet", "ip")), "asleep", flags="dormant")
    for hook in dice.sample(("input", "forward", "output"), dice.randint(1, 3)):
        table.add_base_chain(hook, "filter", "drop", some(dice, ["tcp dport 443 accept", "counter"], 2))
    return table


def _other_family(dice: random.Random) -> Table:
    """A table that sees no packets of the Internet protocol on their way through this host."""
    table = Table(dice.choice(("arp", "bridge")), "filter")
    table.add_base_chain("input", "0", "accept", ["counter"])
    return table


def _translation(dice: random.Random) -> Table:
    table = Table("ip", "nat")
    masked = dice.choice(('oifname "wg0"', "ip saddr 10.99.0.0/16", 'oifname "eth0"'))
    table.add_base_chain("postrouting", "srcnat", "accept", [f"{masked} masquerade"], kind="nat")
    if dice.random() < 0.5:
        table.add_base_chain("prerouting", "dstnat", "accept", ["tcp dport 8443 redirect to :443"], kind="nat")
    return table
