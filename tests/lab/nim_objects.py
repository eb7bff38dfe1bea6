# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the NIM master among the simulated AIX hosts knows of the lab, as `lsnim -l` shows it."""

from __future__ import annotations

from .fleet import HOSTS, NETWORKS


def nim_objects() -> dict[str, dict[str, str]]:
    """The objects of its database, with their attributes."""
    objects = {
        network.name: {
            "class": "networks",
            "type": "ent",
            "net_addr": f"{network.ipv4_prefix}.0",
            "snm": "255.255.255.0",
        }
        for network in NETWORKS
    }
    for each in HOSTS:
        network = each.places[0][0].name
        if each.aix_role == "master":
            objects["master"] = {"class": "machines", "type": "master", "if1": f"{network} {each.name} 0"}
        elif each.aix_role == "client":
            objects[each.name] = {
                "class": "machines", "type": "standalone", "connect": "nimsh", "platform": "chrp",
                "netboot_kernel": "64", "if1": f"{network} {each.name} 0", "cable_type1": "N/A",
                "Cstate": "ready for a NIM operation", "Mstate": "currently running",
            }  # fmt: skip
    return objects
