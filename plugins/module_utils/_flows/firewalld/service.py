# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""firewalld on D-Bus, which answers in a few milliseconds where firewall-cmd takes some hundred."""

import re
from collections import namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import dbus
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

SERVICE, PATH = "org.fedoraproject.FirewallD1", "/org/fedoraproject/FirewallD1"

# version: numbers, (1, 3, 3); filters: one that could not load its files answers just the same, and lets everything
# pass; has_kernel_sets: the kernel's own ipset, as older releases use it, is there to be used
Status = namedtuple("Status", "version filters has_kernel_sets")


class Bus:
    """The questions of the backend, and its one command."""

    def __init__(self):
        self._connection = None

    def status(self):
        """Return its version and condition."""
        properties = self._ask("org.freedesktop.DBus.Properties", "GetAll", SERVICE)
        version = tuple(int(number) for number in re.findall("[0-9]+", properties["version"]))
        return Status(version, filters=properties["state"] == "RUNNING", has_kernel_sets=bool(properties["IPSet"]))

    def uses_nftables(self):
        """Return whether it writes its rules for nftables, not for iptables."""
        interface = "org.freedesktop.DBus.Properties"
        return self._ask(interface, "Get", SERVICE + ".config", "FirewallBackend", path=PATH + "/config") == "nftables"

    def policies(self):
        """Return the names of the policies."""
        return self._ask(SERVICE + ".policy", "getPolicies")

    def rules(self, policy):
        """Return the rich rules of a policy."""
        return self._ask(SERVICE + ".policy", "getPolicySettings", policy).get("rich_rules", [])

    def sets(self):
        """Return the names of the ipsets."""
        return self._ask(SERVICE + ".ipset", "getIPSets")

    def entries(self, name):
        """Return the entries of an ipset."""
        return self._ask(SERVICE + ".ipset", "getEntries", name)

    def reload(self):
        """Make it load its files; raise HostError, which says why, unless it filters with them afterwards."""
        try:
            self._call(SERVICE, "reload")
        except dbus.BusError as error:
            raise HostError(f"firewalld could not load its files ({str(error).splitlines()[0]})")
        if not self.status().filters:
            raise HostError("firewalld loaded its files, but does not filter")

    def _ask(self, interface, method, *arguments, path=PATH):
        try:
            return self._call(interface, method, *arguments, path=path)[0]
        except dbus.BusError as error:
            raise HostError(f"firewalld does not answer on D-Bus ({error}); see 'systemctl status firewalld'.")

    def _call(self, interface, method, *arguments, path=PATH):
        if self._connection is None:
            self._connection = dbus.Connection()
        return self._connection.call(SERVICE, path, interface, method, *arguments)
