# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person launches in AWX: the plan, the preview, the workflow, the audit, and all back again.

The tests of this file build on each other; the first starts from hosts as they were installed.
"""

from __future__ import annotations

import json
import re

import pytest

from tests.awx import surveys
from tests.awx.objects import named
from tests.lab.fleet import host as host_called
from tests.lab.probes import fingerprint, ruleset

NAMES = ("master01", "gateway01", "client02")
# What a line of AWX's job view takes before nobody reads it.
LONGEST = 500


@pytest.fixture(scope="module", autouse=True)
def fresh(lab):
    """The hosts as they were installed."""
    lab.renew(*NAMES)


@pytest.fixture(name="state", scope="module")
def fixture_state(host):
    """All of the hosts that this collection may touch."""
    return lambda: {name: (fingerprint(host(name)), ruleset(host(name))) for name in NAMES}


@pytest.fixture(name="one", scope="module")
def fixture_one(awx):
    """Launch a job template that is not sliced; its output reads well, whatever comes of it."""
    launcher = awx()

    def launch(name, **answers):
        [run] = launcher.launch(f"Fleet ports: {name}", **answers)
        lines = [line for line in run.output.splitlines() if len(line) > LONGEST]
        assert lines == []
        return run

    return launch


def test_plan_hands_on_where_its_reports_are(one, reports):
    run = one("plan")
    assert run.status == 0, run.output
    planned = {"hosts": 3, "conflicts": 0, "report": f"{reports}/fleet.md", "topology": f"{reports}/topology.json"}
    assert run.artifacts() == {"fleet_ports_planned": planned}
    assert (reports / "fleet.md").exists() and (reports / "topology.json").exists()


def test_the_preview_predicts_and_changes_nothing(one, state):
    before = state()
    run = one("preview")
    assert run.status == 0, run.output
    counts = {"hosts": 3, "changed": 3, "unchanged": 0, "failed": 0}
    assert run.artifacts() == {"fleet_ports_done": {"counts": counts, "changed": list(NAMES), "failed": []}}
    assert "3 hosts: 3 would change, 0 unchanged, 0 failed." in run.output
    assert state() == before


def test_an_answer_that_no_survey_let_through_stops_before_any_host(awx, state):
    """Somebody launches by the API of a template that prompts for variables."""
    before = state()
    launcher = awx()
    template = next(each for each in launcher.objects["controller_templates"] if each["playbook"] == "site.yml")
    for variables, sentence in (
        ({"fleet_ports_max_shrink": "some"},
         "fleet_ports_max_shrink is 'some'; set it to a whole number from 0 to 100."),
        ({"fleet_ports_serial": "many"},
         "fleet_ports_serial is 'many'; set it to a number of hosts, such as 10, or a percentage, such as 25%."),
        ({"nim_communication": "telnet"},
         "Host master01: nim_communication is 'telnet'; set it to nimsh or rsh."),
    ):  # fmt: skip
        [run] = launcher.run({**template, "job_type": "run"}, variables)
        assert run.status == 2
        assert set(run.complaints().values()) == {sentence}
    assert state() == before


def test_an_inventory_without_a_master_says_so_in_one_sentence(awx):
    clients = {"nim_clients": {"hosts": {"client02": {"ansible_host": "198.51.100.12"}}}}
    [run] = awx(clients).launch("Fleet ports: preview")
    assert (
        "client02: The role nim_client has no peers: domain 'default' has no other nim_master or "
        "nim_resource_server. Nothing is opened for this role. Check the groups of the peers, and their nim_domain."
    ) in run.output
    [run] = awx({"routers": {"hosts": {"client02": {}}}}).launch("Fleet ports: site")
    [sentence] = run.complaints().values()
    assert sentence.startswith("None of these hosts has a role; add them to one of the groups nim_masters, ")


def test_an_execution_environment_that_lacks_a_package(awx, tmp_path):
    (tmp_path / "netaddr.py").write_text("raise ImportError('netaddr is not here')\n")
    [run] = awx(PYTHONPATH=str(tmp_path)).launch("Fleet ports: site")
    [sentence] = run.complaints().values()
    assert sentence == (
        "fleet.ports needs the Python package netaddr, which is missing on the controller or in its execution "
        "environment. Install netaddr there."
    )
    assert run.status == 2


def test_the_workflow_brings_the_fleet_in_order_and_proves_it(awx, state):
    before = state()
    went = {}
    for node, runs in awx().workflow("Fleet ports: in order", fleet_ports_serial="1"):
        assert all(run.status == 0 for run in runs), [run.output for run in runs]
        went[node] = [run.artifacts() for run in runs]
        if node == "approval":
            assert state() == before
    assert list(went) == ["plan", "approval", "site", "verify"]
    assert went["site"][0]["fleet_ports_done"]["counts"] == {"hosts": 3, "changed": 3, "unchanged": 0, "failed": 0}
    assert went["verify"][0]["fleet_ports_verify"]["blocked"] == 0
    assert went["verify"][0]["fleet_ports_verify"]["passed"] > 0


def test_slices_change_nothing_any_more(awx, state):
    before = state()
    runs = awx().launch("Fleet ports: site in slices")
    assert [run.status for run in runs] == [0, 0], [run.output for run in runs]
    assert [run.artifacts()["fleet_ports_done"]["counts"]["unchanged"] for run in runs] == [2, 1]
    assert state() == before


def test_verify_takes_the_answers_of_its_survey(awx):
    """In check mode it sends nothing, and so need not wait until packet filters have forgotten the workflow's proof."""
    launcher = awx()
    template = named(launcher.objects["controller_templates"], "Fleet ports: verify")
    answers = {"fleet_ports_verify_hosts": "client02", "fleet_ports_verify_phases": ["register"]}
    counts = []
    for sample in (1, 20):
        variables = surveys.accept(template, {**answers, "fleet_ports_verify_sample": sample})
        [run] = launcher.run({**template, "job_type": "check"}, variables)
        assert run.status == 0, run.output
        counts.append(int(re.search(r"(\d+) probes between", run.output).group(1)))
    assert counts[0] < counts[1]


