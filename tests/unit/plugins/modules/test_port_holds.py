# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module port_holds: a shell over the concern, whose options its documentation describes."""

import pytest

pytest.importorskip("ansible")

from ansible_collections.fleet.ports.plugins.module_utils._host import concern_module
from ansible_collections.fleet.ports.plugins.modules import port_holds


@pytest.fixture(name="given")
def fixture_given(monkeypatch):
    """The arguments that the module gives to AnsibleModule."""
    given = {}
    monkeypatch.setattr(port_holds, "AnsibleModule", lambda **arguments: given.update(arguments))
    monkeypatch.setattr(concern_module, "run", lambda module, concern: None)
    port_holds.main()
    return given


@pytest.mark.parametrize("options, refused", [
    (dict(addresses=["192.0.2.10"], interface="eth0"), True),
    (dict(addresses=["192.0.2.10"]), False),
    (dict(interface="eth0"), False),
])  # fmt: skip
def test_addresses_and_interface_exclude_each_other(given, options, refused):
    arg_spec = pytest.importorskip("ansible.module_utils.common.arg_spec")
    validator = arg_spec.ArgumentSpecValidator(given["argument_spec"], mutually_exclusive=given["mutually_exclusive"])
    messages = validator.validate(options).error_messages
    assert messages == (["parameters are mutually exclusive: addresses|interface"] if refused else [])


def test_check_mode_is_supported(given):
    assert given["supports_check_mode"] is True


def test_the_documentation_has_the_defaults_of_the_options(given):
    yaml = pytest.importorskip("yaml")
    documented = yaml.safe_load(port_holds.DOCUMENTATION)["options"]
    assert {name: option.get("default") for name, option in documented.items()} == {
        name: option.get("default") for name, option in given["argument_spec"].items()
    }


def test_the_examples_fit_the_options(given):
    yaml = pytest.importorskip("yaml")
    arg_spec = pytest.importorskip("ansible.module_utils.common.arg_spec")
    for task in yaml.safe_load(port_holds.EXAMPLES):
        validator = arg_spec.ArgumentSpecValidator(given["argument_spec"], mutually_exclusive=given["mutually_exclusive"])
        assert validator.validate(task["fleet.ports.port_holds"]).error_messages == []
