# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory variables of the collection: each once, with its type, default, choices, meaning and source.

The options of port_matrix, the argument specs of the roles and the table in docs/variables.md say the same, in these
words; the tests of this file compare all three.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import service_table
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.row import PROFILES, WORKING
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values


@dataclass(frozen=True)
class Kind:
    """What a value may be: as an argument spec declares it, and how it is read from what Ansible gives."""

    type: str
    read: values.Reader
    elements: str | None = None
    choices: tuple[object, ...] = ()


@dataclass(frozen=True)
class Variable:
    """An inventory variable; ``default`` is the value that it has if it is unset, as :attr:`read` returns it."""

    name: str
    kind: Kind
    default: object
    # One or more sentences in Ansible's semantic markup, V() and C() only.
    meaning: str
    # The roles that document it in their argument specs.
    roles: tuple[str, ...]
    # The section of a seed ("002, RSH") that it comes from; None: fleet.ports adds it.
    source: str | None = None

    @property
    def read(self) -> values.Reader:
        return self.kind.read


def _one_of(*words: str) -> Kind:
    return Kind("str", values.choice(*words), choices=words)


def _some_of(*words: str) -> Kind:
    return Kind("list", values.choices(*words), "str", words)


AUTO = "auto"
# The pin of statd that AUTO stands for, on a system where statd can be pinned.
STATD_ON_LINUX = 4046

_NAMES = Kind("list", values.names, "str")
_NETWORKS = Kind("list", values.networks, "str")
_PORT = Kind("int", values.port)
# A port or null, or a word: no type of Ansible's is all of these.
_PIN = Kind("raw", values.optional(values.port))
_PIN_OR_AUTO = Kind("raw", values.optional(values.either(AUTO, values.port)))

_PINNING = ("nfs_ports", "nim_firewall")
_FLOWS = ("nim_firewall",)
_FLOWS_AND_NAMES = ("nim_firewall", "rmcp_services")
_HOLDS = ("port_blocker",)

