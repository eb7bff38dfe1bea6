# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that the modules of awx.awx accept, from their argument specs and documentation."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any
from unittest import mock

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

MODULES = {
    "controller_execution_environments": "execution_environment",
    "controller_credentials": "credential",
    "controller_projects": "project",
    "controller_inventories": "inventory",
    "controller_inventory_sources": "inventory_source",
    "controller_templates": "job_template",
    "controller_workflows": "workflow_job_template",
    "controller_schedules": "schedule",
}


def complaints(variable: str, thing: Mapping[str, Any]) -> list[str]:
    """The errors of the module for an object in a variable of infra.aap_configuration."""
    errors = ArgumentSpecValidator(_argument_spec(MODULES[variable])).validate(thing).error_messages
    return errors or [each for node in thing.get("workflow_nodes", ()) for each in _complaints_of_node(node)]


def _module(name: str) -> Any:
    return importlib.import_module(f"ansible_collections.awx.awx.plugins.modules.{name}")


def _argument_spec(name: str) -> dict[str, Any]:
    """Interrupts the main() of a module at its argument spec."""
    module = _module(name)
    with mock.patch.object(module, "ControllerAPIModule", side_effect=StopIteration) as constructor:
        try:
            module.main()
        except StopIteration:
            return constructor.call_args.kwargs["argument_spec"]
    raise AssertionError(f"{name} takes nothing")


def _complaints_of_node(node: Mapping[str, Any]) -> list[str]:
    """Workflow nodes have no argument spec; their documentation is used."""
    options = yaml.safe_load(_module("workflow_job_template").DOCUMENTATION)["options"]["workflow_nodes"]["suboptions"]
    return ArgumentSpecValidator(_spec_of(options)).validate(node).error_messages


def _spec_of(options: Mapping[str, Any]) -> dict[str, Any]:
    known = ("type", "elements", "choices", "required", "aliases")
    spec = {name: {key: option[key] for key in known if key in option} for name, option in options.items()}
    for name, option in options.items():
        if "suboptions" in option:
            spec[name]["options"] = _spec_of(option["suboptions"])
    return spec
