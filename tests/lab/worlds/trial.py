# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One world tried: the module is run, run again, the host is booted and given back; packets say what holds."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..root_tree import tree
from . import judge
from .answer import AFTER_BOOT, NOW, Answer, Blocked, run_module
from .firewalld import Firewalld
from .isolation import isolated
from .network import network
from .probes import ADMINISTRATORS, SSH_PORT, UNADDRESSED, Prober
from .traffic import BROADCAST, Probe, Traffic
from .world import RunningWorld, World

_SECONDS = 300
OPENED, REFUSED, UNREACHABLE = "opened", "refused", "unreachable"


@dataclass
class Report:
    """What became of a world; ``flaws``: all that was not as the run said."""

    outcome: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    flaws: list[str] = field(default_factory=list)
    flows: int = 0
    packets: int = 0
    # Those of the flows, before and after.
    passed_before: int = 0
    passed_after: int = 0
    tried: int = 0
    # The files that the run wrote.
    written: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        passed = f"{self.passed_before} of {self.tried} packets of flows passed before, {self.passed_after} after"
        lines = [f"outcome: {self.outcome}; {passed}"]
        lines += [f"{stage}: {answer}" for stage, answer in self.answers.items()]
        return "\n".join(lines + [f"FLAW {flaw}" for flaw in self.flaws[:20]])


def tried(world: World, seed: str = "") -> Report:
    """Try a world in a process of its own."""
    root = tree("firewalld") if world.has_firewalld else None
    return isolated(_tried, world, seed, root, seconds=_SECONDS)


def _tried(world: World, seed: str, root: Path | None) -> Report:
    with network(world.interfaces) as made, Traffic(made) as traffic:
        host = RunningWorld(world, Firewalld(root) if root else None)
        trial = _Trial(world, host, traffic, random.Random(seed))
        trial.run()
        return trial.report


