# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hardening that goes with NIM: what the TFTP server of a master serves, and what a retired client still trusts.

It is a participant in a host's flows as a packet filter is: :meth:`NimHardening.change` returns what has to change so
that exactly this is the case, computed from the host as it would be without fleet.ports.
"""

import collections
import os
import pwd
import re

from ansible_collections.fleet.ports.plugins.module_utils._flows.change import HARDENING, PRIVATE, Change
from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import (
    inetd,
    removed_lines,
    rsh_trust,
    tftpaccess,
)
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, file_changes

NIMINFO = "/etc/niminfo"
EQUIV = "/etc/hosts.equiv"

# tftpaccess: whether to limit TFTP to /tftpboot; retired_from: names and addresses of the masters that a retired client
# does not trust any more, None for a client that is in use
Wanted = collections.namedtuple("Wanted", "tftpaccess retired_from")
NOTHING = Wanted(tftpaccess=False, retired_from=None)

# not_applicable: ``[{what, why}]``; memory: what the record has to keep, None if nothing was changed on the host
Report = collections.namedtuple("Report", "warnings not_applicable memory")

_TFTP_ON_LINUX = {
    "what": "tftpaccess",
    "why": f"TFTP servers of Linux do not read {tftpaccess.PATH}; in.tftpd --secure serves a single folder",
}

_TFTPACCESS_MODE = 0o644  # the TFTP server of AIX is not root when it reads the file

_MASTER = re.compile(r"^[ \t]*export\s+NIM_MASTER_HOSTNAME=[\"']?([^\s\"']+)", re.MULTILINE)


class NimHardening:
    """The hardening of one host."""

    name = HARDENING

    def __init__(self, host):
        self._host = host

    def change(self, wanted, memory):
        """Return the change; ``memory`` is that of an earlier run."""
        tftp, tftp_memory = self._tftpaccess(wanted.tftpaccess, memory)
        lines, lines_memory, warnings = self._lines(wanted.retired_from, memory.get("lines", {}))
        files = file_changes.needed([tftp] + lines)
        kept = dict(tftp_memory, **({"lines": lines_memory} if lines_memory else {}))
        return Change(
            Report(
                warnings=warnings,
                not_applicable=[_TFTP_ON_LINUX] if wanted.tftpaccess and not self._host.is_aix else [],
                memory=kept or None,
            ),
            files,
            load=lambda: self.restore(None, [file.path for file in files]),
        )

    def restore(self, _live, paths):
        """Let inetd read its file, if that is one of those that changed."""
        if inetd.PATH in paths and self._host.is_aix:
            inetd.reload_on_aix(self._host.run)
        elif inetd.PATH in paths:
            inetd.reload_on_linux()

    def _tftpaccess(self, is_wanted, memory):
        """Return the change of the file, and what to remember of it."""
        file = file_changes.File(tftpaccess.PATH)
        original = file.content
        if "tftpaccess" in memory:
            before = memory["tftpaccess"]
            original = tftpaccess.given_back(
                file.content, None if before is None else before.encode("utf-8", "surrogateescape")
            )
        after = tftpaccess.limited(original) if is_wanted and self._host.is_aix else original
        kept = {}
        if after != original:
            kept["tftpaccess"] = None if original is None else original.decode("utf-8", "surrogateescape")
        return file.becoming(after, _TFTPACCESS_MODE), kept

    def _lines(self, masters, memory):
        """Return the changes of the files that lose lines, the lines by file, and warnings on what else trusts masters."""
        unwanted = {} if masters is None else _unwanted(masters)
        changes, kept, warnings = [], {}, [] if masters is None or self._host.is_aix else list(_other_servers())
        for path in sorted(set(unwanted) | set(memory)):
            file = file_changes.File(path)
            if file.content is None:
                warnings += [f"{path} no longer exists, so no lines are restored in it."] if path in memory else []
                continue
            after = removed_lines.put_back(file.content, memory.get(path, []))
            if path in unwanted:
                after, taken = removed_lines.take(after, unwanted[path])
                kept.update({path: taken} if taken else {})
                warnings += _wildcard_warnings(path, after)
            changes.append(file.becoming(after, PRIVATE))
        return changes, kept, warnings


def _unwanted(masters):
    """Return ``{path: function}``: the function says of a line whether a retired client must not have it."""
    trust = rsh_trust.TrustOf(list(masters) + _own_masters())
    home = os.path.join(pwd.getpwuid(0).pw_dir, ".rhosts")
    # On AIX the home of root is the root folder unless it was moved; older releases of rsh look there all the same.
    trusting = collections.OrderedDict.fromkeys([home, "/.rhosts", EQUIV])
    return dict(collections.OrderedDict.fromkeys(trusting, trust), **{inetd.PATH: inetd.serves_shell})


def _own_masters():
    """Return the names of the master in the client's own configuration."""
    return _MASTER.findall((atomic_file.read(NIMINFO) or b"").decode("utf-8", "replace"))


def _wildcard_warnings(path, data):
    if path == inetd.PATH:
        return
    for line in data.decode("utf-8", "replace").splitlines():
        if rsh_trust.trusted(line).startswith("+"):
            yield f"{path} has the line {line.strip()!r}, which may trust the NIM master as well; it is left unchanged."


def _other_servers():
    for path, remedy in inetd.OTHERS.items():
        if os.path.lexists(path) and not inetd.is_disabled(atomic_file.read(path) or b""):
            yield f"{path} makes this host serve rsh and is left unchanged; to stop that, {remedy}."
