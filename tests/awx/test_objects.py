# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of awx/objects: awx.awx accepts them, they are consistent, and playbooks use the variables of surveys."""

from __future__ import annotations

import re

import pytest
import yaml
from tests.awx import modules, surveys
from tests.awx.objects import PROJECT, named

from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.schema import VARIABLES
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.options import read

REPOSITORY = PROJECT.parent
NIGHTLY = r"DTSTART:\d{8}T\d{6}Z RRULE:FREQ=DAILY;INTERVAL=1"


def settings_of(playbook: str) -> set[str]:
    """The settings that a playbook of the collection documents, and the variables of the inventory."""
    text = (REPOSITORY / "playbooks" / playbook).read_text()
    others = re.findall(r"those of fleet\.ports\.(\w+)", text)
    explained = set(re.findall(r"^#   (fleet_ports_\w+)", text, re.M))
    return explained.union(VARIABLES, *(settings_of(f"{other}.yml") for other in others))


def test_awx_takes_each_object(found):
    assert set(found) == set(modules.MODULES)
    wrong = {
        (variable, thing["name"]): said
        for variable, things in found.items() for thing in things for said in modules.complaints(variable, thing)
    }  # fmt: skip
    assert wrong == {}


@pytest.mark.parametrize(
    "variable, thing, words",
    [
        ("controller_templates", {"name": "t", "job_typ": "run"}, "job_typ. Supported parameters include"),
        ("controller_templates", {"name": "t", "job_type": "test"}, "value of job_type must be one of: run, check"),
        ("controller_templates", {"name": "t", "forks": "many"}, "'forks' is of type"),
        ("controller_templates", {}, "missing required arguments: name"),
        ("controller_workflows", {"name": "w", "workflow_nodes": [{"identifer": "x"}]}, "identifer"),
    ],
)
def test_the_check_itself_finds_what_is_wrong(variable, thing, words):
    assert words in " ".join(modules.complaints(variable, thing))


def test_objects_name_only_each_other(found):
    names = {variable: [thing["name"] for thing in things] for variable, things in found.items()}
    assert all(len(set(each)) == len(each) for each in names.values())
    for template in found["controller_templates"]:
        assert template["project"] in names["controller_projects"]
        assert template["inventory"] in names["controller_inventories"]
        assert template["execution_environment"] in names["controller_execution_environments"]
        assert set(template["credentials"]) <= set(names["controller_credentials"])
        assert yaml.safe_load((PROJECT / template["playbook"]).read_text())[0]["ansible.builtin.import_playbook"] == (
            f"fleet.ports.{template['playbook'].removesuffix('.yml')}"
        )
    for source in found["controller_inventory_sources"]:
        assert source["inventory"] in names["controller_inventories"]
        assert source["source_project"] in names["controller_projects"]
        assert (PROJECT / source["source_path"]).exists()
    for workflow in found["controller_workflows"]:
        nodes = {node["identifier"] for node in workflow["workflow_nodes"]}
        for node in workflow["workflow_nodes"]:
            wanted = node["unified_job_template"]
            assert wanted["type"] == "workflow_approval" or wanted["name"] in names["controller_templates"]
            assert {each["identifier"] for each in node.get("related", {}).get("success_nodes", ())} <= nodes
    for schedule in found["controller_schedules"]:
        template = named(found["controller_templates"], schedule["unified_job_template"])
        surveys.accept(template, schedule["extra_data"])
        assert re.fullmatch(NIGHTLY, schedule["rrule"])


def test_every_playbook_has_a_template(found):
    modes = {(template["playbook"], template["job_type"]) for template in found["controller_templates"]}
    playbooks = {path.name for path in (REPOSITORY / "playbooks").glob("*.yml")}
    assert modes == {*((playbook, "run") for playbook in playbooks), ("site.yml", "check")}


def test_only_a_topology_makes_slices_possible(found):
    sliced = [each for each in found["controller_templates"] if each.get("job_slice_count", 1) > 1]
    assert [each["name"] for each in sliced] == ["Fleet ports: site in slices"]
    folder = named(found["controller_templates"], "Fleet ports: plan")["extra_vars"]["fleet_ports_report_dir"]
    for template in found["controller_templates"]:
        topology = template["extra_vars"].get("fleet_ports_topology")
        assert topology == (f"{folder}/topology.json" if template in sliced else None)


def test_a_workflow_is_not_named_like_a_template(found):
    """AWX names the workflow of a sliced job like its template; fleet.ports recognises a slice by that."""
    names = [thing["name"] for thing in (*found["controller_templates"], *found["controller_workflows"])]
    assert len(set(names)) == len(names)


def test_playbooks_know_what_templates_set_and_surveys_ask(found):
    for template in found["controller_templates"]:
        questions = template.get("survey_spec", {}).get("spec", [])
        asked = {question["variable"] for question in questions} | set(template["extra_vars"])
        # The same folder for all: a playbook that writes nothing there passes over it.
        assert asked - {"fleet_ports_report_dir"} <= settings_of(template["playbook"]), template["name"]


def test_a_workflow_asks_what_its_jobs_ask(found):
    for workflow in found["controller_workflows"]:
        site = next(node for node in workflow["workflow_nodes"] if node["identifier"] == "site")
        template = named(found["controller_templates"], site["unified_job_template"]["name"])
        assert workflow["survey_spec"] == template["survey_spec"]


def test_awx_takes_each_survey(found):
    templates = [*found["controller_templates"], *found["controller_workflows"]]
    wrong = {each["name"]: list(surveys.complaints(each["survey_spec"])) for each in templates if "survey_spec" in each}
    assert wrong == dict.fromkeys(wrong, [])
    assert len(wrong) == 8


def test_verify_takes_what_its_survey_lets_through(found):
    survey = named(found["controller_templates"], "Fleet ports: verify")["survey_spec"]
    questions = {question["variable"]: question for question in survey["spec"]}
    phases, sample = questions["fleet_ports_verify_phases"], questions["fleet_ports_verify_sample"]
    assert read({"hosts": "all", "phases": phases["choices"]}).phases == tuple(phases["choices"])
    for answer in (sample["min"], sample["max"], str(sample["max"])):
        assert read({"hosts": "all", "sample": answer}).sample == int(answer)
