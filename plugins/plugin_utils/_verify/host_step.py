# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps C(listen), C(send) and C(collect): a host's part of a batch, and what the host found.

A host that cannot be reached, or on which flow_probe fails, is a finding about its probes and never ends the run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ansible_collections.fleet.ports.plugins.plugin_utils._verify.run_folder import (
    COLLECT,
    LISTEN,
    SEND,
    Part,
    RunFolder,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import Probe

# The results of flow_probe that are findings.
_FINDINGS = ("obstacles", "served", "outcomes", "details", "heard", "displaced", "tracking_seconds")
# What Ansible adds to a module's result, such as the interpreter that it discovered.
_ADDED_BY_ANSIBLE = ("ansible_facts", "warnings", "deprecations")
# The options of flow_probe for a probe.
_OF_A_PROBE = ("id", "protocol", "source_address", "source_port", "destination_address", "destination_port")


def run(
    folder: str, batch: int, host: str, step: str, flow_probe: Callable[[Mapping[str, object]], Mapping[str, object]]
) -> dict[str, object]:
    """Let the host do its part, keep what it found, and return the task's result.

    C(flow_probe) runs the module on the host with these options, and returns its result.
    """
    run_folder = RunFolder(folder)
    part = run_folder.part(batch, host)
    probes = _useful_probes(run_folder, batch, host, step, part) if part else []
    if not probes:
        return skipped("the host has nothing to do in this step")
    found = flow_probe(_options(step, part, probes))
    if found.get("failed"):
        why = found.get("msg", "flow_probe failed without a message")
        finding = {"obstacle": f"{host}: {why}", "unreachable": found.get("unreachable", False)}
    else:
        finding = {name: found[name] for name in _FINDINGS if name in found}
    run_folder.note(batch, host, step, finding)
    return {
        "probes": len(probes),
        "obstacle": finding.get("obstacle"),
        **{name: found[name] for name in _ADDED_BY_ANSIBLE if name in found},
    }


def skipped(why: str) -> dict[str, object]:
    return {"skipped": True, "skip_reason": why}


def _useful_probes(run_folder: RunFolder, batch: int, host: str, step: str, part: Part) -> list[Probe]:
    """Return the probes of a step; none from a host that was unreachable before, or to one that does not listen."""
    if step == LISTEN:
        return part[LISTEN]
    names = {host, *(probe["to"] for probe in part[SEND])}
    listening = {name: run_folder.finding(batch, name, LISTEN) for name in names}
    if step == COLLECT:
        return [] if "obstacle" in listening[host] else part[LISTEN]
    if listening[host].get("unreachable"):
        return []
    return [probe for probe in part[SEND] if "obstacle" not in listening[probe["to"]]]


def _options(step: str, part: Part, probes: list[Probe]) -> dict[str, object]:
    """Return the options of flow_probe."""
    options = {"mode": step, "nonce": part["nonce"]}
    if step != COLLECT:
        options["probes"] = [{name: probe[name] for name in _OF_A_PROBE} for probe in probes]
    if step == LISTEN:
        options["seconds"] = part["seconds"]
    if step == SEND:
        options["rate"] = part["rate"]
    return options
