# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""run_summary: what it reads of the hosts, writes and returns."""

from __future__ import annotations

import json
from unittest.mock import MagicMock

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader

from ansible_collections.fleet.ports.plugins.action import run_summary
from ansible_collections.fleet.ports.plugins.action.run_summary import ActionModule
from ansible_collections.fleet.ports.plugins.modules import run_summary as documentation

OPTIONS = yaml.safe_load(documentation.DOCUMENTATION)["options"]
FACTS = ("type", "required", "default", "choices")
GROUPS = {"all": ["plain", "m", "c"], "ungrouped": ["plain"], "nim_masters": ["m"], "nim_clients": ["c"]}


def registered(answer):
    """The variable of a host whose flows answered so."""
    result = {name: answer[name] for name in ("changed", "failed", "msg") if name in answer}
    return {"fleet_ports_host": {**result, "planned": ["flows"], "concerns": {"flows": answer}}}


FAILED = registered({"failed": True, "changed": False, "msg": "No."})


@pytest.fixture
def summarise(tmp_path, hostvars):
    """Run the task on hosts whose firewall task returned so; C(m) runs it."""

    def run(of, check=False, result=None, **arguments):
        arguments = {"of": of, **({"report_dir": str(tmp_path)} if of == "audit" else {}), **arguments}
        variables = {"plain": {}, "m": registered(result or {}), "c": FAILED}
        action = ActionModule(
            task=MagicMock(args=arguments, check_mode=check, diff=True, async_val=0), connection=MagicMock(),
            play_context=MagicMock(), loader=DataLoader(), templar=MagicMock(template=lambda value: value),
            shared_loader_obj=MagicMock(),
        )  # fmt: skip
        return action.run(
            None, {"inventory_hostname": "m", "groups": GROUPS, "hostvars": hostvars(variables), **variables["m"]}
        )

    return run


CHANGED = {"changed": True}
IN_ORDER = {"changed": False, "differences": []}


def test_changes_are_counted_and_named(summarise):
    result = summarise("changes", hosts=["m", "c"], result=CHANGED)
    assert result["summary"] == ["2 hosts: 1 changed, 0 unchanged, 1 failed.", "Changed: m", "c failed: No."]
    assert result["counts"] == {"hosts": 2, "changed": 1, "unchanged": 0, "failed": 1}
    assert result["hosts"] == {"changed": ["m"], "unchanged": [], "failed": ["c"]}
    assert (result["blocked"], result["not_rehearsed"]) == ([], [])
    assert result["changed"] is False


REHEARSED_IN_PART = {
    "changed": True,
    "not_rehearsed": "this host does not allow network namespaces",
    "blocked": [
        {
            "flow": "nimsh", "packet": "tcp 192.0.2.1:1023 > 198.51.100.1:3901", "hook": "input",
            "table": "ip filter", "chain": "INPUT", "rule": "drop", "owner": "iptables",
            "at": "now",
        }
    ],
}  # fmt: skip
BLOCKED_LINE = (
    "nimsh is blocked by 'drop' in chain INPUT of table ip filter (managed by iptables):"
    " tcp 192.0.2.1:1023 > 198.51.100.1:3901"
)
LAST_LINES = [
    "Flows not rehearsed on m: this host does not allow network namespaces.",
    "Run the playbook fleet.ports.verify to test these flows with packets.",
]


def test_changes_list_blocked_flows_and_what_the_kernel_did_not_judge(summarise):
    result = summarise("changes", hosts=["m", "c"], result=REHEARSED_IN_PART)
    assert result["summary"][3:] == [f"m: {BLOCKED_LINE}", *LAST_LINES]
    assert (result["blocked"], result["not_rehearsed"]) == (["m"], ["m"])


def test_an_audit_lists_blocked_flows_once(summarise, tmp_path):
    result = summarise("audit", hosts=["m", "c"], result={**IN_ORDER, **REHEARSED_IN_PART, "changed": False})
    assert result["summary"][1] == f"m differs: flows: {BLOCKED_LINE}"
    assert result["summary"][3:-1] == LAST_LINES
    assert (result["blocked"], result["not_rehearsed"]) == (["m"], ["m"])
    assert json.loads((tmp_path / "audit.json").read_text())["not_rehearsed"] == {"m": REHEARSED_IN_PART["not_rehearsed"]}
    assert LAST_LINES[0] in (tmp_path / "audit.md").read_text()


