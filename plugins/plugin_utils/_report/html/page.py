# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The matrix as an HTML page: one self-contained file to read, search and copy from.

Templates, styles and scripts are in the folder ``assets``. The page shows conflicts and the diagram without a script;
the script shows hosts and rows from the data, which the page contains as JSON.
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

_ASSETS = Path(__file__).parent / "assets"
_STYLES = ("colours", "page", "diagram", "filter", "tables", "narrow", "print")
# In this order: each uses the ones before it.
_SCRIPTS = ("elements", "data", "filter", "choice", "slices", "flows", "one_host", "hosts", "conflicts", "copies",
            "page")

# How many are shown at once, and on one card; the others are shown on demand.
_MOST_CONFLICTS = 10
_MOST_HOSTS = 5


def page_of(
    plans: Mapping[str, Plan],
    fleet_rows: Sequence[FlatRow],
    conflicts: Sequence[Mapping[str, object]],
    hosts_with_role: int,
) -> str:
    """Return the HTML page. ``plans`` has the hosts of the run, ``hosts_with_role`` counts those of the inventory."""
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
        loader=FileSystemLoader(_ASSETS / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["printable"] = printable
    # The filter tojson escapes everything that could end the element that contains the data.
    templates.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return templates


def _joined(folder: str, ending: str, names: Iterable[str]) -> Markup:
    """Return these files as one text, which is trusted and not escaped."""
    files = (_ASSETS / folder / f"{name}.{ending}" for name in names)
    return Markup("\n").join(Markup(file.read_text(encoding="utf-8")) for file in files)


def _source_of(text: str) -> str:
    """Return the source expression of a Content-Security-Policy that permits exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _counted(plans: Mapping[str, Plan]) -> dict[str, int]:
    """Return ``{role: number of hosts}`` for the roles that occur."""
    counts = dict.fromkeys(ROLES, 0)
    for plan in plans.values():
        for role in plan["roles"]:
            counts[role] += 1
    return {role: count for role, count in counts.items() if count}