def test_a_limit_leaves_the_others_alone(one, host):
    host("client02").run("sed -i /^nimaux/d /etc/services")
    run = one("site", limit="master01")
    assert run.status == 0, run.output
    assert run.artifacts()["fleet_ports_done"]["counts"] == {"hosts": 1, "changed": 0, "unchanged": 1, "failed": 0}


def test_the_audit_of_a_schedule_fails_if_a_host_differs(one, reports):
    run = one("audit", fleet_ports_audit_fail="true")
    assert run.status == 2
    assert run.artifacts()["fleet_ports_drift"]["differs"] == ["client02"]
    [sentence] = run.complaints().values()
    assert sentence.endswith(f"In order: 2, differs: 1, not audited: 0. See {reports}/audit.md.")
    assert set(json.loads((reports / "audit.json").read_text())["hosts"]) == set(NAMES)


def test_a_host_that_is_away_is_in_the_summary(lab, host, one):
    host("gateway01").run("systemctl stop ssh.socket ssh.service")
    lab.controller.forget(host_called("gateway01"))
    run = one("preview")
    lab.reboot("gateway01")
    assert run.status != 0
    assert run.artifacts()["fleet_ports_done"]["failed"] == ["gateway01"]
    assert "gateway01 failed: " in run.output


def test_remove_gives_back_whom_the_survey_names(one, host):
    run = one("remove", fleet_ports_hosts="client02")
    assert run.status == 0, run.output
    assert run.artifacts()["fleet_ports_done"]["counts"] == {"hosts": 1, "changed": 1, "unchanged": 0, "failed": 0}
    assert not host("client02").succeeds("test -e /var/lib/fleet.ports/flows.json")
    assert host("master01").succeeds("test -e /var/lib/fleet.ports/flows.json")
