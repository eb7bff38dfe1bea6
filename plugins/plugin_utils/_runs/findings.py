# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run in check mode found on one host, as findings: each a sentence for people, and its parts for programs.

A finding always has C(concern), C(kind) and C(sentence); the kinds are documented with the module drift_report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import join_limited, printable

Result = Mapping[str, object]
Finding = Mapping[str, object]

# A host can say anything; this is more than our own sentences need.
_MOST_CHARACTERS = 1000


def of_result(concern: str, result: Result) -> Iterator[Finding]:
    """Yield what is to be said about a concern that the plan has, and that the host was asked about."""
    if result.get("failed"):
        yield finding(concern, "obstacle", result.get("msg", "it failed and did not say why"))
        return
    findings = [
        *_moved_pins(concern, result),
        *_taken_ports(concern, result),
        *_contents(concern, result),
        *_edited_lines(concern, result),
    ]
    if result.get("changed") and not findings:
        restarted = ", ".join(result.get("restarted", [])) or "nothing that has a name"
        findings = [finding(concern, "other", f"a run would change something here; it would restart {restarted}")]
    yield from findings


def of_leftover(concern: str, result: Result) -> Iterator[Finding]:
    """Yield what is to be said about a concern that the host has a record of, and that its plan has no longer."""
    if result.get("failed"):
        yield finding(concern, "obstacle", result.get("msg", "it failed and did not say why"))
    yield finding(concern, "leftover", "the host still has what an earlier plan asked for, and the plan no longer does")


def finding(concern: str | None, kind: str, text: object, **parts: object) -> Finding:
    """Return a finding; its sentence is one line that can be printed, whatever a host put into it."""
    return {"concern": concern, "kind": kind, "sentence": _one_line(str(text)), **parts}


def _moved_pins(concern: str, result: Result) -> Iterator[Finding]:
    for daemon, pin in sorted(result.get("pins", {}).items()):
        for protocol, ports in sorted(result["observed"].get(daemon, {}).items()):
            for port in ports:
                if pin is not None and port != pin:
                    yield finding(
                        concern,
                        "moved_pin",
                        f"{daemon} is to be at {protocol} port {pin} and is at {port}",
                        daemon=daemon,
                        protocol=protocol,
                        wanted=pin,
                        observed=port,
                    )


def _taken_ports(concern: str, result: Result) -> Iterator[Finding]:
    for sentence in result.get("conflicting_daemons", []):
        yield finding(concern, "taken_port", f"{sentence}, and would be restarted")


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
        yield finding(concern, "edited", f"somebody has edited a line of ours, which is theirs now: {line}", line=line)


def _comparison(unwanted: Mapping[str, object], missing: Mapping[str, object]) -> str:
    if unwanted["count"] and missing["count"]:
        return f"{_quoted(unwanted)} instead of {_quoted(missing)}"
    if unwanted["count"]:
        return f"unwanted {_quoted(unwanted)}"
    if missing["count"]:
        return f"missing {_quoted(missing)}"
    return "the lines are right, their order or spacing is not"


def _quoted(excerpt: Mapping[str, object]) -> str:
    return join_limited([f"'{line}'" for line in excerpt["lines"]], 3, excerpt["count"])


def _one_line(text: str) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= _MOST_CHARACTERS else line[:_MOST_CHARACTERS] + "…"
