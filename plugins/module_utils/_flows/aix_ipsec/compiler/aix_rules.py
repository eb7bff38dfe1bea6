# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compile an opening to the filter rules of AIX that express exactly it, as ``lsfilt`` prints them.

The filter is stateless, so answers have to be opened as well; those over TCP only for packets with ACK, which cannot open
a connection. A forwarded packet passes the filter twice, coming in and going out, so its rules apply to both.
"""

from ipaddress import ip_network

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler import cells, port_grid, steps
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler.steps import Box
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.lsfilt import Rule
from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import span
from ansible_collections.fleet.ports.plugins.module_utils._net.port_ranges import HIGHEST, LOWEST

MARK = "fleet.ports"
"""The description of managed rules, by which they are recognised. It is short, because no limit is documented."""

FAMILIES = {4: "ip", 6: "ip6"}

_PLACE = {"input": ("local", "inbound"), "output": ("local", "outbound"), "forward": ("route", "both")}


def rules(opening):
    """Return the rules of each family (4 and 6), in order."""
    compiled = {}
    return {family: list(_rules(opening, family, compiled)) for family in FAMILIES}


def _rules(opening, family, compiled):
    """Yield the rules; the steps for the same boxes are ``compiled`` once."""
    lasting = _openings(_without_spans(opening), family) if opening.spans else {}
    for (hook, protocol), openings in sorted(_openings(opening, family).items()):
        for (source, destination), boxes in cells.cells(openings):
            expiration = _expiration((source, destination), lasting.get((hook, protocol), ()), opening.spans)
            if boxes not in compiled:
                compiled[boxes] = steps.steps(boxes)
            for interface in opening.interfaces or ("all",):
                for step in compiled[boxes]:
                    yield _rule(hook, source, destination, interface, step, expiration)


def _without_spans(opening):
    """Return what is open without an end."""
    rules, answers = (
        [rule for rule in asked if not span((rule.source, rule.destination), opening.spans)]
        for asked in (opening.rules, opening.answers)
    )
    return opening._replace(rules=rules, answers=answers)


def _expiration(cell, lasting, spans):
    """Return after how long the rules of a cell expire, or "0", which is never.

    It closes nothing that the host's job has not closed before: the time begins anew whenever the rules are put in force,
    IBM's documents disagree about its unit, and rules that share a cell with lasting ones have to last. Seconds are given:
    if the filter takes them for minutes, it closes later, but never too early.
    """
    if not spans or any(all(map(cells.lies_in, cell, pair)) for pair in lasting):
        return "0"
    return str(max(until - opened for opened, until in spans.values()))


def _openings(opening, family):
    """Return what is open at each hook, for UDP and for both kinds of TCP packets."""
    found = {}
    for asked, is_answer in [(rule, False) for rule in opening.rules] + [(rule, True) for rule in opening.answers]:
        boxes = list(_boxes(asked, is_answer))
        pairs = found.setdefault((asked.hook, asked.protocol), {})
        for source in _networks(asked.source, opening.peers, family):
            for destination in _networks(asked.destination, opening.peers, family):
                pairs.setdefault((source, destination), set()).update(boxes)
    return found


def _boxes(asked, is_answer):
    protocol = "tcp/ack" if is_answer and asked.protocol == "tcp" else asked.protocol
    for source in asked.source_ports:
        for destination in asked.destination_ports:
            yield Box(protocol, _ports(source), _ports(destination))


def _ports(ports):
    """Return a range; all ports are any, the one with number 0 too."""
    return (port_grid.LOWEST, HIGHEST) if ports == (LOWEST, HIGHEST) else ports


def _networks(group, peers, family):
    if group is None:
        return [cells.everywhere(family)]
    return [ip_network(text) for text in peers.get(group, {}).get(FAMILIES[family], ())]


def _rule(hook, source, destination, interface, step, expiration):
    routing, direction = _PLACE[hook]
    return Rule(
        action=step.action, source=str(source.network_address), source_mask=_mask(source),
        destination=str(destination.network_address), destination_mask=_mask(destination), source_routing="no",
        protocol=step.protocol, source_operator=step.source[0], source_port=str(step.source[1]),
        destination_operator=step.destination[0], destination_port=str(step.destination[1]), routing=routing,
        direction=direction, log="no", fragments="all packets", tunnel="0", interface=interface, expiration=expiration,
        pattern_type="", pattern="", description=MARK,
    )  # fmt: skip


def _mask(network):
    return str(network.netmask) if network.version == 4 else str(network.prefixlen)
