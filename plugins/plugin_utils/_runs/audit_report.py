# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit report: JSON for programs, Markdown and a few lines on the screen for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import printable
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concerns import CONCERNS
from ansible_collections.fleet.ports.plugins.plugin_utils._report.markdown_parts import (
    bullets,
    document,
    literal,
    section,
    table,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._runs import host_states, rehearsals
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.audit import (
    DIFFERS,
    IN_ORDER,
    NOT_AUDITED,
    STATES,
    HostDrift,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.findings import Finding
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.host_states import limited, shortened
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.rehearsals import Rehearsal

VERSION = 1

Fleet = Mapping[str, HostDrift]

# None: the host has no such concern.
_WORDS = {IN_ORDER: "in order", DIFFERS: "differs", NOT_AUDITED: "not audited", None: ""}


def counts(fleet: Fleet) -> dict[str, int]:
    """Return how many hosts there are, how many in each state, and how many findings."""
    findings = sum(len(drift.findings) for drift in fleet.values())
    return {**host_states.counts(fleet, STATES), "findings": findings}


def json_document(fleet: Fleet, rehearsed: Mapping[str, Rehearsal], hosts_with_role: int) -> str:
    return json.dumps(
        {
            "version": VERSION,
            "hosts_with_role": hosts_with_role,
            "counts": counts(fleet),
            "not_rehearsed": rehearsals.reasons(rehearsed),
            "hosts": {host: drift._asdict() for host, drift in fleet.items()},
        },
        indent=1,
    ) + "\n"


def markdown_document(fleet: Fleet, rehearsed: Mapping[str, Rehearsal], hosts_with_role: int) -> str:
    found = {host: drift for host, drift in fleet.items() if drift.state != IN_ORDER}
    return document(
        "# Audit of the fleet",
        headline(fleet, hosts_with_role),
        *section("Hosts that are not in order", table(("Host", "State", *CONCERNS), _rows(found))),
        *(part for host, drift in found.items() for part in section(literal(host), _details(drift))),
        *section("To be tested with packets", bullets(map(literal, rehearsals.besides_findings(rehearsed)))),
    )


def summary(fleet: Fleet, hosts_with_role: int) -> list[str]:
    """Return lines for a screen: the numbers, then a line for each host that is not in order."""
    found = [_line(host, drift) for host, drift in fleet.items() if drift.state != IN_ORDER]
    return [headline(fleet, hosts_with_role), *limited(found, "hosts; see the report")]


def headline(fleet: Fleet, hosts_with_role: int) -> str:
    number = counts(fleet)
    return (
        f"Audited {number['hosts']} of {hosts_with_role} hosts with a role "
        f"({'the whole inventory' if len(fleet) == hosts_with_role else 'a part of the inventory'}). "
        f"In order: {number[IN_ORDER]}, differs: {number[DIFFERS]}, not audited: {number[NOT_AUDITED]}."
    )


def _rows(fleet: Fleet) -> list[Sequence[str]]:
    return [
        (literal(host), _WORDS[drift.state], *(_WORDS[drift.concerns.get(concern)] for concern in CONCERNS))
        for host, drift in fleet.items()
    ]


def _details(drift: HostDrift) -> str:
    return bullets(literal(_with_concern(finding)) for finding in drift.findings)


def _line(host: str, drift: HostDrift) -> str:
    text = f"{printable(host)} {_WORDS[drift.state]}: {'; '.join(_with_concern(finding) for finding in drift.findings)}"
    return shortened(text, f" ({len(drift.findings)} findings)")


def _with_concern(finding: Finding) -> str:
    return f"{finding['concern']}: {finding['sentence']}" if finding["concern"] else finding["sentence"]
