# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Terms as policy and definitions of aerleon, from which it writes rules for many brands of firewalls.

A stateful filter gets the flows that initiate connections. A stateless filter also gets the replies, over TCP only
packets of established connections.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from ansible_collections.fleet.ports.plugins.plugin_utils._export.terms import FAMILIES, Permission, Term

ABOUT = "NIM and NFS flows, computed by fleet.ports"
_ACL = "fleet-ports"


class Platform(NamedTuple):
    """The name of a platform in aerleon, and its options in the header of a filter for each address family."""

    target: str
    options: Mapping[int, str]
    stateful: bool = True


PLATFORMS = {
    # Aerleon has no IPv6 support for the ASA.
    "cisco_asa": Platform("ciscoasa", {4: _ACL}),
    "cisco_ios": Platform("cisco", {4: f"{_ACL} extended", 6: f"{_ACL}-v6 inet6"}, stateful=False),
    # Policies for all zones: a plan contains no zones.
    "juniper_srx": Platform("srx", {4: "from-zone all to-zone all inet", 6: "from-zone all to-zone all inet6"}),
    "palo_alto": Platform("paloalto", {4: "from-zone any to-zone any inet", 6: "from-zone any to-zone any inet6"}),
    "fortinet": Platform("fortigate", {4: "from-zone any to-zone any inet", 6: "from-zone any to-zone any inet6"}),
    "nftables": Platform("nftables", {4: "inet forward", 6: "inet6 forward"}),
}


def terms_for(platform: Platform, terms: Iterable[Term]) -> list[Term]:
    """Return the terms that the platform supports and needs."""
    return [
        term
        for term in terms
        if term.permission.family in platform.options and (term.permission.initiates or not platform.stateful)
    ]


def policy(platforms: Collection[Platform], terms: Collection[Term]) -> dict[str, object]:
    """Return the policy, with a filter for each address family, for stateful and for stateless platforms."""
    filters = []
    for stateful in (True, False):
        for family in FAMILIES:
            alike = [each for each in platforms if each.stateful == stateful and family in each.options]
            chosen = [term for term in terms_for(alike[0], terms) if term.permission.family == family] if alike else []
            if chosen:
                targets = {each.target: each.options[family] for each in alike}
                filters.append({"header": {"targets": targets, "comment": ABOUT}, "terms": list(map(_term, chosen))})
    return {"filters": filters}


def definitions(terms: Iterable[Term]) -> dict[str, object]:
    """Return the networks and services to which the terms refer."""
    networks: dict[str, object] = {}
    services: dict[str, object] = {}
    for term in terms:
        asked = term.permission
        for name, addresses in ((term.source, asked.sources), (term.destination, asked.destinations)):
            networks[name] = {"values": [{"address": address} for address in addresses]}
        for ports in (asked.source_ports, asked.destination_ports):
            services[_service(asked, ports)] = [{"protocol": asked.protocol, "port": port} for port in ports]
    return {"networks": networks, "services": services}


def _term(term: Term) -> dict[str, str]:
    asked = term.permission
    written = {
        "name": term.name,
        "comment": "; ".join(term.references),
        "source-address": term.source,
        "source-port": _service(asked, asked.source_ports),
        "destination-address": term.destination,
        "destination-port": _service(asked, asked.destination_ports),
        "protocol": asked.protocol,
        "action": "accept",
    }
    if asked.protocol == "tcp" and not asked.initiates:
        written["option"] = "tcp-established"
    return written


def _service(asked: Permission, ports: Iterable[str]) -> str:
    return f"{asked.protocol.upper()}_{'_'.join(ports)}"
