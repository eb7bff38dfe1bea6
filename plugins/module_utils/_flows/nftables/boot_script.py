# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script from which the host loads its nftables rules at boot: the chains that it makes, and the managed line in it.

Only chains that this script makes may appear in the managed rules for boot: declaring a chain that another program makes
later would get in that program's way. So the script is read with all that it includes, as far as its blocks go.
"""

import glob
import hashlib
import os
import re

from ansible_collections.fleet.ports.plugins.module_utils._flows.change import PRIVATE
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables.nft_script import INCLUDE, RULES_FILE
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, file_changes, marked_blocks

HEADER = "# Written by the module fleet.ports.firewall_flows; what is changed here is undone at its next run.\n"

# Where distributions keep the host's script, if the service manager does not say.
USUAL_PATHS = ("/etc/nftables.conf", "/etc/sysconfig/nftables.conf", "/etc/nftables.nft")

_TOKEN = re.compile(r'"[^"\n]*"|#[^\n]*|[{};\n]|[^\s{};"#]+')
_CAN_DROP = re.compile(r"\b(?:drop|reject|queue|dnat|redirect|tproxy|synproxy|fwd)\b")
_TABLE_FAMILIES = ("ip", "ip6", "inet", "arp", "bridge", "netdev")
_INCLUDE_FOLDERS = ("/", "/etc")
_INCLUDE_DEPTH = 16


class BootScript:
    """The host's script; a path of None where there is none."""

    def __init__(self, path):
        self.path = path
        self._file = file_changes.File(path) if path else None
        self._own = marked_blocks.take_out(self._file.content or b"") if path else b""
        self._chains = chains(self._own)

    def makes(self, place):
        """Return whether the script makes the chain, which is named as ``(family, table, chain)``."""
        return place in self._chains

    def may_drop(self):
        """Return whether anything in the script, and what it includes, could keep a packet from its way."""
        return _CAN_DROP.search(" ".join(_tokens(self._own))) is not None

    def digest(self):
        """Return a digest of the script and all that it includes, without the managed line."""
        return hashlib.sha256(" ".join(_tokens(self._own)).encode("utf-8", "surrogateescape")).hexdigest()

    def changes(self, rules, former):
        """Return the changes of files with which these rules are loaded at boot; none are if they are an empty text.

        ``former`` is the path of the script that had the managed line until now, in case it is another one.
        """
        changes = [file_changes.File(RULES_FILE).becoming((HEADER + rules).encode() if rules else None, PRIVATE)]
        if self._file is not None and self._file.content is not None:
            data = self._file.content
            changes.append(
                self._file.becoming(marked_blocks.put_last(data, INCLUDE) if rules else marked_blocks.take_out(data))
            )
        if former not in (None, self.path):
            other = file_changes.File(former)
            changes.append(other.becoming(other.content and marked_blocks.take_out(other.content)))
        return changes

    def whole(self, rules):
        """Return all that will be loaded at boot, as one script."""
        # On one line with the script's first, so that nft's complaints name the lines of the script.
        return b"flush ruleset; " + self._own + b"\n" + rules.encode()


def find(exec_start):
    """Return the path of the host's script, or None; ``exec_start`` is the command of its service, where known."""
    named = re.search(r"\s(?:-[a-zA-Z]*f|--file)\s+([^\s;]+)|\binclude\s+\"?([^\s;\"]+)", exec_start)
    if named:
        paths = [named.group(1) or named.group(2)]
    else:
        # A service that runs something else loads none of these files.
        paths = [] if _loads_rules(exec_start) else USUAL_PATHS
    return next((path for path in paths if os.path.isfile(path)), None)


def _loads_rules(exec_start):
    return re.search(r"\bnft\b", exec_start) is not None


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
    """Yield the tokens of a script, with those of included files in their place; ``above`` are the files around it."""
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
