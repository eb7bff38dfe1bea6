# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables that look like one of ours, misspelt: Ansible would pass over them in silence."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache

from ansible_collections.fleet.ports.plugins.plugin_utils._options import VARIABLES

_PREFIXES = ("nim_", "nfs_ports_", "port_blocker_", "fleet_ports_")
# Of a name of this likeness a letter or two are wrong.
_LIKENESS = 0.88
# Belongs to a role, and only looks like nfs_ports_statd.
_NOT_MISSPELT = ("nfs_ports_state",)


def misspelt(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return pairs of a variable's name and the one that was probably meant."""
    suspects = ((name, _meant(name)) for name in names if name.startswith(_PREFIXES) and name not in VARIABLES)
    return [(name, meant) for name, meant in suspects if meant is not None]


@cache
def _meant(name: str) -> str | None:
    if name in _NOT_MISSPELT:
        return None
    close = difflib.get_close_matches(name, (*VARIABLES, "fleet_ports_groups"), n=1, cutoff=_LIKENESS)
    return close[0] if close and close[0] != name else None
