# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verdicts: the result of each probe, from what both ends found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import one_line
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.packet_samples import CONTROL, PASS
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.run_folder import COLLECT, LISTEN, SEND, Finding
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import Probe

# Of a probe of allowed traffic. REFUSED: the packet filters pass it, but no service listens.
PASSED, REFUSED, BLOCKED = "passed", "refused", "blocked"
# Of a probe of forbidden traffic. NOT_JUDGED: the host drops nothing by default.
DROPPED, LEAKED, NOT_JUDGED = "dropped", "leaked", "not_judged"
UNTESTED = "untested"
VERDICTS = (PASSED, REFUSED, BLOCKED, DROPPED, LEAKED, NOT_JUDGED, UNTESTED)

# Why a probe that passed is reported.
UNANSWERED = "it arrived, but its answer did not return in time"

# The outcomes of flow_probe for a probe that was sent.
_ANSWERED, _REFUSED, _PROHIBITED = "answered", "refused", "prohibited"

# Host and step to what was found.
Findings = Callable[[str, str], Finding]


@dataclass(frozen=True)
class Evidence:
    """What both ends found about one probe."""

    # The outcome at the sender; None if it was not sent.
    outcome: str | None
    detail: str | None
    heard: bool
    # The source with which it arrived, if that is not the one with which it was sent.
    displaced: str | None
    # The program that uses the port, if a real service takes the place of the listener.
    served: str | None
    # Why it could not be sent; why the receiver could not listen.
    unsent: str | None
    unheard: str | None

    @property
    def is_known_to_pass(self) -> bool:
        return self.heard or self.outcome == _ANSWERED

    @property
    def lacks_its_answer(self) -> bool:
        """Whether the listener received it, and the sender not its answer. A service need not answer."""
        return self.heard and self.outcome != _ANSWERED and not self.served


def judge(probes: Iterable[Probe], findings: Findings) -> list[Probe]:
    """Return the probes of a batch, each with C(verdict) and C(why)."""
    ends = _Ends(findings)
    known = [(probe, ends.evidence(probe)) for probe in probes]
    open_by_default = {
        _route(probe) for probe, evidence in known if probe["expect"] == CONTROL and evidence.is_known_to_pass
    }
    return [{**probe, **dict(zip(("verdict", "why"), _verdict(probe, evidence, open_by_default)))}
            for probe, evidence in known]


def _verdict(probe: Probe, evidence: Evidence, open_by_default: set[tuple]) -> tuple[str, str]:
    if evidence.unsent:
        return UNTESTED, evidence.unsent
    if probe["expect"] == PASS:
        return _of_open(probe, evidence)
    if _route(probe) in open_by_default:
        return NOT_JUDGED, f"{probe['to']} drops nothing by default"
    return _of_closed(evidence)


def _of_open(probe: Probe, evidence: Evidence) -> tuple[str, str]:
    if evidence.is_known_to_pass:
        return PASSED, UNANSWERED if evidence.lacks_its_answer else ""
    if evidence.displaced:
        return BLOCKED, f"it arrived from {evidence.displaced}: a device on the way translates addresses"
    if evidence.unheard:
        if evidence.outcome == _REFUSED:
            return REFUSED, "the packet filters pass it, but no service listens"
        return UNTESTED, evidence.unheard
    if evidence.outcome == _REFUSED:
        return BLOCKED, "a packet filter on the way rejects it"
    if evidence.outcome == _PROHIBITED:
        return BLOCKED, evidence.detail or "a packet filter on the way prohibits it"
    return BLOCKED, "no answer returned"


def _of_closed(evidence: Evidence) -> tuple[str, str]:
    if evidence.is_known_to_pass:
        return LEAKED, ""
    if evidence.unheard:
        if evidence.outcome == _REFUSED:
            return LEAKED, "the host itself refused it, so it arrived"
        return UNTESTED, evidence.unheard
    return DROPPED, ""


def _route(probe: Probe) -> tuple:
    return probe["from"], probe["to"], probe["protocol"]


class _Ends:
    """Looks up what both ends found, with the numbers of probes as numbers again."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._known: dict[tuple[str, str], Finding] = {}

    def evidence(self, probe: Probe) -> Evidence:
        number = probe["id"]
        listening, sent, collected = (
            self._found(probe[end], step) for end, step in (("to", LISTEN), ("from", SEND), ("to", COLLECT))
        )
        outcome = sent.get("outcomes", {}).get(number)
        unheard = (
            listening.get("obstacle") or listening.get("obstacles", {}).get(number) or collected.get("obstacle")
        )
        unsent = sent.get("obstacle") or sent.get("obstacles", {}).get(number)
        if outcome is None and unsent is None:
            # No probe is sent to a host that does not listen.
            unsent = unheard or f"{probe['from']} sent no probes"
        return Evidence(
            outcome=outcome,
            detail=sent.get("details", {}).get(number),
            heard=number in collected.get("heard", ()),
            displaced=collected.get("displaced", {}).get(number),
            served=listening.get("served", {}).get(number),
            unsent=_of_host(probe["from"] if sent.get("obstacles", {}).get(number) else None, unsent),
            unheard=_of_host(probe["to"] if listening.get("obstacles", {}).get(number) else None, unheard),
        )

    def _found(self, host: str, step: str) -> Finding:
        if (host, step) not in self._known:
            self._known[host, step] = _read(host, self._findings(host, step))
        return self._known[host, step]


def _read(host: str, finding: Finding) -> Finding:
    """Return what a host found; a result in a wrong format is an obstacle."""
    try:
        return {name: _FORMS[name](value) for name, value in finding.items() if name in _FORMS}
    except (AttributeError, TypeError, ValueError):
        return {"obstacle": f"{host}: its result has not the format of flow_probe"}


def _numbered(texts: Mapping[str, object]) -> dict[int, str]:
    """Return the texts by number: the keys of JSON are strings."""
    return {int(number): one_line(text) for number, text in texts.items()}


_FORMS = {
    "obstacle": one_line, "heard": set,
    **dict.fromkeys(("obstacles", "served", "outcomes", "details", "displaced"), _numbered),
}  # fmt: skip


def _of_host(host: str | None, why: str | None) -> str | None:
    return f"{host}: {why}" if host and why else why


def count(probes: Iterable[Probe]) -> dict[str, int]:
    """Return how many probes have each verdict."""
    verdicts = [probe["verdict"] for probe in probes]
    return {verdict: verdicts.count(verdict) for verdict in VERDICTS}
