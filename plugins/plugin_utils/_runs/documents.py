# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drift of a fleet, written down: one JSON document for programs, one in Markdown and a few lines for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import printable
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concerns import RESULTS
from ansible_collections.fleet.ports.plugins.plugin_utils._report.markdown_parts import (
    bullets,
    document,
    literal,
    section,
    table,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._runs import states
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.audit import (
    DIFFERS,
    IN_ORDER,
    NOT_AUDITED,
    STATES,
    HostDrift,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.findings import Finding
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.states import on_a_screen, shortened

VERSION = 1

Fleet = Mapping[str, HostDrift]

# None: the host has no such concern.
_WORDS = {IN_ORDER: "in order", DIFFERS: "differs", NOT_AUDITED: "not audited", None: ""}


def counts(fleet: Fleet) -> dict[str, int]:
    """Return how many hosts there are, how many in each state, and how many findings."""
    findings = sum(len(drift.findings) for drift in fleet.values())
    return {**states.counts(fleet, STATES), "findings": findings}


def json_document(fleet: Fleet, hosts_with_role: int) -> str:
    head = {"version": VERSION, "hosts_with_role": hosts_with_role, "counts": counts(fleet)}
    return json.dumps({**head, "hosts": {host: drift._asdict() for host, drift in fleet.items()}}, indent=1) + "\n"


def markdown_document(fleet: Fleet, hosts_with_role: int) -> str:
    found = {host: drift for host, drift in fleet.items() if drift.state != IN_ORDER}
    return document(
        "# Audit of the fleet",
        headline(fleet, hosts_with_role),
        *section("Hosts that are not in order", table(("Host", "State", *RESULTS), _rows(found))),
        *(part for host, drift in found.items() for part in section(literal(host), _details(drift))),
    )


def summary(fleet: Fleet, hosts_with_role: int) -> list[str]:
    """Return lines for a screen: the numbers, then one for each host that is not in order."""
    found = [_line(host, drift) for host, drift in fleet.items() if drift.state != IN_ORDER]
    return [headline(fleet, hosts_with_role), *on_a_screen(found, "hosts, which the report names")]


def headline(fleet: Fleet, hosts_with_role: int) -> str:
    number = counts(fleet)
    return (
        f"About {'the whole' if len(fleet) == hosts_with_role else 'a part of the'} inventory: "
        f"{number['hosts']} of {hosts_with_role} hosts with a role. "
        f"{number['in_order']} in order, {number['differs']} different, {number['not_audited']} not audited."
    )


def _rows(fleet: Fleet) -> list[Sequence[str]]:
    return [
        (literal(host), _WORDS[drift.state], *(_WORDS[drift.concerns.get(concern)] for concern in RESULTS))
        for host, drift in fleet.items()
    ]


def _details(drift: HostDrift) -> str:
    return bullets(literal(_with_concern(finding)) for finding in drift.findings)


def _line(host: str, drift: HostDrift) -> str:
    text = f"{printable(host)} {_WORDS[drift.state]}: {'; '.join(_with_concern(finding) for finding in drift.findings)}"
    return shortened(text, f" ({len(drift.findings)} findings)")


def _with_concern(finding: Finding) -> str:
    return f"{finding['concern']}: {finding['sentence']}" if finding["concern"] else finding["sentence"]
