# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets of any size, as inventories: one master, and clients from a range that is reserved for benchmarks."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path

CLIENT_NETWORK = ipaddress.ip_network("198.18.0.0/16")


def write(file: Path, clients: int) -> Path:
    """Write the inventory of a fleet with so many clients, each named, with an address and a variable of its own."""
    addresses = (str(CLIENT_NETWORK[number]) for number in range(1, clients + 1))
    fleet = {
        "nim_masters": {"hosts": {"master01": {"ansible_host": "198.19.0.1"}}},
        "nim_clients": {
            "hosts": {
                f"client{number:05}": {"ansible_host": address, "bench_number": number}
                for number, address in enumerate(addresses, 1)
            }
        },
    }
    # JSON is YAML too, and quick to write.
    file.write_text(json.dumps({"all": {"children": fleet}}), encoding="utf-8")
    return file
