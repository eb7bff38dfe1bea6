# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module said: it failed with one sentence, or it ended with a result."""

from __future__ import annotations

import dataclasses
import importlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.fleet.ports.plugins.module_utils._flows import concern
from ansible_collections.fleet.ports.plugins.module_utils._host import concern_module
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host

from ..conformance.packets import Packet, Ports
from .requests import Request, within
from .traffic import Probe
from .world import RunningWorld

_PACKET = re.compile(r"(tcp|udp) (\S+):(\d+) > (\S+):(\d+)")
_ADDRESS = re.compile(r"(?<![\w.:])[0-9a-fA-F]*[.:][0-9a-fA-F.:]*(?:/\d+)?")
_INTERFACE = re.compile(r"\b[io]if(?:name)? (?:!= )?(?:\{[^}]*\}|\"?[\w.*]+\"?)|(?:^| )-[io] \S+")
NOW, AFTER_BOOT = "now", "boot"
_SHOWN = ("changed", "backend", "rules", "enforced", "rehearsed", "not_rehearsed", "blocked")


def _load_all() -> None:
    """Import all that the module may import later, so that it is compiled once, and not once in each world."""
    folder = Path(concern.__file__).parent
    package = concern.__name__.rpartition(".")[0]
    for path in sorted(folder.rglob("*.py")):
        importlib.import_module(".".join((package, *path.relative_to(folder).with_suffix("").parts)))


_load_all()


class Blocked(NamedTuple):
    """A flow that the run says is dropped all the same, with one packet of it and the rule."""

    flow: str
    packet: Packet
    hook: str
    table: str
    chain: str
    rule: str
    at: str

    @property
    def names_somebody(self) -> bool:
        """Whether the rule stops some only, and not whoever comes."""
        return bool("@" in self.rule or " -m set " in self.rule or self._addresses or _INTERFACE.search(self.rule))

    def explains(self, probe: Probe) -> bool:
        """Whether the rule may be what drops this packet as well."""
        ends = (probe.packet.source, probe.packet.destination)
        if probe.packet == self.packet or set(ends) & {self.packet.source, self.packet.destination} - {""}:
            return True
        if self._addresses:
            return any(within(end, [each]) for end in ends for each in self._addresses)
        if used := _INTERFACE.findall(self.rule):
            names = [name for name in (probe.enters, probe.leaves) if name]
            return "@" in self.rule or any((name in text) != ("!=" in text) for text in used for name in names)
        return True

    @property
    def _addresses(self) -> list[str]:
        return [text for text in _ADDRESS.findall(self.rule) if _is_network(text)]


@dataclass(frozen=True)
class Answer:
    """A failure has a message, a success has a result."""

    message: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the run refused."""
        return bool(self.message)

    def __str__(self) -> str:
        shown = {name: self.result[name] for name in _SHOWN if self.result.get(name)}
        return self.message or " ".join([str(shown), *(f"WARNING {text}" for text in self.warnings)])

    @property
    def blocked(self) -> list[Blocked]:
        """What it says is dropped all the same, now or after a boot."""
        return [_blocked(each) for each in self.result.get("blocked", [])]

    def at(self, moment: str) -> Answer:
        """What it says of a moment: what is dropped now is dropped after a boot as well."""
        entries = [entry for entry in self.result.get("blocked", []) if entry.get("at", NOW) in (NOW, moment)]
        return dataclasses.replace(self, result={**self.result, "blocked": entries})


def run_module(world: RunningWorld, state: str, request: Request, connection: str) -> Answer:
    """Let the module bring the host to a state, as over this SSH_CONNECTION."""
    os.environ["SSH_CONNECTION"] = connection
    module = _Module(dict(_with_defaults(request.as_options()), state=state))
    try:
        result = concern_module.outcome(module, concern, Host(run=world.run))
    except HostError as error:
        return Answer(message=str(error) or repr(error))
    return Answer(result=result, warnings=tuple(module.warnings))


class _Module:
    """What a concern needs of an AnsibleModule whose options are parsed."""

    check_mode = False
    _diff = False

    def __init__(self, params: dict) -> None:
        self.params = params
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)


def _with_defaults(options: dict) -> dict:
    given = {name: options.get(name, option.get("default")) for name, option in concern.OPTIONS.items()}
    flow = concern.FLOW
    given["flows"] = [
        {name: each.get(name, option.get("default")) for name, option in flow.items()} for each in given["flows"]
    ]
    for each in given["flows"]:
        for end in ("source", "destination"):
            each[end] = {name: each[end].get(name) for name in concern.END["options"]}
    return given


def _blocked(entry: Mapping[str, str]) -> Blocked:
    found = _PACKET.fullmatch(entry["packet"])
    if not found:
        raise ValueError(f"blocked names a packet in an unknown form: {entry['packet']!r}")
    protocol, source, source_port, destination, destination_port = found.groups()
    ports = Ports(protocol, int(source_port), int(destination_port))
    packet = Packet(source.strip("[]"), destination.strip("[]"), ports)
    return Blocked(entry["flow"], packet, entry["hook"], entry["table"], entry["chain"], entry["rule"],
                   entry.get("at", NOW))


def _is_network(text: str) -> bool:
    try:
        within("::", [text])
    except ValueError:
        return False
    return True
