# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One way between two hosts of a site, and what the plans of all hosts along it say of a packet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from .matrix import Box, Flows, Opening
from .packets import Packet, Ports
from .site import Pair, Site


class Way:
    """From one host to another, in one version of the Internet protocol."""

    def __init__(self, site: Site, sender: str, receiver: str, version: int) -> None:
        self.site = site
        self.sender, self.receiver, self.version = sender, receiver, version
        self.source, self.destination = site.address(sender, version), site.address(receiver, version)
        self.hosts = {"out": sender, "forward": site.gateway, "in": receiver}
        self.openings = {
            name: Opening(site.plans[name], direction, self.source, self.destination)
            for direction, name in self.hosts.items()
        }

    @cached_property
    def back(self) -> Way:
        """The way back."""
        return Way(self.site, self.receiver, self.sender, self.version)

    @property
    def opened(self) -> set[Box]:
        """All that any plan along the way opens."""
        return {box for opening in self.openings.values() for box in opening.boxes}

    @property
    def boxes(self) -> set[Box]:
        """What is worth a try: all that is open, and what would answer something, were it begun on the way back."""
        return self.opened | {box.back for box in self.back.opened}

    def packet(self, ports: Ports) -> Packet:
        """The packet between these ports."""
        return Packet(self.source, self.destination, ports)

    def flows(self, ports: Ports) -> Flows:
        """The flows that may begin between these ports, on which all along the way have to agree; none: not open."""
        says = {name: opening.flows(ports) for name, opening in self.openings.items()}
        first, *others = says.values()
        assert all(other == first for other in others), f"The plans disagree on {self.packet(ports)}: {says}"
        return first


def ways(site: Site, version: int) -> Iterator[tuple[Pair, Way]]:
    """Yield both ways between each master and each of its clients."""
    for pair in site.pairs():
        yield pair, Way(site, pair.master, pair.client, version)
        yield pair, Way(site, pair.client, pair.master, version)
