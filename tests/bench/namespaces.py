# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts that are nothing but namespaces: each has a network, a packet filter and a /tmp, and costs a process.

All hang on one bridge in a namespace of its own. Nothing is made in the machine's own network.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .cost import BenchError

SWITCH = "fleet-bench-switch"
BRIDGE = "bridge"
# The networks of benchmarks, 198.18.0.0 and 198.19.0.0, are neighbours.
PREFIX_LENGTH = 15

# Says so when its namespaces are there, and lives as long as its standard input is open.
_LIFE = ["unshare", "--net", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /tmp && echo up && exec cat"]


@dataclass(frozen=True)
class Namespaced:
    """One host."""

    address: str
    process: subprocess.Popen

    def inside(self, *argv: str) -> list[str]:
        """The command that runs another one on this host."""
        return ["nsenter", "--net", "--mount", f"--target={self.process.pid}", *argv]


@contextlib.contextmanager
def hosts(addresses: Mapping[str, str]) -> Iterator[Mapping[str, Namespaced]]:
    """Bring a host up for each name and address; take them down in the end."""
    _run(["ip", "netns", "add", SWITCH])
    up: dict[str, Namespaced] = {}
    try:
        _ip(["ip", "-n", SWITCH], [f"link add {BRIDGE} type bridge", f"link set {BRIDGE} up"])
        for name, address in addresses.items():
            process = subprocess.Popen(_LIFE, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            up[name] = Namespaced(address, process)
            if process.stdout.readline() != b"up\n":
                raise BenchError(f"The namespaces of {name} could not be made.")
        _cable(up.values())
        yield up
    finally:
        for host in up.values():
            with host.process:
                host.process.stdin.close()
        _run(["ip", "netns", "delete", SWITCH])


def _cable(up: Sequence[Namespaced]) -> None:
    _ip(["ip", "-n", SWITCH], [
        line
        for number, host in enumerate(up)
        for line in (
            f"link add port{number} type veth peer name eth0 netns {host.process.pid}",
            f"link set port{number} master {BRIDGE} up",
        )
    ])
    for host in up:
        _ip(host.inside("ip"), [
            "link set lo up", "link set eth0 up", f"address add {host.address}/{PREFIX_LENGTH} dev eth0"
        ])


def _ip(command: Sequence[str], lines: Sequence[str]) -> None:
    _run([*command, "-batch", "-"], "".join(f"{line}\n" for line in lines))


def _run(argv: Sequence[str], text: str = "") -> None:
    done = subprocess.run(argv, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise BenchError(f"{' '.join(argv)} failed: {done.stdout.strip()}")


def load_rules(host: Namespaced, rules: str) -> None:
    """Make these rules the host's packet filter."""
    _run(host.inside("nft", "-f", "-"), rules)
