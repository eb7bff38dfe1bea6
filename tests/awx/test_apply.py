# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run brings AWX to its objects; the next changes nothing, and somebody launches a job."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from .conftest import BIN
from .objects import PROJECT

OWN = {
    "fleet_ports_awx_repository": "https://git.example.net/operations/fleet.git",
    "fleet_ports_awx_image": "registry.example.net/fleet-ports:0.1.0",
}


@pytest.fixture(name="ansible", scope="module")
def fixture_ansible(awx, tmp_path_factory):
    """Run a program of Ansible's against this AWX."""
    key = tmp_path_factory.mktemp("keys") / "key"
    key.write_text("a key\n")

    def run(program, *arguments, **extra_vars):
        settings = {**OWN, "fleet_ports_awx_key_file": str(key), **extra_vars}
        environment = os.environ | {"CONTROLLER_HOST": awx.address, "CONTROLLER_OAUTH_TOKEN": "a token"}
        environment["ANSIBLE_PIPELINING"] = "True"
        words = [BIN / program, *arguments, "-e", json.dumps(settings)]
        return subprocess.run(
            words, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip

    return run


@pytest.fixture(name="launch", scope="module")
def fixture_launch(ansible):
    """Launch a job template with the module for that."""
    return lambda **arguments: ansible("ansible", "localhost", "-m", "awx.awx.job_launch", "-a", json.dumps(arguments))


def test_somebody_elses_addresses_are_refused_in_one_sentence(ansible):
    done = ansible("ansible-playbook", "apply.yml", fleet_ports_awx_image="registry.example.org/fleet-ports:0.1.0")
    assert done.returncode == 2
    assert "fleet_ports_awx_image is 'registry.example.org/fleet-ports:0.1.0': write into objects/settings.yml" in (
        " ".join(done.stdout.split())
    )


def test_one_run_makes_all_objects(ansible, awx, found):
    done = ansible("ansible-playbook", "apply.yml")
    assert done.returncode == 0, done.stdout
    assert "WARNING" not in done.stdout.replace("[WARNING]: No inventory", "").replace("[WARNING]: provided", "")
    for variable, endpoint in {
        "controller_execution_environments": "execution_environments",
        "controller_credentials": "credentials",
        "controller_projects": "projects",
        "controller_inventories": "inventories",
        "controller_inventory_sources": "inventory_sources",
        "controller_templates": "job_templates",
        "controller_workflows": "workflow_job_templates",
        "controller_schedules": "schedules",
    }.items():
        assert awx.names(endpoint) == [each["name"] for each in found[variable]]


def test_awx_has_every_field_of_a_template(awx, found):
    numbers = {
        field: {name: number for number, thing in awx.things[endpoint].items() for name in [thing["name"]]}
        for field, endpoint in (
            ("organization", "organizations"),
            ("project", "projects"),
            ("inventory", "inventories"),
            ("execution_environment", "execution_environments"),
        )
    }
    for template, thing in zip(found["controller_templates"], awx.things["job_templates"].values()):
        assert thing["linked_credentials"] == list(awx.things["credentials"])
        # Where reports are written is the only setting that these two runs of Ansible don't share.
        assert set(json.loads(thing["extra_vars"])) == set(template["extra_vars"])
        for field in set(template) - {"credentials", "extra_vars"}:
            wanted = numbers[field][template[field]] if field in numbers else template[field]
            assert thing[field] == wanted, field


def test_the_workflow_goes_from_the_plan_to_the_proof(awx):
    nodes = awx.things["workflow_job_template_nodes"]
    first = next(iter(awx.things["workflow_job_templates"]))
    own = [node for node in nodes.values() if node["workflow_job_template"] == first]
    assert [node["identifier"] for node in own] == ["plan", "approval", "site", "verify"]
    assert [node.get("linked_success_nodes", []) for node in own] == [*([after["id"]] for after in own[1:]), []]
    [approval, _other] = awx.things["workflow_approval_templates"].values()
    assert own[1]["unified_job_template"] == approval["id"]


def test_another_run_changes_nothing(ansible, awx):
    before = json.dumps(awx.things)
    done = ansible("ansible-playbook", "apply.yml")
    assert done.returncode == 0, done.stdout
    assert json.dumps(awx.things) == before
    # awx.awx calls an approval changed whenever it looks at one.
    assert all("in order" in line for line in done.stdout.splitlines() if line.startswith("changed:"))


def test_somebody_launches_a_job(launch, runs):
    done = launch(name="Fleet ports: plan", wait=True, interval=0.1)
    assert done.returncode == 0, done.stdout
    assert "Hosts with a plan: 5." in runs[-1].output


def test_an_answer_that_the_survey_does_not_know_launches_nothing(launch, runs):
    before = len(runs)
    done = launch(name="Fleet ports: site", extra_vars={"fleet_ports_max_shrink": "some"})
    assert done.returncode == 2
    assert "Value some for 'fleet_ports_max_shrink' expected to be an integer." in done.stdout
    assert len(runs) == before