def test_changes_of_check_mode_are_predictions(summarise):
    assert summarise("changes", hosts="nim_masters", check=True, result=CHANGED)["summary"][1] == "Would change: m"


def test_an_audit_is_written_and_summed_up(summarise, tmp_path):
    predicted = summarise("audit", hosts=["m", "c"], check=True, result=IN_ORDER)
    assert list(tmp_path.iterdir()) == []
    result = summarise("audit", hosts=["m", "c"], result=IN_ORDER)
    assert (predicted["changed"], predicted["summary"]) == (result["changed"], result["summary"]) == (
        True,
        [
            "Audited 2 of 2 hosts with a role (the whole inventory). In order: 1, differs: 1, not audited: 0.",
            "c differs: flows: No.",
            f"Open this first: {tmp_path}/audit.md",
        ],
    )
    assert result["hosts"] == {"in_order": ["m"], "differs": ["c"], "not_audited": []}
    assert result["counts"]["findings"] == 1
    assert result["report_dir"] == str(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit.json", "audit.md"]
    document = json.loads((tmp_path / "audit.json").read_text())
    assert {host: drift["state"] for host, drift in document["hosts"].items()} == {"m": "in_order", "c": "differs"}


def test_the_same_findings_are_no_change(summarise):
    assert summarise("audit", hosts=["m", "c"], result=IN_ORDER)["files"] == 2
    again = summarise("audit", hosts=["m", "c"], result=IN_ORDER)
    assert (again["changed"], again["files"]) == (False, 0)


def test_an_audit_of_a_part_of_the_inventory_says_so(summarise):
    assert summarise("audit", hosts="m", result=IN_ORDER)["summary"][0] == (
        "Audited 1 of 2 hosts with a role (a part of the inventory). In order: 1, differs: 0, not audited: 0."
    )


def test_numbers_and_names_are_set_as_a_statistic(summarise):
    stats = summarise("changes", hosts=["m", "c"], result=CHANGED)["ansible_stats"]
    assert stats["data"]["fleet_ports_done"] == {
        "counts": {"hosts": 2, "changed": 1, "unchanged": 0, "failed": 1}, "changed": ["m"], "failed": ["c"],
    }  # fmt: skip
    stats = summarise("audit", hosts=["m", "c"], result=IN_ORDER)["ansible_stats"]
    assert stats["data"]["fleet_ports_drift"]["differs"] == ["c"]
    assert (stats["per_host"], stats["aggregate"]) == (False, True)


def test_the_summary_is_on_the_screen(summarise, monkeypatch):
    shown = []
    monkeypatch.setattr(run_summary.display, "display", shown.append)
    assert summarise("changes", hosts="m", result=CHANGED)["summary"] == shown


@pytest.mark.parametrize("of", ["changes", "audit"])
def test_an_unknown_host_is_refused(summarise, of):
    result = summarise(of, hosts="ghost")
    assert result["failed"]
    assert result["msg"].startswith("hosts: 'ghost' matches no host of the inventory.")


def test_a_folder_that_cannot_be_written_is_named(summarise):
    result = summarise("audit", hosts="all", report_dir="/proc/no/where")
    assert result["msg"].startswith("Cannot write /proc/no/where")


def test_options_of_the_other_use_are_refused(summarise):
    result = summarise("changes", hosts="m", report_dir="/reports")
    assert result["msg"] == "The option report_dir is not accepted with of=changes; remove it."


def test_an_audit_requires_a_folder(summarise):
    result = summarise("audit", hosts="m", report_dir=None)
    assert result["msg"] == "The option report_dir is required with of=audit; set it."


def test_types_defaults_and_choices_are_documented():
    documented = {name: {fact: option[fact] for fact in FACTS if fact in option} for name, option in OPTIONS.items()}
    assert documented == dict(ActionModule.ARGUMENT_SPEC)


def test_the_folder_says_which_use_it_belongs_to():
    uses = [use for use, options in ActionModule.USES.items() if "report_dir" in options.required]
    assert uses == ["audit"]
    assert "Required with O(of=audit), and not accepted otherwise." in OPTIONS["report_dir"]["description"]
