# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that look like one of ours, misspelt: Ansible would pass over such a variable or group in silence."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.schema import RUN_VARIABLES, VARIABLES

_KNOWN = (*VARIABLES, *RUN_VARIABLES)
# How ours begin; of thousands of other names, none else is worth a closer look.
_BEGINNINGS = ("nim", "nfs", "port", "fleet")
# Of a name of this likeness a letter or two are wrong.
_LIKENESS = 0.88
# Belong to a role, and only look like one of these.
_NOT_MISSPELT = ("nfs_ports_state", "nim_firewall_window_close", "nim_firewall_window_renew")


def misspelt_variables(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return pairs of a variable's name and the one that was probably meant."""
    suspects = ((name, _variable_meant(name)) for name in names if name.startswith(_BEGINNINGS))
    return [(name, meant) for name, meant in suspects if meant is not None]


def misspelt_groups(names: Iterable[str], ours: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of a group's name and the one of ours that was probably meant."""
    for name in names:
        meant = _likest(name, ours)
        if meant is not None:
            yield name, meant


@cache
def _variable_meant(name: str) -> str | None:
    return None if name in _NOT_MISSPELT else _likest(name, _KNOWN)


def _likest(name: str, ours: Collection[str]) -> str | None:
    """Return the name of ours that is most like this one; None if none is, or it is one itself."""
    near = () if name in ours else [each for each in ours if _may_be_like(name, each)]
    close = difflib.get_close_matches(name, near, n=1, cutoff=_LIKENESS) if near else ()
    return close[0] if close else None


def _may_be_like(name: str, other: str) -> bool:
    """Whether it is worth a closer look, which thousands of groups would take a client's own task long."""
    together = _LIKENESS * (len(name) + len(other)) / 2
    return min(len(name), len(other)) >= together and len(other) - len(set(other).difference(name)) >= together
