# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter of one address family as an AIX host has it, and the programs that show and change it."""

import collections

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import lsfilt
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler.aix_rules import MARK
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.commands import checked

FILESET = "bos.net.ipsec.rte"
AVAILABLE = "Available"

# What surrounds the rules. device: its state, None for no device; loaded: whether a table is in the kernel; default: the
# action of the default rule
State = collections.namedtuple("State", "device loaded default")


class Programs:
    """The programs of AIX for its filter; ``find`` returns the path of a program, or None."""

    def __init__(self, run, find):
        self._run = run
        self._find = find

    def output(self, name, *arguments):
        """Return what a program prints; raise HostError if it fails."""
        path = self._find(name)
        if path is None:
            raise HostError(f"This host has no {name}; install the fileset {FILESET}, which contains the IP filters.")
        return checked((name,) + arguments, self._run([path] + list(arguments)))


class Filter:
    """What was read; the managed rules are those that have the mark of fleet.ports as their description."""

    def __init__(self, programs, family):
        self.family = family
        self.table = lsfilt.table(programs.output("lsfilt", f"-v{family}", "-O"))
        self.active = lsfilt.contents_in_force(programs.output("lsfilt", f"-v{family}", "-a", "-O"))
        self.state = State(_device(programs, family), bool(self.active), self.table.default.action)

    @property
    def in_force(self):
        """Whether the kernel applies exactly the defined table."""
        return self.state.device == AVAILABLE and self.active == lsfilt.contents(self.table)

    @property
    def denies(self):
        """Whether a packet that no rule permits is dropped now."""
        return self.state.device == AVAILABLE and self.state.default == "deny"

    @property
    def first_number(self):
        """The number of the first rule."""
        return self.table.lines[0].number if self.table.lines else 1

    @property
    def items(self):
        """The table as :mod:`table_edits` takes it: managed rules, and everything else as text."""
        return [line.rule if _is_managed(line) else line.text for line in self.table.lines]

    @property
    def managed(self):
        """The managed rules."""
        return [line.rule for line in self.table.lines if _is_managed(line)]

    def items_with(self, managed):
        """Return the items with other managed rules: their place is before the default rule."""
        return [line.text for line in self.table.lines if not _is_managed(line)] + managed

    def rules_with(self, managed):
        """Return the same as rules, as far as their form is known."""
        return [line.rule for line in self.table.lines if line.rule and not _is_managed(line)] + managed


def state_commands(family, now, wanted, reload):
    """Return the commands from one State to another; ``reload`` says that the table in the kernel is stale.

    The way back is the same computation with the states exchanged.
    """
    version, device = f"-v{family}", f"ipsec_v{family}"
    found = []
    if wanted.device == AVAILABLE != now.device:
        found.append(("mkdev", "-c", "ipsec", "-t", str(family)))
    default = () if wanted.default == now.default else ("-z", wanted.default[0].upper())
    load = ("-u",) if wanted.loaded and (reload or not now.loaded) else ()
    unload = ("-d",) if now.loaded and not wanted.loaded else ()
    if default or load or unload:
        found.append(("mkfilt", version) + load + unload + default)
    if now.device == AVAILABLE != wanted.device:
        found.append(("rmdev", "-l", device) if wanted.device else ("rmdev", "-d", "-l", device))
    return found


def _is_managed(line):
    return line.rule is not None and line.rule.description == MARK


def _device(programs, family):
    for line in programs.output("lsdev", "-C", "-c", "ipsec").splitlines():
        name, _blanks, rest = line.partition(" ")
        if name == f"ipsec_v{family}":
            return (rest.split() or [""])[0]
    return None
