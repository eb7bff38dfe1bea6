# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run as described in the guide creates the objects in AWX; a second run changes nothing."""

from __future__ import annotations

import json

import pytest

ENDPOINTS = {
    "controller_execution_environments": "execution_environments",
    "controller_credentials": "credentials",
    "controller_projects": "projects",
    "controller_inventories": "inventories",
    "controller_inventory_sources": "inventory_sources",
    "controller_templates": "job_templates",
    "controller_workflows": "workflow_job_templates",
    "controller_schedules": "schedules",
}
# Fields of a job template that AWX keeps as numbers.
NUMBERED = {
    "organization": "organizations",
    "project": "projects",
    "inventory": "inventories",
    "execution_environment": "execution_environments",
}


@pytest.fixture(name="user", scope="module")
def fixture_user(followed):
    """The user who has followed the guide."""
    return followed[0]


def test_one_run_made_all_objects(followed, awx, found):
    assert "WARNING" not in followed[1].stdout.replace("[WARNING]: No inventory", "").replace("[WARNING]: provided", "")
    for variable, endpoint in ENDPOINTS.items():
        assert awx.names(endpoint) == [each["name"] for each in found[variable]]


def test_awx_has_every_field_of_a_template(followed, awx, found):
    for template, thing in zip(found["controller_templates"], awx.things["job_templates"].values()):
        assert thing["linked_credentials"] == list(awx.things["credentials"])
        # Where reports are written is what the two runs of Ansible have different.
        assert set(json.loads(thing["extra_vars"])) == set(template["extra_vars"])
        for field in set(template) - {"credentials", "extra_vars"}:
            value = thing[field]
            name = awx.things[NUMBERED[field]][value]["name"] if field in NUMBERED else value
            assert template[field] == name, field


def test_the_workflow_goes_from_the_plan_to_the_proof(followed, awx):
    nodes = awx.things["workflow_job_template_nodes"]
    first = next(iter(awx.things["workflow_job_templates"]))
    own = [node for node in nodes.values() if node["workflow_job_template"] == first]
    assert [node["identifier"] for node in own] == ["plan", "approval", "site", "verify"]
    assert [node.get("linked_success_nodes", []) for node in own] == [*([after["id"]] for after in own[1:]), []]
    approval, _other = awx.things["workflow_approval_templates"]
    assert own[1]["unified_job_template"] == approval


def test_another_run_changes_nothing(user, awx):
    before = json.dumps(awx.things)
    done = user.run("cd ~/fleet; ansible-playbook apply.yml")
    assert done.returncode == 0, done.stdout
    assert json.dumps(awx.things) == before
    # awx.awx calls an approval changed whenever it looks at one.
    assert all("in order" in line for line in done.stdout.splitlines() if line.startswith("changed:"))


def test_an_answer_that_the_survey_does_not_know_launches_nothing(user, runs):
    before = len(runs)
    answers = {"name": "Fleet ports: site", "extra_vars": {"fleet_ports_max_shrink": "some"}}
    done = user.run(f"ansible localhost -m awx.awx.job_launch -a '{json.dumps(answers)}'")
    assert done.returncode == 2
    assert "Value some for 'fleet_ports_max_shrink' expected to be an integer." in done.stdout
    assert len(runs) == before


def test_addresses_of_another_organisation_are_refused_in_one_sentence(user):
    done = user.run("ansible-playbook awx/apply.yml")
    assert done.returncode == 2
    assert "registry.example.org/fleet-ports:1.0.0'; set both to your own servers in objects/settings.yml." in (
        " ".join(done.stdout.split())
    )
