# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TFTP: tftpd-hpa on the master, tftp-hpa on the clients, from the ports of AIX and from those of a boot firmware."""

from __future__ import annotations

from ..fleet import host
from .exchange import PROGRAMS, Exchange, Service, opening

MASTER = "master01"
FOLDER = f"{PROGRAMS}/tftpboot"
IMAGE, INFO = "client.img", "client.info"
DYNAMIC, FIRMWARE = "32768-65534", "2000-2999"

# The programs take a range of ports up to 65534.
SERVICES = (
    Service(
        "tftpd", MASTER, f"in.tftpd --foreground --secure --address {host(MASTER).address}:69 --port-range 32768:65534"
        f" {FOLDER}", ("udp 69",),
    ),
)  # fmt: skip


def fetch(file: str, ports: str, patience: str = "{patience}") -> str:
    """The command that fetches a file, from a port of a range, and prints the sum of what it got."""
    return (
        f"cd $(mktemp -d {PROGRAMS}/XXXXXX) && timeout {patience} tftp -m binary -R {ports.replace('-', ':')}"
        f" {host(MASTER).address} -c get {file} && sha256sum < {file}"
    )


def _exchange(client: str, who: str, ports: str) -> Exchange:
    return Exchange(
        f"{client} fetches a file as {who} does", client, f"{fetch(INFO, ports)} | grep -q $(cat {PROGRAMS}/{INFO}.sum)",
        (opening("udp", client, ports, MASTER, "69"), opening("udp", MASTER, DYNAMIC, client, ports)),
    )  # fmt: skip


EXCHANGES = tuple(
    _exchange(client, who, ports)
    for client in ("client01", "client02")
    for who, ports in (("AIX", DYNAMIC), ("a boot firmware", FIRMWARE))
)