class _Trial:
    def __init__(self, world: World, host: RunningWorld, traffic: Traffic, dice: random.Random) -> None:
        self._world = world
        self._host = host
        self._traffic = traffic
        self._request = world.request
        self._prober = Prober(world.interfaces, world.request, world.named_addresses, dice)
        admin = ADMINISTRATORS[4]
        self._connection = f"{admin} 50001 {world.interfaces[0].address(4)} {SSH_PORT}"
        self._never_answered: set[Probe] = set()
        self.report = Report(flows=len(world.request.flows))

    def run(self) -> None:
        """Try all stages, or those until a refusal."""
        self._host.boot()
        self._begin = self._host.rules(), self._host.files()
        probes = self._probes()
        self._before = self._traffic.passed(probes)
        if not all(self._before[probe] for probe in self._prober.management()):
            self.report.outcome = UNREACHABLE
            return
        self._leave_out_unsteady()
        self._never_answered = {probe for probe, passes in self._answered(self._before).items() if not passes}
        answer = self._answer("run", self._request)
        if answer.failed:
            self.report.outcome = REFUSED
            self._look_after_refusal(answer)
            self._request = dataclasses.replace(self._request, on_blocked="warn")
            answer = self._answer("run with on_blocked=warn", self._request)
            if answer.failed:
                self._look_after_refusal(answer)
                # Whoever manages the host could before, and nothing was closed since.
                self._flaw("run with on_blocked=warn", [f"it refuses: {answer.message}"])
                self._finish()
                return
            if not answer.blocked:
                self._flaw("run with on_blocked=warn", ["it blocks nothing, but the run refused"])
        else:
            self.report.outcome = OPENED
        self.report.written = _differing(self._begin[1], self._host.files())
        self._look_after_success("run", answer.at(NOW))
        self._look_at_repetition(answer)
        self._host.boot()
        self._look_after_success("boot", answer.at(AFTER_BOOT))
        self._look_after_absent()
        self._finish()

    def _probes(self) -> list[Probe]:
        of_flows = [probe for flow in self._request.flows for probe in self._prober.of_flow(flow)]
        return list(dict.fromkeys([*of_flows, *self._prober.management(), *self._prober.of_strangers()]))

    def _leave_out_unsteady(self) -> None:
        """Have nothing to say on what passes now and then, as a rule with a rate lets it, unless a flow has it."""
        again = self._traffic.passed(list(self._before))
        for probe, passes in again.items():
            if passes != self._before[probe]:
                if self._request.flows_of(probe):
                    self._before[probe] = False
                else:
                    del self._before[probe]

    def _answer(self, stage: str, request, state: str = "present") -> Answer:
        traces = self._host.traces()
        answer = self.report.answers[stage] = run_module(self._host, state, request, self._connection)
        if left := sorted(self._host.traces() - traces):
            self._flaw(stage, [f"it left behind: {', '.join(left)}"])
        if reason := answer.result.get("not_rehearsed"):
            self._flaw(stage, [f"the kernel was not asked, though it could be: {reason}"])
        return answer

    def _look_after_refusal(self, answer: Answer) -> None:
        self._flaw("refusal", judge.refused(answer.message, self._begin[0]))
        self._flaw("refusal", self._differences_to_the_begin())
        self._flaw("refusal", judge.unchanged(self._before, self._traffic.passed(list(self._before))))

    def _look_after_success(self, stage: str, answer: Answer) -> None:
        after = self._traffic.passed(list(self._before))
        self._flaw(stage, judge.opened(self._request, answer, self._before, after))
        self._flaw(stage, judge.still_quarantined(self._world.quarantined, self._before, after))
        self._flaw(stage, judge.unanswered(self._request, answer, self._world.quarantined, self._answered(after)))
        said = {entry: self._prober.probes(self._hook(entry), entry.packet) for entry in answer.blocked}
        fates = self._traffic.passed([probe for probes in said.values() for probe in probes])
        fates |= self._traffic.answered([probe for probe, passes in fates.items() if passes and self._has_answer(probe)])
        passing = {entry: all(fates[probe] for probe in probes) for entry, probes in said.items()}
        self._flaw(stage, judge.blocked_dropped(passing))
        self._flaw(stage, judge.others_untouched(self._begin[0], self._host.rules()))
        self._count(after)

    def _answered(self, fates: judge.Fates) -> dict[Probe, bool]:
        """Whether the flows that pass are answered, but for those that were not when all was as it is."""
        tried = [probe for probe, passes in fates.items() if passes and self._has_answer(probe)]
        return self._traffic.answered([probe for probe in tried if probe not in self._never_answered])

    def _has_answer(self, probe: Probe) -> bool:
        """Whether a datagram of a flow can be answered: nobody answers to an address that all have, or nobody."""
        packet = probe.packet
        is_broadcast = {packet.source, packet.destination} & {UNADDRESSED, BROADCAST}
        return packet.ports.protocol == "udp" and not is_broadcast and bool(self._request.flows_of(probe))

    def _hook(self, entry: Blocked) -> str:
        """The hook of the flow; the rule may be at another one."""
        return next((flow.hook for flow in self._request.flows if flow.name == entry.flow), entry.hook)

    def _look_at_repetition(self, first: Answer) -> None:
        rules, files = self._host.rules(), self._host.files()
        answer = self._answer("second run", self._request)
        if answer.failed:
            self._flaw("second run", [f"it fails: {answer.message}"])
            return
        if answer.result["changed"]:
            self._flaw("second run", ["it changes something"])
        if self._host.rules() != rules:
            self._flaw("second run", ["the rules differ"])
        if differing := _differing(files, self._host.files()):
            self._flaw("second run", [f"these files differ: {differing}"])
        if _key(answer.blocked) != _key(first.blocked):
            self._flaw("second run", [f"it blocks {answer.blocked}, the first {first.blocked}"])

    def _look_after_absent(self) -> None:
        answer = self._answer("absent", self._request, "absent")
        if answer.failed:
            self._flaw("absent", [f"it fails: {answer.message}"])
        self._flaw("absent", self._differences_to_the_begin())
        self._flaw("absent", judge.unchanged(self._before, self._traffic.passed(list(self._before))))

    def _differences_to_the_begin(self) -> Iterable[str]:
        rules, files = self._begin
        if self._host.rules() != rules:
            yield f"the rules are not those before:\n{self._host.rules()}"
        if differing := _differing(files, self._host.files()):
            yield f"these files are not as before: {differing}"

    def _count(self, after: judge.Fates) -> None:
        of_flows = [probe for probe in after if self._request.flows_of(probe)]
        self.report.tried = len(of_flows)
        self.report.passed_before = sum(self._before[probe] for probe in of_flows)
        self.report.passed_after = sum(after[probe] for probe in of_flows)

    def _finish(self) -> None:
        self.report.packets = self._traffic.sent

    def _flaw(self, stage: str, found: Iterable[str]) -> None:
        self.report.flaws += [f"({stage}) {flaw}" for flaw in found]


def _differing(former: Mapping[str, bytes], now: Mapping[str, bytes]) -> list[str]:
    return sorted(path for path in {*now, *former} if now.get(path) != former.get(path))


def _key(blocked: Iterable[Blocked]) -> list[tuple]:
    return sorted((entry.flow, entry.packet.source, entry.packet.destination, entry.rule) for entry in blocked)
