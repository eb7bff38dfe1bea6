# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet that `fleet.ports.site` brought in order: its plans, who enforces with what, and where its hosts are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..fleet import Network, host
from ..lab import Lab
from ..network import CONTROL, mac_address
from ..playbook import run_playbook

from .matrix import Plan
from .senders import FromNeighbour

FLEETS = Path(__file__).parent / "fleets"
VERSIONS = (4, 6)
COMPUTE = [{"hosts": "all", "gather_facts": False, "tasks": [{"fleet.ports.port_matrix": {}}]}]


class Pair(NamedTuple):
    """A master and one of its clients."""

    master: str
    client: str


class Site:
    """The hosts of one inventory in one profile."""

    def __init__(self, lab: Lab, fleet: str, profile: str) -> None:
        self.lab = lab
        self.profile = profile
        inventory = ("--inventory", str(FLEETS / f"{fleet}.yml"))
        settings = {"fleet_ports_profile": profile, "fleet_ports_max_shrink": 100}  # fleets follow each other
        run = run_playbook(lab.controller, "fleet.ports.site", *inventory, extra_vars=settings)
        assert run.status == 0, run.output
        hosts = [name for name in run.recap if name != "localhost"]
        computed = run_playbook(lab.controller, COMPUTE, *inventory, extra_vars=settings)
        assert computed.status == 0, computed.output
        self.plans: dict[str, Plan] = {
            name: computed.result(name, "fleet.ports.port_matrix")["plan"] for name in hosts
        }
        flows: dict[str, dict[str, Any]] = {
            name: run.result(name, "fleet.ports.host_ports")["concerns"]["flows"] for name in hosts
        }
        self.backends = {name: result["backend"] for name, result in flows.items()}
        self.widened = [widened for result in flows.values() for widened in result["widened"]]

    @property
    def gateway(self) -> str:
        """The router between any two of the site's hosts."""
        return self._with_role("nim_gateway")[0]

    def pairs(self) -> Iterator[Pair]:
        """Each master with each of its clients."""
        for master in self._with_role("nim_master"):
            for client in self._with_role("nim_client"):
                yield Pair(master, client)

    def enforced_by(self, pair: Pair) -> str:
        """What filters on the way between the two, from the master to the client."""
        names = ("master", pair.master), ("gateway", self.gateway), ("client", pair.client)
        return ", ".join(f"{role} {self.backends[name]}" for role, name in names)

    def address(self, name: str, version: int) -> str:
        """A host's address, in one version of the Internet protocol."""
        addresses = [each.partition("/")[0] for each in self.plans[name]["addresses"]]
        return next(each for each in addresses if (":" in each) == (version == 6))

    def namespace(self, name: str) -> Path:
        """A host's network namespace."""
        return self.lab.wiring.path(name)

    def network(self, name: str) -> Network:
        """The segment of a host that has one interface."""
        return host(name).places[0][0]

    def address_in(self, name: str, network: Network) -> str:
        """The IPv4 address that a host has in a segment."""
        return network.addresses(dict(host(name).places)[network])[0].partition("/")[0]

    def on_cable(self, sender: str, receiver: str, network: Network) -> FromNeighbour:
        """Someone in a segment who hands frames to one host in it."""
        mac = mac_address(network, dict(host(receiver).places)[network])
        return FromNeighbour(self.namespace(sender), network.name, mac)

    def neighbour(self, name: str) -> FromNeighbour:
        """Someone in a host's segment who is none of the site's hosts."""
        return self.on_cable(CONTROL, name, self.network(name))

    def _with_role(self, role: str) -> list[str]:
        return [name for name, plan in self.plans.items() if role in plan["roles"]]
