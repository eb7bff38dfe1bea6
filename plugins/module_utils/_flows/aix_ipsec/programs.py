# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programs of AIX that know its filter; what one refuses is one sentence."""

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

FILESET = "bos.net.ipsec.rte"


class Programs:
    """Start programs by name; ``find`` returns the path of a program, or None."""

    def __init__(self, run, find):
        self._run = run
        self._find = find

    def output(self, name, *arguments):
        """Return what a program prints; raise HostError if it fails."""
        path = self._find(name)
        if path is None:
            raise HostError(f"This host has no {name}; install the fileset {FILESET}, which brings the IP filters.")
        code, output, errors = self._run([path] + list(arguments))
        if code != 0:
            complaint = " ".join((errors or output).split()) or f"exit status {code}"
            raise HostError(f"'{' '.join((name,) + arguments)}' failed: {complaint.rstrip('.')}.")
        return output
