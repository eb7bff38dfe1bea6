# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run says against what packets do: one line for each thing that is not as it was said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from .answer import Answer, Blocked
from .requests import Request, within
from .traffic import Probe

Fates = Mapping[Probe, bool]
# firewalld makes its table anew at each reload.
_FIREWALLDS = re.compile(r"^table inet firewalld \{.*?^\}\n", re.DOTALL | re.MULTILINE)


def opened(request: Request, answer: Answer, before: Fates, after: Fates) -> Iterator[str]:
    """Yield what is wrong after a run that succeeded."""
    for probe, passes in after.items():
        flows = request.flows_of(probe)
        if before[probe] and not passes:
            yield f"{probe} passed before, and is dropped now"
        elif not flows and passes and not before[probe]:
            yield f"{probe} is part of no flow and was dropped, and passes now"
        elif flows and not passes:
            yield from _not_opened(probe, [flow.name for flow in flows], answer.blocked)
    if request.on_blocked == "fail":
        yield from _closed_to_all(request, answer, after)


def still_quarantined(quarantined: Sequence[tuple[str, str]], before: Fates, after: Fates) -> Iterator[str]:
    """Yield each packet of somebody whom a rule drops by name, and who is let in now."""
    for probe, passes in after.items():
        if passes and not before[probe] and _is_named(quarantined, probe):
            yield f"{probe} was dropped by name, and passes now"


def unanswered(
    request: Request, answer: Answer, quarantined: Sequence[tuple[str, str]], answered: Fates
) -> Iterator[str]:
    """Yield each packet of a flow that passes, and whose answer does not, unless it is reported or a rule names an end."""
    named = [whom for _hook, whom in quarantined]
    for probe, passes in answered.items():
        if not passes and not any(within(end, named) for end in probe.packet[:2]):
            flows = [flow.name for flow in request.flows_of(probe)]
            if any(_not_opened(probe, flows, answer.blocked)):
                yield f"{probe} passes, and the answer to it does not"


def blocked_dropped(fates: Mapping[Blocked, bool]) -> Iterator[str]:
    """Yield each packet that the run says is dropped, or whose answer is, and that passes, and its answer does."""
    for entry, passes in fates.items():
        if passes:
            yield f"{entry.packet} of flow {entry.flow} is reported as blocked by '{entry.rule}', and passes"


def unchanged(before: Fates, after: Fates) -> Iterator[str]:
    """Yield each packet whose fate is not what it was."""
    for probe, passes in after.items():
        if passes != before[probe]:
            yield f"{probe} {'passes' if passes else 'is dropped'} now, which it did not before"


def refused(message: str, rules: str) -> Iterator[str]:
    """Yield what is missing in a message of a run that refused."""
    names = re.findall(r"(?:table|chain) (?:\w+ )?([\w.-]+) \{", rules)
    names += re.findall(r"^(?:\*|:)(\w+)", rules, re.MULTILINE)
    if "SSH" not in message and not any(re.search(rf"\b{re.escape(name)}\b", message) for name in names):
        yield f"the run refused and named no rule: {message}"


def others_untouched(before: str, after: str) -> Iterator[str]:
    """Yield whatever of the rules of others is not as it was."""
    former, present = (_FIREWALLDS.sub("", text).splitlines() for text in (before, without_managed(after)))
    if former != present:
        changed = next((pair for pair in zip_longest(former, present) if pair[0] != pair[1]), ("", ""))
        yield f"rules of others were changed: {changed[0]!r} became {changed[1]!r}"


def without_managed(rules: str) -> str:
    """The rules as nft lists them, without what the module added."""
    kept: list[str] = []
    inside = False
    for line in rules.splitlines():
        if re.match(r"\t(chain|set|map) fleet_ports_", line):
            inside = True
        if not inside and not re.search(r"\b(jump|goto) fleet_ports_", line):
            kept.append(line)
        inside = inside and line != "\t}"
    # nft separates the blocks of a table by empty lines.
    text = re.sub(r"\n\n+", "\n\n", "".join(f"{line}\n" for line in kept))
    return re.sub(r"\{\n\n", "{\n", re.sub(r"\n\n\}", "\n}", text))


def _is_named(quarantined: Sequence[tuple[str, str]], probe: Probe) -> bool:
    peer = probe.packet.destination if probe.hook == "output" else probe.packet.source
    return any(hook == probe.hook and within(peer, [whom]) for hook, whom in quarantined)


def _not_opened(probe: Probe, flows: Sequence[str], blocked: Sequence[Blocked]) -> Iterator[str]:
    for flow in flows:
        if not any(entry.explains(probe) for entry in blocked if entry.flow == flow):
            yield f"{probe} is dropped, and flow {flow} is not reported as blocked for it"


def _closed_to_all(request: Request, answer: Answer, after: Fates) -> Iterator[str]:
    """Yield each flow that nobody has although the run went on: it should have failed."""
    for flow in request.flows:
        entries = [entry for entry in answer.blocked if entry.flow == flow.name]
        if not entries or any(entry.names_somebody for entry in entries):
            continue
        fates = [passes for probe, passes in after.items() if flow in request.flows_of(probe)]
        if fates and not any(fates):
            yield f"flow {flow.name} passes for nobody, and the run did not fail"
