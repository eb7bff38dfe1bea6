# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What firewalld says of itself on D-Bus: in a few milliseconds, where firewall-cmd takes some hundred."""

import re

from ansible_collections.fleet.ports.plugins.module_utils._errors import HostError

SERVICE, PATH = "org.fedoraproject.FirewallD1", "/org/fedoraproject/FirewallD1"
RELOAD_SECONDS = 300  # 10,000 networks take 5

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Bus:
    """The calls that are needed, made through systemd's busctl."""

    def __init__(self, run):
        self._run = run

    def version(self):
        """Return the version as numbers: ``(1, 3, 3)``."""
        return tuple(int(number) for number in re.findall("[0-9]+", self._property("version")))

    def is_filtering(self):
        """Say if it filters; one that could not load its files answers just the same, and lets everything pass."""
        return '"RUNNING"' in self._property("state")

    def has_kernel_sets(self):
        """Say if the kernel's own ipset, as older releases use it, is there to be used."""
        return "true" in self._property("IPSet")

    def uses_nftables(self):
        """Say if it writes its rules for nftables, not for iptables."""
        return '"nftables"' in self._busctl("get-property", SERVICE, PATH + "/config", SERVICE + ".config", "FirewallBackend")

    def policies(self):
        """Return the names of the policies."""
        return self._strings("policy", "getPolicies")

    def rules(self, policy):
        """Return the rich rules of a policy."""
        return [text for text in self._strings("policy", "getPolicySettings", policy) if text.startswith("rule ")]

    def sets(self):
        """Return the names of the ipsets."""
        return self._strings("ipset", "getIPSets")

    def entries(self, name):
        """Return the entries of an ipset."""
        return self._strings("ipset", "getEntries", name)

    def reload(self):
        """Make it load its files; raise HostError, which says why, unless it filters with them afterwards."""
        arguments = ["busctl", "--system", f"--timeout={RELOAD_SECONDS}", "call", SERVICE, PATH, SERVICE, "reload"]
        code, _output, errors = self._run(arguments)
        if code != 0 or not self.is_filtering():
            complaint = (errors.strip().splitlines() or ["it does not filter afterwards"])[0]
            raise HostError(f"firewalld could not load its files ({complaint})")

    def _property(self, name):
        return self._busctl("get-property", SERVICE, PATH, SERVICE, name)

    def _strings(self, interface, method, *arguments):
        signature = ["s" * len(arguments), *arguments] if arguments else []
        return _strings(self._busctl("call", SERVICE, PATH, f"{SERVICE}.{interface}", method, *signature))

    def _busctl(self, *arguments):
        code, output, errors = self._run(["busctl", "--system", *arguments])
        if code != 0:
            raise HostError(f"firewalld does not answer on D-Bus ({errors.strip()}); see 'systemctl status firewalld'.")
        return output


def _strings(output):
    return [text.replace('\\"', '"') for text in _STRING.findall(output)]
