# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The matrix as a page: one file that loads nothing, for people to look at and to search.

Its parts are files of their own, in the folder ``_html_files``. What stands above the matrix is there without a script;
the script shows hosts and rows from the data, which stand in the page as JSON.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES, ROLES
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import printable
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import FlatRow
from ansible_collections.fleet.ports.plugins.plugin_utils._report.html.data import data_of
from ansible_collections.fleet.ports.plugins.plugin_utils._report.html.diagram import diagram_of

_FILES = Path(__file__).parent / "_html_files"
_STYLES = ("colours", "page", "diagram", "filter", "tables", "narrow", "print")
# In this order; each knows the ones before it.
_SCRIPTS = ("elements", "data", "filter", "choice", "slices", "flows", "one_host", "hosts", "conflicts", "copies",
            "page")

# More than a reader takes in at once, and more than a card can carry; the others come on demand.
_MOST_CONFLICTS = 10
_MOST_HOSTS = 5


def page_of(
    plans: Mapping[str, Plan],
    fleet_rows: Sequence[FlatRow],
    conflicts: Sequence[Mapping[str, object]],
    hosts_with_role: int,
) -> str:
    """Return the page about a fleet, all hosts with a role or some."""
    style, script = _joined("styles", "css", _STYLES), _joined("scripts", "js", _SCRIPTS)
    return _templates().get_template("page.html.j2").render(
        style=style,
        script=script,
        sources={"style": _source_of(style), "script": _source_of(script)},
        hosts=len(plans),
        hosts_with_role=hosts_with_role,
        flows=len(fleet_rows),
        domains=sorted({plan["domain"] for plan in plans.values()}),
        roles=_counted(plans),
        phases=PHASES,
        conflicts=conflicts,
        planned=plans,
        most_conflicts=_MOST_CONFLICTS,
        most_hosts=_MOST_HOSTS,
        diagram=diagram_of(fleet_rows),
        data=data_of(plans, fleet_rows, conflicts),
    )


def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_FILES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["printable"] = printable
    # The filter tojson escapes whatever could end the block that the data stand in.
    templates.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return templates


def _joined(folder: str, ending: str, names: Iterable[str]) -> Markup:
    """Return our own files as one text, which goes into the page as it is."""
    files = (_FILES / folder / f"{name}.{ending}" for name in names)
    return Markup("\n").join(Markup(file.read_text(encoding="utf-8")) for file in files)


def _source_of(text: str) -> str:
    """Return what a Content-Security-Policy calls this very text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _counted(plans: Mapping[str, Plan]) -> dict[str, int]:
    """How many hosts have each role, of the roles that there are."""
    counts = dict.fromkeys(ROLES, 0)
    for plan in plans.values():
        for role in plan["roles"]:
            counts[role] += 1
    return {role: count for role, count in counts.items() if count}
