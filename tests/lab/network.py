# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab's networks: a namespace is the switch, each host's namespace is plugged into it.

Nothing is made in the machine's own network: each cable is laid between two namespaces of the lab. A host's namespace
lives exactly as long as the host is up, so a reboot loses rules, sysctls and sockets as on real hardware.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .command import run
from .fleet import CONTROL_NUMBER, NETWORKS, ROUTER_NUMBER, Host, Network

NAMESPACES = Path("/run/netns")
SWITCH = "switch"
CONTROL = "control"


class Wiring:
    """All namespaces of one lab; `prefix` keeps them apart from everything else on the machine."""

    def __init__(self, prefix: str, hosts: Sequence[Host]) -> None:
        self.prefix = prefix
        self._hosts = hosts

    def path(self, name: str) -> Path:
        """The file that stands for the namespace of a host, of the switch or of the controller's seat."""
        return NAMESPACES / f"{self.prefix}-{name}"

    def inside(self, name: str, argv: Sequence[str | Path]) -> list[str | Path]:
        """The command that runs another one in a namespace."""
        return ["nsenter", f"--net={self.path(name)}", *argv]

    def up(self) -> None:
        """Make the switch, and the controller's seat with a foot in each network."""
        if self.path(CONTROL).exists():
            return
        self._make(SWITCH)
        for network in NETWORKS:
            self._ip(SWITCH, f"link add {network.name} type bridge", f"link set {network.name} up")
        self._make(CONTROL)
        for network in NETWORKS:
            self._cable(CONTROL, network, CONTROL_NUMBER)

    def down(self) -> None:
        """Take everything away, and end what still runs in the controller's seat (connections kept open by ssh)."""
        for name in (CONTROL, SWITCH, *(host.name for host in self._hosts)):
            if self.path(name).exists():
                for pid in run(["ip", "netns", "pids", self.path(name).name]).split():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(int(pid), signal.SIGTERM)
                run(["ip", "netns", "delete", self.path(name).name])

    def plug(self, host: Host) -> None:
        """Give a container its namespace, with a cable to each of its networks and its routes."""
        self._make(host.name)
        for network, number in host.places:
            self._cable(host.name, network, number)
        own = [network for network, _number in host.places]
        for other in NETWORKS:
            if other not in own:
                for route, via in zip(other.routes(), own[0].addresses(ROUTER_NUMBER)):
                    self._ip(host.name, f"route add {route} via {via.partition('/')[0]}")

    def unplug(self, host: Host) -> None:
        """Take a container's namespace away, and all that its kernel knew."""
        for network, _number in host.places:
            self._pull(_port(host.name, network))  # a namespace's end takes its cables with it, but some time later
        if self.path(host.name).exists():
            run(["ip", "netns", "delete", self.path(host.name).name])

    def plug_machine(self, host: Host) -> None:
        """Give a virtual machine its port on the switch."""
        network, _number = host.places[0]
        self._ip(SWITCH, f"tuntap add {host.name} mode tap", f"link set {host.name} master {network.name} up")

    def unplug_machine(self, host: Host) -> None:
        """Take a virtual machine's port away."""
        self._pull(host.name)

    def _make(self, name: str) -> None:
        run(["ip", "netns", "add", self.path(name).name])
        self._ip(name, "link set lo up")

    def _cable(self, name: str, network: Network, number: int) -> None:
        port, interface = _port(name, network), network.name
        mac = mac_address(network, number)
        self._ip(
            SWITCH,
            f"link add {port} type veth peer name {interface} address {mac} netns {self.path(name).name}",
            f"link set {port} master {network.name} up",
        )
        self._ip(
            name,
            f"link set {interface} up",
            *(f"address add {address} dev {interface} nodad" for address in network.addresses(number)),
        )

    def _pull(self, port: str) -> None:
        argv = ["ip", "-n", self.path(SWITCH).name, "link", "delete", port]
        subprocess.run(argv, stderr=subprocess.DEVNULL, check=False)

    def _ip(self, name: str, *lines: str) -> None:
        run(["ip", "-n", self.path(name).name, "-batch", "-"], stdin="\n".join(lines) + "\n")


def _port(name: str, network: Network) -> str:
    """The switch's end of a host's cable."""
    return f"{name}-{network.name[0]}"


def mac_address(network: Network, number: int) -> str:
    """The hardware address of the host that has this number in a network."""
    return f"02:00:00:00:{NETWORKS.index(network):02x}:{number:02x}"