# What the matrix reads of each host.
VARIABLES = {
    variable.name: variable
    for variable in (
        Variable(
            "nim_domain", Kind("str", values.text), "default",
            "The domain of the host. Hosts exchange flows with hosts of their own domain only.",
            _FLOWS,
        ),
        Variable(
            "nim_state", _one_of("active", "retired"), "active",
            "Whether a client takes part in NIM. V(retired) closes its flows on both sides and removes its trust in "
            "the master.",
            _FLOWS, "002, Additional Considerations, 3c",
        ),
        Variable(
            "nim_communication", _one_of("nimsh", "rsh"), "nimsh",
            "The service by which the master reaches a client.",
            _FLOWS_AND_NAMES, "002, NIMSH",
        ),
        Variable(
            "nim_install", _some_of("push", "pull"), ("push", "pull"),
            "How a client is installed. With V(pull) alone, the master needs no shell on the client.",
            _FLOWS, "002, NIM network boot process",
        ),
        Variable(
            "nim_nfs_version", Kind("int", values.number_choice(3, 4), choices=(3, 4)), 3,
            "The version of NFS by which a client mounts. Version V(4) needs only the ports 111 and 2049.",
            _FLOWS, "002, NFS",
        ),
        Variable(
            "nim_reserved_ports", Kind("list", values.port_ranges, "str"), (service_table.RCMD,),
            "The ports and port ranges from which rcmd() takes its ports on the host.",
            _FLOWS, "002, RSH",
        ),
        Variable(
            "nim_concurrent_operations", Kind("int", values.optional(values.count)), None,
            "The highest number of NIM operations at a time. If set, only five reserved ports for each are open, from "
            "1023 downwards.",
            _FLOWS, "002, Additional Considerations, 3a",
        ),
        Variable(
            "nim_master_port", _PORT, service_table.NIM.port,
            "The port of the service C(nim) on the master, which nimconfig can change.",
            _FLOWS_AND_NAMES, "002, NIM",
        ),
        Variable(
            "nim_registration_port", _PORT, service_table.NIMREG.port,
            "The port of the service C(nimreg) on the master, at which clients register.",
            _FLOWS_AND_NAMES, "002, NIM",
        ),
        Variable(
            "nim_http", Kind("bool", values.boolean), False,
            "Whether a client also uses nimhttp.",
            _FLOWS_AND_NAMES,
        ),
        Variable(
            "nim_interfaces", _NAMES, (),
            "The network interfaces on which the flows are opened. An empty list means all.",
            _FLOWS, "002, Additional Considerations, 3b",
        ),
        Variable(
            "nim_client_networks", _NETWORKS, (),
            "Networks that represent all clients of the domain, so that a master's rules need not name each client.",
            _FLOWS,
        ),
        Variable(
            "nim_firewall_window", Kind("raw", values.optional(values.duration)), None,
            "How long the flows of an installation are open to a client, such as V(90m), V(4h), V(2d) or a number of "
            "seconds. If unset, they are permanently open to all clients.",
            _FLOWS,
        ),
        Variable(
            "nim_firewall_window_clients", _NAMES, (),
            "The clients that get a window, by the names of hosts or groups.",
            _FLOWS,
        ),
        Variable(
            "nfs_ports_mountd", _PIN, 20048,
            "The port of mountd on a host that serves NFS. V(null) leaves it unpinned.",
            _PINNING, "002, NFS",
        ),
        Variable(
            "nfs_ports_lockd", _PIN, 4045,
            "The port of lockd (C(nlockmgr)) on a host that serves NFS. V(null) leaves it unpinned.",
            _PINNING, "002, NFS",
        ),
        Variable(
            "nfs_ports_statd", _PIN_OR_AUTO, AUTO,
            f"The port of statd (C(status)) on a host that serves NFS. V(auto) is V({STATD_ON_LINUX}) on Linux and "
            "unpinned on AIX; V(null) leaves it unpinned.",
            _PINNING, "002, NFS",
        ),
        Variable(
            "port_blocker_ports", Kind("list", values.ports, "int"),
            (service_table.RMCP.port, service_table.RMCPS.port),
            "The ports that a host with a baseboard management controller holds.",
            _HOLDS, "000",
        ),
        Variable(
            "port_blocker_protocols", _some_of("udp", "tcp"), ("udp", "tcp"),
            "The protocols for which it holds them.",
            _HOLDS, "000",
        ),
        Variable(
            "fleet_ports_addresses", _NETWORKS, (),
            "The addresses and networks of the host. If unset, C(ansible_host), which must then be an IP address.",
            _FLOWS,
        ),
        Variable(
            "fleet_ports_profile", _one_of(*PROFILES), WORKING,
            "The rows of the matrix. V(documented) has the rows of the source to the letter; V(working) also has what "
            "real systems need.",
            _FLOWS,
        ),
        Variable(
            "fleet_ports_system", _one_of("linux", "aix"), "linux",
            "The operating system of the host. On V(aix), statd cannot be pinned.",
            _PINNING,
        ),
    )
}  # fmt: skip

# What a host is told besides its plan; the matrix does not read it.
HOST_VARIABLES = {
    variable.name: variable
    for variable in (
        Variable(
            "nim_firewall_on_blocked", _one_of("fail", "warn"), "fail",
            "What to do if a rule of the host stops a flow for all of its peers and cannot be overruled. V(fail) refuses "
            "before anything is written; V(warn) opens the other flows and reports this one as blocked.",
            _FLOWS,
        ),
    )
}  # fmt: skip

# What a run reads once, for all of its hosts.
RUN_VARIABLES = {
    variable.name: variable
    for variable in (
        Variable(
            "fleet_ports_groups", Kind("dict", values.mapping_of("role to list of groups")), None,
            "The inventory groups of each role, a mapping of role to list of groups. Roles that it leaves out keep "
            "their default groups.",
            _FLOWS,
        ),
        Variable(
            "fleet_ports_topology", Kind("path", values.text), None,
            "In a slice of a job, the path of the file C(topology.json) that fleet.ports.plan wrote for the whole "
            "inventory. A relative path is relative to the working directory of Ansible.",
            _FLOWS,
        ),
        Variable(
            "fleet_ports_sliced", Kind("bool", values.boolean), None,
            "Whether the inventory of this run is a slice. If unset, this is detected from the variables of AWX.",
            _FLOWS,
        ),
        Variable(
            "fleet_ports_max_shrink", Kind("int", values.percentage), 20,
            "The highest percentage of a host's peers that a run may remove.",
            _FLOWS,
        ),
    )
}  # fmt: skip
