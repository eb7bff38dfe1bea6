# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module firewall_flows from its arguments to its answer: what it opens, confirms and refuses."""

import json
import os
import re

import pytest

pytest.importorskip("ansible")
yaml = pytest.importorskip("yaml")

from ansible.module_utils import basic

from ansible_collections.fleet.ports.plugins.module_utils._commit import confirmed_module
from ansible_collections.fleet.ports.plugins.module_utils._flows import concern
from ansible_collections.fleet.ports.plugins.module_utils._host import host
from ansible_collections.fleet.ports.plugins.modules import firewall_flows

ROLE = os.path.join(os.path.dirname(__file__), *[".."] * 4, "roles", "nim_firewall")


@pytest.fixture(name="run")
def fixture_run(monkeypatch, capsys, record_folder):
    def run(**options):
        arguments = {"ANSIBLE_MODULE_ARGS": dict(options, _ansible_remote_tmp="/tmp", _ansible_keep_remote_files=False)}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps(arguments).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        monkeypatch.setattr(host.os, "geteuid", lambda: 0)
        with pytest.raises(SystemExit):
            firewall_flows.main()
        return json.loads(capsys.readouterr().out)

    return run


def test_without_flows_nothing_is_changed_and_no_option_is_returned(run):
    answer = run()
    assert (answer["changed"], answer["backend"], answer["rules"], answer["owned"]) == (False, "", 0, [])
    assert not answer.get("invocation")
    assert "unconfirmed" not in answer


def test_a_token_of_no_pending_change_confirms_nothing(run, record_folder):
    answer = run(_confirms="a-token")
    assert (answer["changed"], answer["confirmed"], answer["owned"]) == (False, False, [])
    assert not os.path.exists(str(record_folder))


def test_a_time_to_confirm_beyond_the_limits_is_refused(run):
    answer = run(confirm_timeout=4)
    assert answer["failed"] and answer["msg"] == "confirm_timeout is 4; set it to 5 to 3600 seconds, or to 0."


def test_a_plan_that_cannot_be_read_is_one_sentence(run):
    answer = run(peers={"c": ["192.0.2.300"]})
    assert answer["failed"] and answer["msg"].startswith("Peers c: Invalid IP address or network '192.0.2.300'")


def test_the_options_of_the_action_plugin_are_not_documented():
    assert "_awaits" not in firewall_flows.DOCUMENTATION and "_confirms" not in firewall_flows.DOCUMENTATION


def _read(*path):
    with open(os.path.join(ROLE, *path), encoding="utf-8") as file:
        return file.read()


def test_the_role_documents_the_options_as_the_module_has_them():
    """The role passes on what is set, so the module's defaults are its own."""
    documented = yaml.safe_load(_read("meta", "argument_specs.yml"))["argument_specs"]["main"]["options"]
    passed = dict(re.findall(r"^    (\w+): \"{{ ((?:nim_firewall|fleet_ports)_\w+) \|", _read("tasks", "main.yml"), re.MULTILINE))
    options = dict(concern.OPTIONS, **confirmed_module.OPTIONS)
    assert len(passed) == 9
    for option, variable in passed.items():
        for key in ("type", "default", "choices"):
            assert documented[variable].get(key) == options[option].get(key), (variable, key)


def test_the_readme_of_the_role_has_each_variable_with_its_default():
    documented = yaml.safe_load(_read("meta", "argument_specs.yml"))["argument_specs"]["main"]["options"]
    rows = dict(re.findall(r"^\| `(\w+)` \| (?:`([^`]*)`)? *\|", _read("README.md"), re.MULTILINE))
    own = {name for name in documented if name.startswith("nim_firewall_")} | {"fleet_ports_max_shrink"}
    assert set(rows) == own
    for name, default in rows.items():
        assert yaml.safe_load(default or "null") == documented[name].get("default"), name
