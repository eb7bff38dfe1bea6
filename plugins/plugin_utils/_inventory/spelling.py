# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Misspelt names of variables and groups, which Ansible ignores without a message."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.schema import HOST_VARIABLES, RUN_VARIABLES, VARIABLES

_KNOWN = (*VARIABLES, *HOST_VARIABLES, *RUN_VARIABLES)
# The beginnings of these names; no name that begins otherwise is compared, which saves time on thousands of names.
_BEGINNINGS = ("nim", "nfs", "port", "fleet")
# At this similarity, one or two letters differ.
_SIMILARITY = 0.88
# Variables of a role that only resemble one of these.
_NOT_MISSPELT = ("nfs_ports_state", "nim_firewall_window_close", "nim_firewall_window_renew")


def misspelt_variables(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return pairs of an unknown variable and the variable that was probably meant."""
    suspects = ((name, _variable_meant(name)) for name in names if name.startswith(_BEGINNINGS))
    return [(name, meant) for name, meant in suspects if meant is not None]


def misspelt_groups(names: Iterable[str], role_groups: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of a group and the group of a role that was probably meant."""
    for name in names:
        meant = _most_similar(name, role_groups)
        if meant is not None:
            yield name, meant


@cache
def _variable_meant(name: str) -> str | None:
    return None if name in _NOT_MISSPELT else _most_similar(name, _KNOWN)


def _most_similar(name: str, known: Collection[str]) -> str | None:
    """Return the known name that is most similar; None if no name is similar, or this name is known itself."""
    near = () if name in known else [each for each in known if _may_be_similar(name, each)]
    close = difflib.get_close_matches(name, near, n=1, cutoff=_SIMILARITY) if near else ()
    return close[0] if close else None


def _may_be_similar(name: str, other: str) -> bool:
    """Return whether two names can be similar at all; a full comparison of thousands of groups takes too long."""
    together = _SIMILARITY * (len(name) + len(other)) / 2
    return min(len(name), len(other)) >= together and len(other) - len(set(other).difference(name)) >= together
