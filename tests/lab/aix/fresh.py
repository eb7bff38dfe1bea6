# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a host stands before anyone touched it: a NIM master, or a client."""

from . import filter_rule

UNKNOWNS = {
    # Whether the filter sees packets on lo0 (not documented).
    "loopback_is_filtered": True,
    # Whether a rule that names a port matches fragments behind the first one, which carry none (not documented).
    "ports_match_later_fragments": False,
    # Whether mkfilt -u empties the active table before it fills it (not documented).
    "reload_leaves_a_gap": False,
    # How many seconds one unit of genfilt -e is: IBM says minutes [C] and seconds [S].
    "seconds_of_expiration_unit": 60,
    # Whether startsrc of an active subsystem fails, besides saying so (not documented).
    "starting_an_active_subsystem_fails": True,
    # How many characters of a description are kept; null: all (no limit is documented).
    "description_limit": None,
}

SUBSYSTEMS = {
    "portmap": "portmap",
    "inetd": "tcpip",
    "biod": "nfs",
    "nfsd": "nfs",
    "rpc.mountd": "nfs",
    "rpc.statd": "nfs",
    "rpc.lockd": "nfs",
    "nimsh": "nimclient",
    "nimesis": "nim",
    "nimhttp": "",  # in no group
}

RUNNING = {
    "master": ("portmap", "inetd", "biod", "nfsd", "rpc.mountd", "rpc.statd", "rpc.lockd", "nimesis"),
    "client": ("portmap", "inetd", "biod", "rpc.statd", "rpc.lockd", "nimsh"),
}


def state(role="master", services="/etc/services", inetd="/etc/inetd.conf", nim=None):
    """Return the state of a host of a role; ``nim`` is its NIM database, ``{object: {attribute: value}}``."""
    return {
        "filesets": {"bos.net.ipsec.rte": "7.2.5.0", "bos.net.ipsec.keymgt": "7.2.5.0"},
        "devices": {},
        "filters": {family: _filter(family) for family in ("4", "6")},
        "subsystems": {
            name: {"group": group, "pid": None, "ends": None, "ports": {}} for name, group in SUBSYSTEMS.items()
        },
        "to_start": list(RUNNING[role]),
        "next_pid": 4194600,
        "stop_seconds": 0.2,
        "files": {"services": str(services), "inetd": str(inetd)},
        "inetd": [],
        "jobs": {},
        "nim": nim or {},
        "is_root": True,
        "unknowns": dict(UNKNOWNS),
        "faults": [],
        "counts": {},
        "complaints": [],
    }


def _filter(family):
    return {"defined": filter_rule.system_entries(family), "default": "permit", "logging": False, "active": None}
