# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module rpc_ports: its documentation and examples fit its options."""

import pytest

pytest.importorskip("ansible")
yaml = pytest.importorskip("yaml")

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.fleet.ports.plugins.module_utils._host import concern_module
from ansible_collections.fleet.ports.plugins.module_utils._pins import concern
from ansible_collections.fleet.ports.plugins.modules import rpc_ports

OPTIONS = concern_module.argument_spec(concern)


def test_options_and_documentation_say_the_same():
    documented = yaml.safe_load(rpc_ports.DOCUMENTATION)["options"]
    assert {name: (option["type"], option.get("default")) for name, option in documented.items()} == {
        name: (option["type"], option.get("default")) for name, option in OPTIONS.items()
    }


def test_the_examples_fit_the_options():
    tasks = yaml.safe_load(rpc_ports.EXAMPLES)
    for task in tasks:
        assert ArgumentSpecValidator(OPTIONS).validate(task["fleet.ports.rpc_ports"]).error_messages == []
    assert len(tasks) == 4
