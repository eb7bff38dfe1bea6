# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The housekeeping that goes with NIM: what its TFTP server gives away, and what a retired client still trusts.

It takes turns with the packet filters, as if it were another one: :meth:`Housekeeping.change` returns what has to
change so that exactly this is the case, computed from the host as it would be without us.
"""

import os
import pwd
import re
from collections import OrderedDict, namedtuple

from ansible_collections.fleet.ports.plugins.module_utils._flows import owners
from ansible_collections.fleet.ports.plugins.module_utils._flows.change import Change, File
from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import (
    inetd,
    removed_lines,
    rsh_trust,
    tftpaccess,
)
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file

NIMINFO = "/etc/niminfo"
EQUIV = "/etc/hosts.equiv"

# tftpaccess: whether to limit TFTP to /tftpboot; retired_from: names and addresses of the masters that a retired client
# does not trust any more, None for one that is in use
Wanted = namedtuple("Wanted", "tftpaccess retired_from")
NOTHING = Wanted(tftpaccess=False, retired_from=None)

# not_applicable: [{what, why}…]; memory: what the record has to keep, None if nothing is ours
Report = namedtuple("Report", "warnings not_applicable memory")

_TFTP_ON_LINUX = {
    "what": "tftpaccess",
    "why": f"TFTP servers of Linux don't read {tftpaccess.PATH}; in.tftpd --secure serves a single folder",
}

_TFTPACCESS_MODE = 0o644  # the TFTP server of AIX is not root when it reads the file

_MASTER = re.compile(r"^[ \t]*export\s+NIM_MASTER_HOSTNAME=[\"']?([^\s\"']+)", re.MULTILINE)


class Housekeeping:
    """The housekeeping of one host."""

    name = owners.HOUSEKEEPING

    def __init__(self, run, is_aix):
        self._run = run
        self._is_aix = is_aix

    def change(self, wanted, memory):
        """Return the change; ``memory`` is what an earlier run wanted kept."""
        tftp, tftp_memory = self._tftpaccess(wanted.tftpaccess, memory)
        lines, lines_memory, warnings = self._lines(wanted.retired_from, memory.get("lines", {}))
        tells_inetd = any(file.path == inetd.PATH and file.before != file.after for file in lines)
        kept = dict(tftp_memory, **({"lines": lines_memory} if lines_memory else {}))
        return Change(
            Report(
                warnings=warnings,
                not_applicable=[_TFTP_ON_LINUX] if wanted.tftpaccess and not self._is_aix else [],
                memory=kept or None,
            ),
            files=tftp + lines,
            running=File("", b"", b""),
            load=self._reload if tells_inetd else _idle,
        )

    def restore(self, _live, paths):
        """Let inetd know that its file is what it was."""
        if inetd.PATH in paths:
            self._reload()

    def _tftpaccess(self, is_wanted, memory):
        """Return the file as it is and will be, and what to remember of it."""
        now = atomic_file.read(tftpaccess.PATH)
        bare = now
        if "tftpaccess" in memory:
            before = memory["tftpaccess"]
            bare = tftpaccess.given_back(now, None if before is None else before.encode("utf-8", "surrogateescape"))
        after = tftpaccess.limited(bare) if is_wanted and self._is_aix else bare
        kept = {} if after == bare else {
            "tftpaccess": None if bare is None else bare.decode("utf-8", "surrogateescape")
        }  # fmt: skip
        return [File(tftpaccess.PATH, now, after, _TFTPACCESS_MODE)], kept

    def _lines(self, masters, memory):
        """Return the files without the lines that a retired client can't have, those lines, and what else it trusts."""
        unwanted = {} if masters is None else _unwanted(masters)
        files, kept, warnings = [], {}, [] if masters is None or self._is_aix else list(_other_servers())
        for path in sorted(set(unwanted) | set(memory)):
            now = atomic_file.read(path)
            if now is None:
                warnings += [f"{path} is gone, so nothing is put back in it."] if path in memory else []
                continue
            after = removed_lines.put_back(now, memory.get(path, []))
            if path in unwanted:
                after, taken = removed_lines.take(after, unwanted[path])
                kept.update({path: taken} if taken else {})
                warnings += _trusts_everybody(path, after)
            files.append(File(path, now, after))
        return files, kept, warnings

    def _reload(self):
        if self._is_aix:
            inetd.reload_on_aix(self._run)
        else:
            inetd.reload_on_linux()


def _idle():
    """Nothing runs that would have to notice."""


def _unwanted(masters):
    """Return for each file what tells the lines that a retired client can't have."""
    trust = rsh_trust.TrustOf(list(masters) + _own_masters())
    home = os.path.join(pwd.getpwuid(0).pw_dir, ".rhosts")
    # On AIX the home of root is the root folder, unless somebody moved it: rsh of old looks there all the same.
    trusting = OrderedDict.fromkeys([home, "/.rhosts", EQUIV])
    return dict(OrderedDict.fromkeys(trusting, trust), **{inetd.PATH: inetd.serves_shell})


def _own_masters():
    """Return the master's name as the client itself has it."""
    return _MASTER.findall((atomic_file.read(NIMINFO) or b"").decode("utf-8", "replace"))


def _trusts_everybody(path, data):
    if path == inetd.PATH:
        return
    for line in data.decode("utf-8", "replace").splitlines():
        if rsh_trust.trusted(line).startswith("+"):
            yield f"{path} says {line.strip()!r}, which may trust the NIM master too; it is left alone."


def _other_servers():
    for path, remedy in inetd.OTHERS.items():
        if os.path.lexists(path) and not inetd.is_disabled(atomic_file.read(path) or b""):
            yield f"{path} makes this host serve rsh, and is left alone; to stop that, {remedy}."
