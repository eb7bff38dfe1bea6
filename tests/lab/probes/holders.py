# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who holds a port on this host: `holders.py PORT…` reads /proc and writes JSON.

Runs on a host of the lab. A TCP socket that is bound and doesn't listen stands nowhere in /proc: binds.py finds it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path


def sockets(ports: set[int]) -> Iterator[tuple[str, dict[str, object]]]:
    """Each socket on one of these ports: its inode, and where it is bound."""
    for table in ("udp", "udp6", "tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            address, port = fields[1].split(":")
            if int(port, 16) in ports:
                yield fields[9], {"port": int(port, 16), "transport": table[:3], "address": readable(address)}


def readable(address: str) -> str:
    """An address as /proc writes it (words of four bytes in the machine's order), as people do."""
    words = [bytes.fromhex(address[start : start + 8])[::-1] for start in range(0, len(address), 8)]
    return socket.inet_ntop(socket.AF_INET if len(words) == 1 else socket.AF_INET6, b"".join(words))


def owners() -> Iterator[tuple[str, dict[str, object]]]:
    """Each open socket: its inode, and the process that has it."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name = (process / "comm").read_text().strip()
            unit = (process / "cgroup").read_text().strip().rpartition("/")[2]
            for descriptor in (process / "fd").iterdir():
                target = os.readlink(descriptor)
                if target.startswith("socket:["):
                    yield target[8:-1], {"program": name, "pid": int(process.name), "unit": unit}
        except OSError:
            continue


found = dict(sockets({int(port) for port in sys.argv[1:]}))
print(json.dumps([{**found[inode], **owner} for inode, owner in owners() if inode in found]))
