# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""run_check: what it refuses, in which kind of run, and what it shows."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.action import run_check

GROUPS = {"all": ["plain", "m", "c"], "ungrouped": ["plain"], "nim_masters": ["m"], "nim_clients": ["c"]}
HOSTVARS = {"m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"}, "plain": {}}


@pytest.fixture
def check(hostvars, monkeypatch):
    """Run the task; keywords are variables of the run."""

    def run(of="site", hosts=("m", "c"), **variables):
        shown = []
        monkeypatch.setattr(run_check.display, "display", shown.append)
        action = run_check.ActionModule(
            task=MagicMock(args={"of": of, "hosts": list(hosts)}, check_mode=False, diff=False, async_val=0),
            connection=MagicMock(), play_context=MagicMock(), loader=DataLoader(),
            templar=MagicMock(template=lambda value: value), shared_loader_obj=MagicMock(),
        )  # fmt: skip
        known = {"inventory_hostname": "m", "groups": GROUPS, "hostvars": hostvars(HOSTVARS), **HOSTVARS["m"]}
        return {**action.run(None, {**known, **variables}), "shown": shown}

    return run


def test_a_fleet_without_errors_goes_on_and_its_advice_is_shown(check):
    result = check()
    assert "failed" not in result and result["count"] == 2
    assert result["shown"] == [conflict["sentence"] for conflict in result["conflicts"]] != []


def test_a_conflict_that_would_break_a_host_ends_the_run(check):
    result = check(nfs_ports_lockd=20048)
    assert result["failed"] and "20048" in result["msg"]


@pytest.mark.parametrize("of", ["site", "audit", "remove"])
@pytest.mark.parametrize(
    "variable, value, message",
    [
        ("fleet_ports_serial", "0", "fleet_ports_serial is '0'; set it to a number of hosts, such as 10, or a percentage, such as 25%."),
        ("fleet_ports_serial", ["1", "ten"], "fleet_ports_serial is 'ten'; set it to a number of hosts, such as 10, or a percentage, such as 25%."),
        ("fleet_ports_max_fail_percentage", "half", "fleet_ports_max_fail_percentage is 'half'; set it to a percentage, such as 0 or 25."),
        ("fleet_ports_max_shrink", 101, "fleet_ports_max_shrink is '101'; set it to a whole number from 0 to 100."),
        ("nim_firewall_on_blocked", "ignore", "nim_firewall_on_blocked is 'ignore'; set it to fail or warn."),
        ("ansible_run_tags", ["opne"], "The tag 'opne' selects no concern. Did you mean open?"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_one_sentence_in_any_run(check, of, variable, value, message):
    assert check(of, **{variable: value})["msg"] == message


@pytest.mark.parametrize("value", ["flow", ["open", "flow"], "open, flow"])
def test_an_unknown_concern_is_refused(check, value):
    assert check(fleet_ports_concerns=value)["msg"].startswith("fleet_ports_concerns: 'flow' is not a concern.")


@pytest.mark.parametrize(
    "settings",
    [
        {"fleet_ports_serial": "", "fleet_ports_max_shrink": None, "fleet_ports_concerns": ""},
        {"fleet_ports_serial": [1, "10%"], "fleet_ports_max_fail_percentage": "12.5", "fleet_ports_max_shrink": "100"},
        {"fleet_ports_concerns": "open, hold"},
    ],
)
def test_right_and_empty_settings_are_accepted(check, settings):
    assert "failed" not in check(**settings)


@pytest.mark.parametrize("of, fails", [("site", True), ("audit", True), ("remove", False)])
def test_hosts_without_a_role_are_refused_where_a_plan_is_needed(check, of, fails):
    result = check(of, hosts=["plain"])
    assert result.get("failed", False) == fails
    if fails:
        assert result["msg"].startswith("None of these hosts has a role;")


def test_an_audit_reports_conflicts_itself(check):
    assert "failed" not in check("audit", nfs_ports_lockd=20048)
