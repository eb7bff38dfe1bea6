# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script from which the host loads its nftables rules at boot: what it makes, and the line of ours in it.

Only chains that this script makes may appear in ours: to declare a chain that some other program makes later would
get in that program's way. So the script is read, with all that it includes, as far as its blocks go.
"""

import glob
import os
import re

from ansible_collections.fleet.ports.plugins.module_utils._flows.change import File
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, marked_blocks

# Not in a folder of nftables' own, where somebody's glob could include it twice, or before the tables.
OURS = "/etc/fleet.ports.nft"

# A pattern that matches this one name: where a plain include is missing, nft loads nothing at all.
INCLUDE = f'include "{OURS[:-1]}[{OURS[-1]}]"\n'

HEADER = "# Written by the module fleet.ports.firewall_flows; what is changed here is undone at its next run.\n"

# Where distributions keep the host's script, if the service manager does not say.
USUAL_PATHS = ("/etc/nftables.conf", "/etc/sysconfig/nftables.conf", "/etc/nftables.nft")

_TOKEN = re.compile(r'"[^"\n]*"|#[^\n]*|[{};\n]|[^\s{};"#]+')
_TABLE_FAMILIES = ("ip", "ip6", "inet", "arp", "bridge", "netdev")
_INCLUDE_FOLDERS = ("/", "/etc")
_INCLUDE_DEPTH = 16


class BootScript:
    """The host's script; a path of None where there is none."""

    def __init__(self, path):
        self.path = path
        self._data = atomic_file.read(path) if path else None
        self._chains = chains(marked_blocks.take_out(self._data or b""))

    def makes(self, place):
        """Say if the script makes the chain, named as ``(family, table, chain)``."""
        return place in self._chains

    def files(self, rules, former):
        """Return the files that load our rules (none, if that is the empty text) with the host's.

        ``former`` is the path of the script that had our line until now, in case it is another one.
        """
        ours = File(OURS, atomic_file.read(OURS), (HEADER + rules).encode() if rules else None)
        files = [ours]
        if self._data is not None:
            after = marked_blocks.put_last(self._data, INCLUDE) if rules else marked_blocks.take_out(self._data)
            files.append(File(self.path, self._data, after))
        if former not in (None, self.path):
            data = atomic_file.read(former)
            files.append(File(former, data, data and marked_blocks.take_out(data)))
        return files

    def rehearsal(self, rules):
        """Return all that will be loaded at boot, as one script."""
        # on one line with the script's first, so that nft's complaints name the lines of the script
        return b"flush ruleset; " + marked_blocks.take_out(self._data or b"") + b"\n" + rules.encode()


def find(exec_start):
    """Return the path of the host's script, or None; ``exec_start`` is how its service loads it, where known."""
    named = re.search(r"\s(?:-[a-zA-Z]*f|--file)\s+([^\s;]+)", exec_start)
    paths = ([named.group(1)] if named else []) + list(USUAL_PATHS)
    return next((path for path in paths if os.path.isfile(path)), None)


def chains(data):
    """Return the ``(family, table, chain)`` that a script makes, as far as they are written out."""
    found, blocks, words = set(), [], []
    for token in _tokens(data):
        if token == "{":
            kind, names = _block(words)
            if kind == "chain" and blocks and blocks[-1][0] == "table":
                names = blocks[-1][1] + names
            if kind in ("table", "chain") and names[:1] and names[0] not in _TABLE_FAMILIES:
                names = ["ip"] + names  # the family that nft takes where none is written
            if kind == "chain":
                found.add(tuple(names))
            blocks.append((kind, names))
        elif token == "}" and blocks:
            blocks.pop()
        words = [] if token in "{};\n" else words + [token]
    return found


def _block(words):
    """Return what kind of block begins, and its name: ``("chain", ["inet", "filter", "input"])``."""
    if words[:1] in (["add"], ["create"]):
        words = words[1:]
    return (words[0], words[1:]) if words else ("", [])


def _tokens(data, above=()):
    """Yield the words and marks of a script, those of included ones in their place; ``above`` are those around it."""
    including = False
    for token in _TOKEN.findall(data.decode("utf-8", "replace")):
        if including and token.startswith('"') and len(above) < _INCLUDE_DEPTH and "\0" not in token:
            for path in _included(token.strip('"')):
                if path not in above:
                    yield from _tokens(atomic_file.read(path) or b"", above + (path,))
        including = token == "include"
        if not including and not token.startswith("#"):
            yield token


def _included(pattern):
    for folder in _INCLUDE_FOLDERS:
        paths = sorted(path for path in glob.glob(os.path.join(folder, pattern)) if os.path.isfile(path))
        if paths:
            return paths
    return []
