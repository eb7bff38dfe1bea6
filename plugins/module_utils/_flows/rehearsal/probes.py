# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which packets a rehearsal sends: a few for each flow, and others that must fare as they did before.

For each flow, the peers are the ends of their networks and those that rules of the host name; the ports are the ends of
the flow's ranges and those that rules name. The others come from strangers, or use ports that are not opened.
"""

import collections

from ansible_collections.fleet.ports.plugins.module_utils._flows.flow_rules import BROADCAST_ENDS, Rule
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import packets, routes
from ansible_collections.fleet.ports.plugins.module_utils._net import cidrs

# probe: a :class:`packets.Probe`; flows: the names of the flows to which it belongs, empty for those of others; peers: the
# addresses at its ends that are not this host's; strays: whether it belongs to flows, but arrives by another interface
# than that by which its source is reached, so that it need not pass, and may
Trial = collections.namedtuple("Trial", "probe flows peers strays")

# rule: that of one flow among those that a rule joins; of_any: whether it has no packet of its own
Part = collections.namedtuple("Part", "rule of_any")

MOST = 6000  # packets, so that a rehearsal is short on any host
MOST_NAMED_PEERS, MOST_NAMED_PORTS, MOST_OTHER_INTERFACES = 64, 12, 8

# Addresses that are reserved for benchmarks, which no fleet has, and a port that no service has.
_STRANGERS = {"ip": ["198.18.77.7"], "ip6": ["2001:2::7"]}
_QUIET_PORT = 47113
# Unicast addresses, without loopback and unspecified ones.
_OF_HOSTS = {"ip": ["1.0.0.0-126.255.255.255", "128.0.0.0-223.255.255.255"], "ip6": ["2000::/3", "fc00::/7"]}
_SSH = 22


class Planner:
    """The packets for an opening (a :class:`flow_rules.Opening`).

    :param found_routes: the :class:`routes.Routes` of the copy.
    :param interfaces: the names of the copy's interfaces by their indexes.
    :param named: the addresses, networks and ranges that the host's rules name.
    :param ports: the ports that they name.
    """

    def __init__(self, opening, found_routes, interfaces, named, ports):
        self._opening = opening
        self._routes = found_routes
        self._interfaces = interfaces
        self._ports = sorted(ports)
        self._spans = {
            group: {family: cidrs.sorted_spans(listed)[family] for family, listed in addresses.items()}
            for group, addresses in opening.peers.items()
        }
        self._samples = {
            group: {
                family: [
                    end
                    for end in _few(listed, family) + _named(listed, named)
                    if end in BROADCAST_ENDS or not self._is_own(end)
                ]
                for family, listed in addresses.items()
            }
            for group, addresses in opening.peers.items()
        }
        # The interfaces by which peers are reached, and this host's addresses there.
        self._used = collections.OrderedDict()
        for end in [end for group in self._samples.values() for end in group.get("ip", [])]:
            if self._routes.leads_outside(end):
                self._used.setdefault(self._routes.to(end).interface, self._routes.to(end).source)
        self._parts = {rule: self._parts_of(rule) for rule in opening.rules}
        self._trials = collections.OrderedDict()

    def trials(self):
        """Return the trials: those of flows first."""
        for rule in self._opening.rules:
            self._add_rule(rule)
        for rule in self._opening.rules:
            self._add_others(rule)
        for family in ("ip", "ip6"):
            self._add_strangers(family)
        return list(self._trials.values())

    def _add_strangers(self, family):
        """Add packets at each hook, whether or not anything is opened there: they tell where the host drops by default."""
        (stranger,) = _STRANGERS[family]
        peers = [end for group in self._samples.values() for end in group.get(family, []) if end not in BROADCAST_ENDS]
        for peer in [end for end in peers if self._routes.leads_outside(end)][:1]:
            for hook, source, destination in (("input", stranger, None), ("output", None, stranger), ("forward", stranger, peer)):
                for protocol in packets.PROTOCOLS:
                    rule = Rule(hook, protocol, None, None, (), (), ())
                    self._add(rule, source, destination, _QUIET_PORT, _QUIET_PORT)

    def _add_rule(self, rule):
        for remote, other in self._ends(rule, self._sampled):
            for source_port, destination_port in self._pairs(rule):
                self._add(rule, remote, other, source_port, destination_port)

    def _add_others(self, rule):
        """Add packets of strangers to what the rule opens, and of peers to what it does not open."""
        pairs = self._pairs(rule)[:2]
        for remote, other in self._ends(rule, self._strangers):
            for source_port, destination_port in pairs + [(pairs[0][0], port) for port in (_SSH, _QUIET_PORT)]:
                self._add(rule, remote, other, source_port, destination_port)
        beside = {ports[0] - 1 for ports in rule.destination_ports} | {ports[1] + 1 for ports in rule.destination_ports}
        beside = sorted(port for port in beside | {_SSH, _QUIET_PORT} | set(self._ports[:MOST_NAMED_PORTS]) if 0 < port < 65536)
        for remote, other in list(self._ends(rule, self._sampled))[:1]:
            for port in beside:
                self._add(rule, remote, other, rule.source_ports[0][0], port)

    def _ends(self, rule, choose):
        """Yield ``(source, destination)`` of a rule, where None is this host."""
        for family in ("ip", "ip6"):
            sources = choose(rule.source, family) if rule.source else [None]
            destinations = self._sampled(rule.destination, family) if rule.destination else [None]
            if rule.hook == "output":
                sources, destinations = [None], choose(rule.destination, family) if rule.destination else []
            # Each end meets two others where it can: those that may talk are not hidden behind some that may not.
            for shift in range(min(len(sources), len(destinations), 2)):
                for index in range(max(len(sources), len(destinations))):
                    yield sources[index % len(sources)], destinations[(index + shift) % len(destinations)]

    def _sampled(self, group, family):
        return self._samples.get(group, {}).get(family, [])

    def _strangers(self, group, family):
        """Return addresses beside the group's, and one from far away."""
        spans = self._spans.get(group, {}).get(family)
        if not spans:
            return []
        beside = [spans[0][0] - 1, spans[-1][1] + 1]
        texts = [cidrs.to_text(family, value) for value in beside if 0 < value < 1 << cidrs.FAMILIES[family][1]]
        return [text for text in _STRANGERS[family] + texts if not self._is_peer(text)]

    def _is_peer(self, address):
        family, value = cidrs.to_number(address)
        return any(cidrs.contains(spans, family, value) for spans in self._spans.values())

    def _pairs(self, rule):
        """Return pairs of ports of which each end of the rule's ranges is part of one."""
        sources = _edges(rule.source_ports, self._ports)
        destinations = _edges(rule.destination_ports, self._ports)
        count = max(len(sources), len(destinations))
        return [(sources[index % len(sources)], destinations[index % len(destinations)]) for index in range(count)]

    def _add(self, rule, source, destination, source_port, destination_port):
        peers = tuple(end for end in (source, destination) if end is not None)
        for interface, begin, end, strays in self._ways(rule.hook, source, destination):
            probe = packets.Probe(rule.hook, rule.protocol, begin, source_port, end, destination_port, interface)
            if probe not in self._trials and len(self._trials) < MOST:
                flows = tuple(self._flows(probe))
                if flows or not strays:
                    self._trials[probe] = Trial(probe, () if strays else flows, peers, strays)

    def _ways(self, hook, source, destination):
        """Yield ``(interface, source, destination, strays)`` of a packet, with this host's own address for None."""
        if hook == "output":
            route = self._routes.to(destination)
            is_outside = route and route.interface not in (None, 1) and route.kind in (routes.UNICAST, routes.BROADCAST)
            if is_outside and route.source:
                yield None, route.source, destination, False
            return
        for interface, own, strays in self._arrivals(source):
            if hook == "input":
                end = own if destination is None and source not in BROADCAST_ENDS else destination
                if end is not None and self._is_own(end):
                    yield interface, source, end, strays
            elif self._routes.leads_outside(destination):
                yield interface, source, destination, strays

    def _arrivals(self, source):
        """Yield by which interfaces packets of the source may arrive, this host's address there, and whether they stray."""
        if source in BROADCAST_ENDS:
            for interface, own in self._used.items():
                yield interface, own, False
        elif self._routes.to(source) is None:
            # Without a route to its source, a packet may come from anywhere; this host does not answer it.
            for interface in [index for index in self._interfaces if index != 1][:MOST_OTHER_INTERFACES]:
                yield interface, None, False
        elif self._routes.leads_outside(source):
            route = self._routes.to(source)
            yield route.interface, route.source, False
            others = [index for index in self._interfaces if index not in (1, route.interface)]
            for interface in others[:MOST_OTHER_INTERFACES]:
                yield interface, route.source, True

    def _is_own(self, address):
        if address == packets.BROADCAST:
            return True
        route = self._routes.to(address)
        return route is not None and route.kind in (routes.LOCAL, routes.BROADCAST)

    def _flows(self, probe):
        """Return the names of the flows of the opening to which a packet belongs.

        Where flows are joined, some may have no packet of their own: those fare as the others do.
        """
        flows = []
        for rule in self._opening.rules:
            if rule.hook == probe.hook and rule.protocol == probe.protocol and self._is_of(rule, probe):
                pair = probe.source_port, probe.destination_port
                flows += [name for part in self._parts[rule] if part.of_any or _has(part.rule, pair) for name in part.rule.flows]
        return flows

    def _parts_of(self, rule):
        """Return the Parts of a rule."""
        pairs = self._pairs(rule)
        parts = [part for part in self._opening.parts if _shape(part) == _shape(rule) and part.flows[0] in rule.flows]
        return [Part(part, of_any=not any(_has(part, pair) for pair in pairs)) for part in parts]

    def _is_of(self, rule, probe):
        ends = (rule.source, probe.source), (rule.destination, probe.destination)
        return (
            _has(rule, (probe.source_port, probe.destination_port))
            and all(group is None or self._is_member(group, address) for group, address in ends)
            and self._is_open_on(probe)
        )

    def _is_member(self, group, address):
        return cidrs.contains(self._spans[group], *cidrs.to_number(address))

    def _is_open_on(self, probe):
        """Return whether the opening is for the interfaces that the packet takes."""
        if not self._opening.interfaces:
            return True
        taken = [probe.interface] if probe.hook != "output" else []
        if probe.hook != "input":
            taken.append(self._routes.to(probe.destination).interface)
        return all(self._interfaces.get(index) in self._opening.interfaces for index in taken)


