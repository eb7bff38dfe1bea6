# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""probe_step: run one step of a batch on a host with flow_probe, and keep on the controller what the host found.

A host that cannot be reached, or that fails, is a finding about its probes and never the end of the run.
"""

from __future__ import annotations

from ansible.errors import AnsibleError

from ansible_collections.fleet.ports.plugins.plugin_utils._common.controller_task import ControllerTask
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.workspace import (
    COLLECT,
    LISTEN,
    MODES,
    SEND,
    Run,
    for_the_host,
)

# What a host says of its probes, in one mode or the other.
_FINDINGS = ("obstacles", "served", "outcomes", "details", "heard", "displaced")
# What Ansible says beside a module's answer, such as which interpreter it found.
_ANSIBLES_OWN = ("ansible_facts", "warnings", "deprecations")


class ActionModule(ControllerTask):
    _requires_connection = True

    ARGUMENT_SPEC = {
        "schedule": {"type": "path", "required": True},
        "batch": {"type": "int", "required": True},
        "mode": {"type": "str", "choices": list(MODES), "required": True},
    }

    def answer(self, arguments, task_vars):
        batch, mode = arguments["batch"], arguments["mode"]
        run, host = Run(arguments["schedule"]), task_vars["inventory_hostname"]
        part = run.part(batch, host)
        probes = _worth_doing(run, batch, host, mode, part) if part else []
        if not probes or self._task.check_mode:
            return {"skipped": True, "skip_reason": "nothing to do here"}
        found = self._probe(_arguments(mode, part, probes), task_vars)
        if found.get("failed"):
            why = found.get("msg", "it failed and did not say why")
            finding = {"obstacle": f"{host}: {why}", "unreachable": found.get("unreachable", False)}
        else:
            finding = {name: found[name] for name in _FINDINGS if name in found}
        run.note(batch, host, mode, finding)
        return {
            "probes": len(probes),
            "obstacle": finding.get("obstacle"),
            **{name: found[name] for name in _ANSIBLES_OWN if name in found},
        }

    def _probe(self, arguments, task_vars):
        try:
            return self._execute_module("fleet.ports.flow_probe", module_args=arguments, task_vars=task_vars)
        except AnsibleError as error:
            return {"failed": True, "unreachable": True, "msg": " ".join(str(error).split())}


def _worth_doing(run, batch, host, mode, part):
    """Return the probes of a step, but none of a host that was not there before, or to one that does not listen."""
    if mode == LISTEN:
        return part[LISTEN]
    listening = {name: run.finding(batch, name, LISTEN) for name in {host, *(probe["to"] for probe in part[SEND])}}
    if mode == COLLECT:
        return [] if "obstacle" in listening[host] else part[LISTEN]
    if listening[host].get("unreachable"):
        return []
    return [probe for probe in part[SEND] if "obstacle" not in listening[probe["to"]]]


def _arguments(mode, part, probes):
    arguments = {"mode": mode, "nonce": part["nonce"]}
    if mode != COLLECT:
        arguments["probes"] = list(map(for_the_host, probes))
    if mode == LISTEN:
        arguments["seconds"] = part["seconds"]
    if mode == SEND:
        arguments["rate"] = part["rate"]
    return arguments
