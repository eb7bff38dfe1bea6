# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which packet filter is in charge of a host.

A backend is a class with a ``name`` and one method, ``change(opening, memory)``, which returns a
:class:`change.Change`; ``memory`` is the dict that an earlier run of the same backend wanted kept.
"""

import platform

from ansible_collections.fleet.ports.plugins.module_utils._flows import units
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

NAMES = ("nftables", "firewalld", "aix_ipsec")


class Backends:
    """The packet filters of this host; ``find`` returns the path of a program, or None.

    ``aix`` are the options that only the backend for AIX has.
    """

    def __init__(self, run, find, **aix):
        self._run = run
        self._find = find
        self._aix = aix
        self._units = units.read(run)
        self._nft = find("nft")

    def named(self, name):
        """Return a backend, whether or not the host (still) has it.

        Only its own code is imported: modules come without byte code, so that each import is a compilation.
        """
        if name == "aix_ipsec":
            from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.backend import AixIpsec

            return AixIpsec(self._run, self._find, **self._aix)
        if name == "firewalld":
            from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld.backend import Firewalld

            return Firewalld(self._run, self._units)
        from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.backend import Nftables

        return Nftables(self._run, self._nft, self._units)

    def chosen(self, name):
        """Return the backend to open flows with, which the host has to have."""
        is_aix = platform.system() == "AIX"
        if name == "auto" and is_aix:
            return self.named("aix_ipsec")
        if name != "auto" and is_aix != (name == "aix_ipsec"):
            raise HostError(f"The backend {name} is not one for {platform.system()}; set the backend to 'auto'.")
        firewalld = self._units["firewalld.service"] if self._units else None
        if name == "auto":
            if firewalld and (firewalld.active or firewalld.enabled):
                return self.named("firewalld")
            if self._nft:
                return self.named("nftables")
            raise HostError("This host has neither firewalld nor nftables; install one of them.")
        if name == "firewalld" and not (firewalld and firewalld.installed):
            raise HostError(
                "firewalld is not installed on this host, or masked; install it, or set the backend to 'auto'."
            )
        if name == "nftables" and not self._nft:
            raise HostError("nftables is not installed on this host; install it, or set the backend to 'auto'.")
        if name == "nftables" and firewalld and firewalld.active:
            raise HostError("firewalld is in charge of this host; stop and disable it, or set the backend to 'auto'.")
        return self.named(name)