def management(connection, found_routes):
    """Return the probe of a new connection like the one that SSH_CONNECTION describes, or None."""
    words = connection.split()
    if len(words) != 4:
        return None
    client, _port, server, port = words
    client, server = (end[7:] if end.startswith("::ffff:") else end.partition("%")[0] for end in (client, server))
    try:
        route, own = found_routes.to(client), found_routes.to(server)
    except OSError:
        return None
    if not (route and own and own.kind == routes.LOCAL and route.kind == routes.UNICAST and route.interface != 1):
        return None
    return packets.Probe("input", "tcp", client, 50022, server, int(port), route.interface)


def _few(listed, family):
    """Return addresses of the ends and the middle of what is listed, those that hosts can have."""
    spans = cidrs.sorted_spans(cidrs.common(listed, _OF_HOSTS[family]) or listed)[family]
    chosen = []
    for first, last in [spans[0], spans[-1], spans[len(spans) // 2]]:
        if last - first >= 3:
            first, last = first + 1, last - 1
        chosen += [first, last]
    return [cidrs.to_text(family, value) for value in collections.OrderedDict.fromkeys([chosen[0], chosen[3], *chosen])]


def _named(listed, named):
    """Return the first and last address of each that rules name among these networks, of the narrowest first."""
    regions = sorted(set(cidrs.ends(listed, named)), key=lambda region: (region[2] - region[1], region))
    found = [cidrs.to_text(family, value) for family, *both in regions[:MOST_NAMED_PEERS] for value in both]
    return list(collections.OrderedDict.fromkeys(found))


def _edges(ranges, named):
    """Return the ends of the first and last range, and what rules name among the ranges."""
    chosen = [ranges[0][0], ranges[-1][1], ranges[0][1], ranges[-1][0]]
    among = [port for port in named if any(first <= port <= last for first, last in ranges)]
    chosen += among[:MOST_NAMED_PORTS]
    return list(collections.OrderedDict.fromkeys(chosen))


def _has(rule, pair):
    """Return whether a rule is for this pair of ports."""
    ranges = rule.source_ports, rule.destination_ports
    return all(any(first <= port <= last for first, last in each) for each, port in zip(ranges, pair))


def _shape(rule):
    """Return what the rules of joined flows have in common."""
    return rule.hook, rule.protocol, rule.source, rule.destination
