# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets of any size, as inventories: one master, and clients from a range that is reserved for benchmarks."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Mapping
from pathlib import Path

MASTER = "198.19.0.1"
CLIENT_NETWORK = ipaddress.ip_network("198.18.0.0/16")


def write(
    file: Path, clients: int, variables: Callable[[str], Mapping[str, object]] = lambda _name: {}, step: int = 1
) -> Path:
    """Write the inventory of a fleet with so many clients, each named, with an address and variables of its own.

    With a ``step`` their addresses don't follow each other.
    """
    addresses = (str(CLIENT_NETWORK[number]) for number in range(1, clients * step + 1, step))
    fleet = {
        "nim_masters": {"hosts": {"master01": {"ansible_host": MASTER, **variables("master01")}}},
        "nim_clients": {
            "hosts": {
                name: {"ansible_host": address, "bench_number": number, **variables(name)}
                for number, address in enumerate(addresses, 1)
                for name in [f"client{number:05}"]
            }
        },
    }
    # JSON is YAML too, and quick to write.
    file.write_text(json.dumps({"all": {"children": fleet}}), encoding="utf-8")
    return file
