# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings: what a run in check mode found on one host, as a sentence for people and as values for programs.

A finding always has C(concern), C(kind) and C(sentence); the module run_summary documents the kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import join_limited, one_line
from ansible_collections.fleet.ports.plugins.plugin_utils._runs import rehearsals
from ansible_collections.fleet.ports.plugins.plugin_utils._runs.host_states import NO_MESSAGE

Result = Mapping[str, object]
Finding = Mapping[str, object]


def of_result(concern: str, result: Result) -> Iterator[Finding]:
    """Yield the findings on a concern of the plan."""
    if result.get("failed"):
        yield finding(concern, "obstacle", result.get("msg", NO_MESSAGE))
        return
    findings = [
        *_moved_pins(concern, result),
        *_taken_ports(concern, result),
        *_contents(concern, result),
        *_edited_lines(concern, result),
    ]
    if result.get("changed") and not findings:
        restarted = ", ".join(result.get("restarted", [])) or "nothing"
        findings = [finding(concern, "other", f"a run would change this concern, and restart {restarted}")]
    yield from findings
    yield from _blocked_flows(concern, result)


def of_leftover(concern: str, result: Result) -> Iterator[Finding]:
    """Yield the findings on a concern that the host has a record of and that is no longer in its plan."""
    if result.get("failed"):
        yield finding(concern, "obstacle", result.get("msg", NO_MESSAGE))
    yield finding(concern, "leftover", "the host still has the settings of an earlier plan; its plan has no such concern")


def finding(concern: str | None, kind: str, text: object, **parts: object) -> Finding:
    """Return a finding; its sentence is one printable line, whatever text comes from the host."""
    return {"concern": concern, "kind": kind, "sentence": one_line(text), **parts}


def _moved_pins(concern: str, result: Result) -> Iterator[Finding]:
    for daemon, pin in sorted(result.get("pins", {}).items()):
        for protocol, ports in sorted(result["observed"].get(daemon, {}).items()):
            for port in ports:
                if pin is not None and port != pin:
                    yield finding(
                        concern,
                        "moved_pin",
                        f"{daemon} uses {protocol} port {port} instead of its pinned port {pin}",
                        daemon=daemon,
                        protocol=protocol,
                        wanted=pin,
                        observed=port,
                    )


def _taken_ports(concern: str, result: Result) -> Iterator[Finding]:
    for sentence in result.get("conflicting_daemons", []):
        yield finding(concern, "taken_port", f"{sentence}; a run would restart it")


def _contents(concern: str, result: Result) -> Iterator[Finding]:
    for difference in result.get("differences", []):
        unwanted, missing = difference["unwanted"], difference["missing"]
        yield finding(
            concern,
            "content",
            f"{difference['where']}: {_comparison(unwanted, missing)}",
            where=difference["where"],
            unwanted=unwanted,
            missing=missing,
        )


def _edited_lines(concern: str, result: Result) -> Iterator[Finding]:
    for line in result.get("left", []):
        sentence = f"managed line was modified externally; it is no longer managed: {line}"
        yield finding(concern, "edited", sentence, line=line)


def _blocked_flows(concern: str, result: Result) -> Iterator[Finding]:
    # A rule that keeps some peers out is there for a purpose: it is listed besides, and the host is in order.
    blocked = [entry for entry in result.get("blocked", []) if entry.get("fatal", True)]
    for rule in rehearsals.by_rule(blocked):
        yield finding(concern, "blocked", rehearsals.sentence(rule), **rule)


def _comparison(unwanted: Mapping[str, object], missing: Mapping[str, object]) -> str:
    if unwanted["count"] and missing["count"]:
        return f"{_quoted(unwanted)} instead of {_quoted(missing)}"
    if unwanted["count"]:
        return f"unwanted {_quoted(unwanted)}"
    if missing["count"]:
        return f"missing {_quoted(missing)}"
    return "the lines are as planned, but not their order or spacing"


def _quoted(excerpt: Mapping[str, object]) -> str:
    return join_limited([f"'{line}'" for line in excerpt["lines"]], 3, excerpt["count"])
