# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verdicts: what the two ends of a probe found, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import printable
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.packet_samples import CONTROL, PASS
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.probe_schedule import Probe
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.workspace import COLLECT, LISTEN, SEND, Finding

# Of a probe that must pass. REFUSED: the packet filters let it through, and nobody listens.
PASSED, REFUSED, BLOCKED = "passed", "refused", "blocked"
# Of one that must not. NOT_JUDGED: the host drops nothing by default.
DROPPED, LEAK, NOT_JUDGED = "dropped", "leak", "not_judged"
NOT_TESTABLE = "not_testable"
VERDICTS = (PASSED, REFUSED, BLOCKED, DROPPED, LEAK, NOT_JUDGED, NOT_TESTABLE)

# Why one that passed is worth a word.
UNANSWERED = "it arrived, and its answer did not come back in time"

# What flow_probe says of a probe that was sent.
_ANSWERED, _REFUSED, _PROHIBITED = "answered", "refused", "prohibited"

# Host and mode to what was found.
Findings = Callable[[str, str], Finding]


@dataclass(frozen=True)
class Evidence:
    """What is known of one probe."""

    # What became of it where it was sent; None if it was not.
    outcome: str | None
    detail: str | None
    heard: bool
    # Where it arrived from, if not from where it was sent.
    displaced: str | None
    # Who has the port, if a real service is used as the listener.
    served: str | None
    # Why it could not be sent; why nobody could listen.
    unsent: str | None
    unheard: str | None

    @property
    def is_known_to_pass(self) -> bool:
        return self.heard or self.outcome == _ANSWERED

    @property
    def lacks_its_answer(self) -> bool:
        """Whether our listener heard it and the sender did not hear its answer; a service need not answer."""
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
        return NOT_TESTABLE, evidence.unsent
    if probe["expect"] == PASS:
        return _of_open(probe, evidence)
    if _route(probe) in open_by_default:
        return NOT_JUDGED, f"{probe['to']} drops nothing by default"
    return _of_closed(evidence)


def _of_open(probe: Probe, evidence: Evidence) -> tuple[str, str]:
    if evidence.is_known_to_pass:
        return PASSED, UNANSWERED if evidence.lacks_its_answer else ""
    if evidence.displaced:
        return BLOCKED, f"it arrived from {evidence.displaced}: something on the way rewrites addresses"
    if evidence.unheard:
        if evidence.outcome == _REFUSED:
            return REFUSED, "the packet filters let it through, and nobody listens"
        return NOT_TESTABLE, evidence.unheard
    if evidence.outcome == _REFUSED:
        return BLOCKED, "a packet filter on the way rejects it"
    if evidence.outcome == _PROHIBITED:
        return BLOCKED, evidence.detail or "a packet filter on the way prohibits it"
    return BLOCKED, "nothing came back"


def _of_closed(evidence: Evidence) -> tuple[str, str]:
    if evidence.is_known_to_pass:
        return LEAK, ""
    if evidence.unheard:
        if evidence.outcome == _REFUSED:
            return LEAK, "the host itself refused it"
        return NOT_TESTABLE, evidence.unheard
    return DROPPED, ""


def _route(probe: Probe) -> tuple:
    return probe["from"], probe["to"], probe["protocol"]


class _Ends:
    """Looks up what was found at either end, the numbers of probes as numbers again."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._known: dict[tuple[str, str], Finding] = {}

    def evidence(self, probe: Probe) -> Evidence:
        number = probe["id"]
        listening, sent, collected = (
            self._found(probe[end], mode) for end, mode in (("to", LISTEN), ("from", SEND), ("to", COLLECT))
        )
        outcome = sent.get("outcomes", {}).get(number)
        unheard = (
            listening.get("obstacle") or listening.get("obstacles", {}).get(number) or collected.get("obstacle")
        )
        unsent = sent.get("obstacle") or sent.get("obstacles", {}).get(number)
        if outcome is None and unsent is None:
            # Nobody sends to a host where nobody listens.
            unsent = unheard or f"{probe['from']} was not asked"
        return Evidence(
            outcome=outcome,
            detail=sent.get("details", {}).get(number),
            heard=number in collected.get("heard", ()),
            displaced=collected.get("displaced", {}).get(number),
            served=listening.get("served", {}).get(number),
            unsent=_of_host(probe["from"] if sent.get("obstacles", {}).get(number) else None, unsent),
            unheard=_of_host(probe["to"] if listening.get("obstacles", {}).get(number) else None, unheard),
        )

    def _found(self, host: str, mode: str) -> Finding:
        if (host, mode) not in self._known:
            self._known[host, mode] = _read(host, self._findings(host, mode))
        return self._known[host, mode]


def _read(host: str, finding: Finding) -> Finding:
    """Return what a host found; one that says what flow_probe never would is one that nobody could ask."""
    try:
        return {name: _FORMS[name](value) for name, value in finding.items() if name in _FORMS}
    except (AttributeError, TypeError, ValueError):
        return {"obstacle": f"{host}: its answer is none that flow_probe would give"}


def _numbered(texts: Mapping[str, object]) -> dict[int, str]:
    """JSON has texts for keys."""
    return {int(number): _line(text) for number, text in texts.items()}


def _line(text: object) -> str:
    return printable(str(text)[:_MOST_CHARACTERS])


# A host can say anything; this is more than our own sentences need.
_MOST_CHARACTERS = 1000

_FORMS = {
    "obstacle": _line, "heard": set,
    **dict.fromkeys(("obstacles", "served", "outcomes", "details", "displaced"), _numbered),
}  # fmt: skip


def _of_host(host: str | None, why: str | None) -> str | None:
    return f"{host}: {why}" if host and why else why


def count(probes: Iterable[Probe]) -> dict[str, int]:
    """Return how many probes have each verdict."""
    verdicts = [probe["verdict"] for probe in probes]
    return {verdict: verdicts.count(verdict) for verdict in VERDICTS}
