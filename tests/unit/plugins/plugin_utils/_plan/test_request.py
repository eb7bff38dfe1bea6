# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks: options as the variables they stand for, and options that contradict each other."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.fleet.ports.plugins.modules import port_matrix
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import request as request_module
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import ARGUMENT_SPEC, Request, query_plan

PLAN = {"flows": [{"id": "a", "direction": "in"}, {"id": "b", "direction": "out"}]}


def request(**options):
    return Request({**dict.fromkeys(ARGUMENT_SPEC), "on_conflict": "report", **options})


def test_nothing_asked():
    asked = request()
    assert (asked.hosts, asked.roles, asked.peers) == (None, None, {})
    assert not asked.common.given
    assert not asked.own.given


def test_no_roles_listed_leaves_the_host_those_of_its_groups():
    assert request(roles=[]).roles is None


def test_text_from_a_survey_means_what_it_says():
    asked = request(
        roles="nim_client, bmc_host", domain="blue", addresses="192.0.2.1", profile="documented", system="AIX", nim_http="false",
        nim_install="pull", nim_master_port="2058", nfs_ports_mountd="null", port_blocker_ports="623",
        peers={"nim_master": "192.0.2.9"}, nim_registration_port="",
    )
    assert asked.roles == ("nim_client", "bmc_host")
    assert dict(asked.own.given) == {"nim_domain": "blue", "fleet_ports_addresses": ("192.0.2.1/32",)}
    assert dict(asked.common.given) == {
        "fleet_ports_profile": "documented",
        "fleet_ports_system": "aix",
        "nim_http": False,
        "nim_install": ("pull",),
        "nim_master_port": 2058,
        "nfs_ports_mountd": None,
        "port_blocker_ports": (623,),
    }
    assert asked.peers == {"nim_master": ("192.0.2.9/32",)}


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"nim_master_port": "x"}, "port_matrix: nim_master_port is 'x'; set it to a port between 1 and 65535."),
        ({"addresses": "nim01"}, "port_matrix: addresses has 'nim01'; set it to an IP address or a network, "
                                 "such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/64."),
        ({"profile": "strict"}, "port_matrix: profile is 'strict'; set it to documented or working."),
        ({"peers": {"masters": []}}, "port_matrix: peers: Unknown role 'masters'. The roles are nim_master, "
                                     "nim_client, nim_resource_server, nim_gateway, bmc_host, nfs_server, nfs_client."),
        ({"hosts": "all", "roles": "bmc_host"}, "port_matrix: roles applies to one host and cannot be combined with "
                                                "hosts. Remove one of the two."),
        ({"dest": "/x"}, "port_matrix: dest, report_dir and topology_dest require hosts. Set hosts as well."),
        ({"hosts": "all", "topology_dest": "/x", "topology": {}},
         "port_matrix: topology_dest writes the topology of the inventory and cannot be combined with topology. "
         "Remove one of the two."),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(options, sentence):
    with pytest.raises(MatrixError) as error:
        request(**options)
    assert str(error.value) == sentence


def test_the_options_are_those_of_the_documentation():
    assert set(yaml.safe_load(port_matrix.DOCUMENTATION)["options"]) == set(ARGUMENT_SPEC)


def test_an_answer():
    assert query_plan("flows[?direction=='in'].id", PLAN) == ["a"]


@pytest.mark.parametrize("expression", ["flows[?", "length(nothing)"])
def test_what_is_no_question_is_one_sentence(expression):
    with pytest.raises(MatrixError) as error:
        query_plan(expression, PLAN)
    assert str(error.value).startswith(f"query '{expression}' is not a JMESPath expression for a plan: ")
    assert "\n" not in str(error.value)


def test_without_jmespath_the_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(request_module, "jmespath", None)
    with pytest.raises(MatrixError) as error:
        query_plan("flows", PLAN)
    assert "query needs the Python package jmespath" in str(error.value)


@pytest.mark.parametrize("expression", ["flows[0:1:0]", "[" * 3000, "!" * 3000])
def test_whatever_the_library_makes_of_it_the_expression_is_wrong(expression):
    with pytest.raises(MatrixError, match="is not a JMESPath expression for a plan"):
        query_plan(expression, {"flows": [1, 2]})
