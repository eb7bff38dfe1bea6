# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packet filters: one table with a row for each backend, and the choice of the one to open flows on.

A backend is a package of ``_flows`` with a class of this interface, and a row in :data:`TABLE`:

``name``
    The name of its row. The record keeps what the backend has to remember under it.
``__init__(host, services, settings)``
    ``host`` is a :class:`host.Host`, ``services`` are its :class:`firewall_services.FirewallServices`, ``settings`` are
    :class:`Settings`.
``change(opening, memory)``
    Reads what the backend manages on the host, and returns the :class:`change.Change` after which exactly the opening
    (:class:`flow_rules.Opening`) is open. :data:`flow_rules.NOTHING` gives the host back. ``memory`` is what an earlier
    change asked the record to keep, ``{}`` at first. Nothing is changed yet, and HostError is raised for whatever would
    fail later. The change has files, what runs besides them, a function that makes what runs follow the files in one
    transaction, and ``live``, plain data from which ``restore`` starts. Its :class:`change.Report` says under
    ``widened`` which flows cannot be expressed exactly, and are opened as the smallest superset. It says under
    ``rehearsed`` whether the kernel has judged packets of the flows; if so, ``blocked`` has those that a rule of the host
    stops all the same. If such a rule stops a flow for all of its peers, ``on_blocked`` of the settings decides between
    HostError and the report. Otherwise ``not_rehearsed`` says why, if a flow is open.
``restore(live, paths)``
    Makes what runs what it was before the change, of which ``live`` is; the files of ``paths`` have their former content
    by then. Another process calls it, perhaps after a reboot, and again if it was interrupted.

Each backend is imported only where it is needed: modules come to the host without byte code, so an import is a
compilation.
"""

import collections

from ansible_collections.fleet.ports.plugins.module_utils._flows.change import WARN
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewall_services import FirewallServices
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

# default_action, max_rules: options that only the backend for AIX has; connection: SSH_CONNECTION of the environment if
# this process serves one, else empty; on_blocked: FAIL or WARN; inside: calls a function in a child with a network of its
# own, as :func:`sandbox.inside` does
Settings = collections.namedtuple("Settings", "default_action max_rules connection on_blocked inside")

# For a packet filter that is only restored, so that none of these is looked at.
RESTORING = Settings(default_action=None, max_rules=None, connection="", on_blocked=WARN, inside=None)

# name: what the option ``backend`` calls it; system: ``Linux`` or ``AIX``; load(): imports and returns the class;
# is_in_charge(host, services): whether it is the one to use, in the order of the table; obstacle(host, services): what
# keeps it from being used where it is named, as the beginning of a sentence, or None
Row = collections.namedtuple("Row", "name system load is_in_charge obstacle")


def _firewalld():
    from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld.backend import Firewalld

    return Firewalld


def _nftables():
    from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.backend import Nftables

    return Nftables


def _aix_ipsec():
    from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.backend import AixIpsec

    return AixIpsec


def _obstacle_to_firewalld(_host, services):
    return None if services.firewalld.installed else "firewalld is not installed on this host, or is masked; install it"


def _obstacle_to_nftables(host, services):
    if not host.find("nft"):
        return "nftables is not installed on this host; install it"
    if services.firewalld.active:
        return "firewalld manages the packet filter of this host; stop and disable it"
    return None


TABLE = (
    Row(
        name="firewalld",
        system="Linux",
        load=_firewalld,
        is_in_charge=lambda _host, services: services.firewalld.active or services.firewalld.enabled,
        obstacle=_obstacle_to_firewalld,
    ),
    Row(
        name="nftables",
        system="Linux",
        load=_nftables,
        is_in_charge=lambda host, _services: bool(host.find("nft")),
        obstacle=_obstacle_to_nftables,
    ),
    Row(
        name="aix_ipsec",
        system="AIX",
        load=_aix_ipsec,
        is_in_charge=lambda _host, _services: True,
        obstacle=lambda _host, _services: None,
    ),
)
NAMES = tuple(row.name for row in TABLE)
AUTO = "auto"


class Backends:
    """The packet filters of a host; without ``settings`` they can only be restored."""

    def __init__(self, host, settings=RESTORING):
        self._host = host
        self._settings = settings
        self._services = FirewallServices(host)

    def named(self, name):
        """Return a backend, whether or not the host (still) has its packet filter."""
        (row,) = (row for row in TABLE if row.name == name)
        return row.load()(self._host, self._services, self._settings)

    def chosen(self, name):
        """Return the backend to open flows with; raise HostError if the host does not have it."""
        system = "AIX" if self._host.is_aix else "Linux"
        rows = [row for row in TABLE if row.system == system]
        if name == AUTO:
            return self.named(self._in_charge(rows))
        for row in rows:
            if row.name == name:
                obstacle = row.obstacle(self._host, self._services)
                if obstacle:
                    raise HostError(f"{obstacle}, or set backend to '{AUTO}'.")
                return self.named(name)
        raise HostError(f"Backend {name} does not exist on {self._host.system}; set backend to '{AUTO}'.")

    def _in_charge(self, rows):
        for row in rows:
            if row.is_in_charge(self._host, self._services):
                return row.name
        raise HostError(f"This host has none of {', '.join(row.name for row in rows)}; install one of them.")
