# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be asked for, and the files that are no firewall maker's."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._export import aerleon, export_files
from ansible_collections.fleet.ports.plugins.plugin_utils._export.export_files import Exports

GROUPS = {"nim_masters": ["m"], "nim_clients": ["c"]}
HOSTS = {"m": {"ansible_host": "192.0.2.1", "fleet_ports_system": "aix"}, "c": {"ansible_host": "198.51.100.1"}}


@pytest.fixture(name="files")
def fixture_files(fleet):
    def write(*formats, groups=None, hosts=None):
        hosts = hosts or HOSTS
        built = fleet(groups or GROUPS, hosts)
        return dict(Exports(formats, built.plans(hosts), built.system).files())

    return write


@pytest.mark.parametrize(
    ("value", "formats"),
    [
        ("host_nft,Cisco_ASA", ("cisco_asa", "host_nft")),
        (["aerleon", "aerleon"], ("aerleon",)),
        ("['nftables', 'fortinet']", ("fortinet", "nftables")),
    ],
)
def test_formats_are_read_as_a_survey_gives_them(value, formats):
    assert export_files.read_formats(value) == formats


@pytest.mark.parametrize("value", ["cisco", ["aerleon", "checkpoint"], {"cisco_asa": True}, True, 7, [[]]])
def test_a_format_that_there_is_none_of(value):
    with pytest.raises(MatrixError, match="^policy_export: formats is .*; set it to one or more of aerleon, "):
        export_files.read_formats(value)


def test_each_format_of_a_platform_has_a_file_of_its_own():
    assert set(export_files._ENDINGS) == set(export_files.PLATFORMS)


def test_scripts_go_by_system(files):
    assert list(files("host_nft", "host_genfilt")) == ["host_nft/c.sh", "host_genfilt/m.sh"]


def test_no_host_of_a_system(files):
    with pytest.raises(MatrixError) as error:
        files("host_genfilt", hosts={"m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"}})
    assert str(error.value) == (
        "policy_export: nothing to write for host_genfilt: none of these hosts has the system aix (fleet_ports_system) "
        "and flows. Remove host_genfilt from formats."
    )


def test_the_policy_needs_no_aerleon_and_is_yaml(files, monkeypatch):
    monkeypatch.setattr(aerleon, "api", None)
    found = {name: yaml.safe_load(text) for name, text in files("aerleon").items()}
    assert list(found) == ["aerleon/policies/pol/fleet_ports.yaml", "aerleon/def/fleet_ports.yaml"]
    terms = found["aerleon/policies/pol/fleet_ports.yaml"]["filters"][0]["terms"]
    assert terms[0]["name"] and terms[0]["action"] == "accept"


def test_a_platform_needs_aerleon(files, monkeypatch):
    monkeypatch.setattr(aerleon, "api", None)
    with pytest.raises(MatrixError) as error:
        files("palo_alto")
    assert str(error.value) == (
        "Format palo_alto requires the Python package aerleon on the controller or in its execution environment. "
        "Install it with 'pip install aerleon'."
    )


def test_without_a_flow_there_is_no_policy(files):
    with pytest.raises(MatrixError, match="^policy_export: nothing to write for aerleon: no flow of these"):
        files("aerleon", groups={"nim_clients": ["c"]}, hosts={"c": HOSTS["c"]})
