# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TFTP: tftpd-hpa on the master, tftp-hpa on the clients, from the ports of AIX and from those of a boot firmware."""

from __future__ import annotations

from ..fleet import host
from .exchange import LIMITED, PROGRAMS, Exchange, Service, opening

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


def fetch(file: str, ports: str) -> str:
    """The command that fetches a file, from a port of a range, and compares it with what the master has."""
    # At random: at the port of an earlier client, its server's retries would still arrive.
    return (
        f"cd $(mktemp -d {PROGRAMS}/XXXXXX) && port=$(shuf -n 1 -i {ports})"
        f" && {LIMITED} tftp -m binary -R $port:$port {host(MASTER).address} -c get {file}"
        f" && sha256sum --check --strict {PROGRAMS}/{file}.sum"
    )


def _exchange(client: str, who: str, ports: str) -> Exchange:
    ways = (opening("udp", client, ports, MASTER, "69"), opening("udp", MASTER, DYNAMIC, client, ports))
    return Exchange(f"{client} fetches a file as {who} does", client, fetch(INFO, ports), ways)


EXCHANGES = tuple(
    _exchange(client, who, ports)
    for client in ("client01", "client02")
    for who, ports in (("AIX", DYNAMIC), ("a boot firmware", FIRMWARE))
)
