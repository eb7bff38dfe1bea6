# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The topology that the objects of the NIM database describe: machines with roles, addresses and settings.

The type of a machine gives its roles. Its host names (of its interfaces, or ``ip`` if it has none) give its addresses:
the resolver of the NIM master finds them, as it does for NIM itself.
"""

import ipaddress
import re
from collections import OrderedDict, namedtuple

# machines: {name: dict, see _machine}; networks: {name: CIDR, or None}; unresolved: [{machine, hostname}…];
# warnings: sentences about attributes with unknown values
Topology = namedtuple("Topology", "machines networks unresolved warnings")

_ROLES = {
    "master": ("nim_master",),
    # It replaces the master on demand; until then the master manages it like a client.
    "alternate_master": ("nim_master", "nim_client"),
    "standalone": ("nim_client",),
    "diskless": ("nim_client",),
    "dataless": ("nim_client",),
    "wpar": ("nim_client",),
    "vios": ("nim_client",),
}

_INTERFACE = re.compile(r"if([0-9]{1,9})")

# A machine without the attribute is reached by rsh (shell).
_COMMUNICATION = {"shell": "rsh", "nimsh": "nimsh"}

_PORTS = {"master_port": "nim_master_port", "registration_port": "nim_registration_port"}


def topology(objects, resolve):
    """Return the Topology of ``{name: {attribute: [value, …]}}``; ``resolve`` returns the addresses of a host name."""
    servers = {server for found in _of_class(objects, "resources").values() for server in found.get("server", ())}
    machines, unresolved, warnings = OrderedDict(), [], []
    for name, found in objects.items():
        roles = _roles(name, found, servers)
        if not roles:
            continue
        hostnames = _hostnames(found)
        addresses = OrderedDict((hostname, resolve(hostname)) for hostname in hostnames)
        unresolved += [{"machine": name, "hostname": hostname} for hostname in hostnames if not addresses[hostname]]
        if any(addresses.values()):
            machines[name] = _machine(found, roles, addresses)
        warnings += _warnings(name, found)
    return Topology(machines, _networks(objects), unresolved, warnings)


def _roles(name, found, servers):
    roles = list(_ROLES.get(_first(found, "type"), ()))
    if roles and name in servers and "nim_master" not in roles:
        roles.append("nim_resource_server")
    return roles


def _machine(found, roles, addresses):
    variables = {
        "fleet_ports_addresses": list(OrderedDict.fromkeys(each for resolved in addresses.values() for each in resolved)),
        "fleet_ports_system": "aix",
    }
    variables.update({variable: found[name][0] for name, variable in _PORTS.items() if name in found})
    connect = None
    if "nim_client" in roles:
        connect = _connect(found)
        if connect in _COMMUNICATION:
            variables["nim_communication"] = _COMMUNICATION[connect]
    return {
        "type": _first(found, "type"),
        "roles": roles,
        "hostnames": list(addresses),
        "networks": [interface[0] for interface in _interfaces(found)],
        "connect": connect,
        "variables": variables,
    }


def _connect(found):
    """Return how the master reaches the machine; what follows the first word (``(secure)``) changes no port."""
    return (_first(found, "connect").split() or ["shell"])[0]


def _warnings(name, found):
    connect = _connect(found)
    if connect not in _COMMUNICATION:
        yield f"The NIM machine {name} has connect = {connect}, which is neither nimsh nor shell; the attribute is ignored."


def _hostnames(found):
    """Return each host name once; the second word of an interface is its host name."""
    named = [interface[1] for interface in _interfaces(found)] + found.get("ip", [])
    return list(OrderedDict.fromkeys(named))


def _interfaces(found):
    """Return the words of each interface: network, host name, MAC address."""
    numbered = {int(match.group(1)): found[match.group()] for match in map(_INTERFACE.fullmatch, found) if match}
    words = [numbered[number][0].split() for number in sorted(numbered)]
    return [interface for interface in words if len(interface) > 1]


def _networks(objects):
    return {name: _cidr(found) for name, found in _of_class(objects, "networks").items()}


def _cidr(found):
    """Return the network as CIDR, or None if its address and mask are invalid."""
    try:
        return str(ipaddress.ip_network(f"{_first(found, 'net_addr')}/{_first(found, 'snm')}", strict=False))
    except ValueError:
        return None


def _of_class(objects, name):
    return {each: found for each, found in objects.items() if _first(found, "class") == name}


def _first(found, attribute):
    return found.get(attribute, [""])[0]
