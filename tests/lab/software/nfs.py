# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NFS: libnfs reads from a kernel's server, with version 3 by way of port mapper and mountd, and with version 4."""

from __future__ import annotations

from ..fleet import host
from .exchange import LIMITED, PROGRAMS, Exchange, Opening, opening

SERVER, CLIENT_BY_NFS3, CLIENT_BY_NFS4 = "nfs01", "client02", "client01"
FILE = "/export/image"
# A client may ask from other ports, too: this one asks from those that only root has.
ASKS_FROM = "512-1023"
PORTMAPPER, NFS, MOUNTD = "111", "2049", "20048"


def _read(version: int) -> str:
    copy = f"{PROGRAMS}/image{version}"
    url = f"nfs://{host(SERVER).address}{FILE}?version={version}"
    return f"rm -f {copy}; {LIMITED} nfs-cp '{url}' {copy} && grep -q NIM {copy}"


def _tcp(client: str, *ports: str) -> tuple[Opening, ...]:
    return tuple(opening("tcp", client, ASKS_FROM, SERVER, port) for port in ports)


EXCHANGES = (
    Exchange(f"{CLIENT_BY_NFS3} reads with NFSv3", CLIENT_BY_NFS3, _read(3),
             _tcp(CLIENT_BY_NFS3, PORTMAPPER, MOUNTD, NFS)),
    Exchange(f"{CLIENT_BY_NFS4} reads with NFSv4", CLIENT_BY_NFS4, _read(4), _tcp(CLIENT_BY_NFS4, NFS)),
)  # fmt: skip
