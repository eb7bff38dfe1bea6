# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The concerns of a plan, in the order in which they are applied, and the names by which people choose some of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan

CONCERNS = ("services", "holds", "pins", "flows")
VERBS = {"name": "services", "hold": "holds", "pin": "pins", "open": "flows"}


def concerns_of(plan: Plan) -> list[str]:
    """Return which of the concerns the plan has, in the order in which they are applied.

    The plan of a host with a role may have none, such as that of a gateway whose last master was removed.
    """
    has = {
        "services": bool(plan["services"]),
        "holds": bool(plan["holds"]),
        "pins": any(port is not None for port in plan["pins"].values()),
        "flows": bool(plan["flows"]) or plan["retired"] is not None,
    }
    return [concern for concern in CONCERNS if has[concern]]


def named(names: Iterable[object], where: str) -> list[str]:
    """Return the concerns of these names or verbs, in the order in which they are applied; all if there is no name."""
    meant = [VERBS.get(str(name), str(name)) for name in names]
    for name in meant:
        if name not in CONCERNS:
            raise MatrixError(
                f"{where}: '{name}' is not a concern. The concerns are {', '.join(CONCERNS)}, their verbs "
                f"{', '.join(VERBS)}."
            )
    return [concern for concern in CONCERNS if concern in meant or not meant]


def tagged(concerns: Iterable[str], run_tags: Iterable[str], skipped_tags: Iterable[str]) -> list[str]:
    """Return those of the concerns that a run's tags select by their names or verbs; tags of other names select all."""
    run, skipped = ({VERBS.get(tag, tag) for tag in tags}.intersection(CONCERNS) for tags in (run_tags, skipped_tags))
    return [concern for concern in concerns if (concern in run or not run) and concern not in skipped]


def refuse_misspelt_tags(tags: Iterable[str]) -> None:
    """Raise MatrixError for a tag that is nearly the name of a concern or verb, with which a run would do nothing."""
    names = [*CONCERNS, *VERBS]
    for tag in tags:
        if tag not in names:
            for name in difflib.get_close_matches(tag, names, n=1, cutoff=0.75):
                raise MatrixError(f"The tag '{tag}' selects no concern. Did you mean {name}?")
