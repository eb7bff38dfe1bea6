# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables: their defaults, and the sentence about one that cannot be read."""

from __future__ import annotations

import glob
import os

import pytest
import yaml

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import DEFAULT_GROUPS
from ansible_collections.fleet.ports.plugins.plugin_utils._common.errors import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema

COLLECTION = os.path.join(os.path.dirname(schema.__file__), "..", "..")


def documented_options():
    """(role, variable, its specification) for each variable of ours that a role documents."""
    for path in sorted(glob.glob(os.path.join(COLLECTION, "roles", "*", "meta", "argument_specs.yml"))):
        with open(path, encoding="utf-8") as file:
            specs = yaml.safe_load(file)["argument_specs"]
        for name, option in specs["main"]["options"].items():
            if name in schema.VARIABLES:
                yield os.path.relpath(path, COLLECTION).split(os.sep)[1], name, option


@pytest.mark.parametrize("role, name, option", list(documented_options()))
def test_roles_document_the_default_that_holds(role, name, option):
    """A default that depends on the catalog's ports is told in words."""
    if "default" in option:
        assert schema.VARIABLES[name].read(option["default"]) == schema.VARIABLES[name].default


def test_each_default_could_be_written_by_a_person():
    for name, variable in schema.VARIABLES.items():
        value = list(variable.default) if isinstance(variable.default, tuple) else variable.default
        assert variable.read(value) == variable.default, name


def test_what_nobody_set_has_its_default():
    settings = schema.read_settings("Host h", {"nim_communication": "rsh", "nim_http": ""})
    assert settings["nim_communication"] == "rsh"
    assert settings["nim_http"] is False
    assert dict(settings.given) == {"nim_communication": "rsh"}


def test_null_is_a_value_of_its_own():
    settings = schema.read_settings("Host h", {"nfs_ports_mountd": None})
    assert settings["nfs_ports_mountd"] is None
    assert settings["nfs_ports_lockd"] == 4045


@pytest.mark.parametrize(
    "name, value, sentence",
    [
        ("nim_communication", "ssh", "Host h: nim_communication is 'ssh'; set it to nimsh or rsh."),
        ("nim_master_port", 70000, "Host h: nim_master_port is 70000; set it to a port, 1 to 65535."),
        (
            "nim_reserved_ports",
            "1023-513",
            "Host h: nim_reserved_ports has '1023-513'; the range is upside down, write 513-1023.",
        ),
        (
            "nim_reserved_ports",
            "513-99999",
            "Host h: nim_reserved_ports has '513-99999'; write a port or a range of ports within 1-65535.",
        ),
        ("port_blocker_ports", [623, 99999], "Host h: port_blocker_ports has 99999; set it to a port, 1 to 65535."),
        ("nim_nfs_version", 2, "Host h: nim_nfs_version is 2; set it to 3 or 4."),
        ("fleet_ports_profile", "strict", "Host h: fleet_ports_profile is 'strict'; set it to documented or working."),
    ],
)
def test_an_unfit_value_is_one_sentence(name, value, sentence):
    with pytest.raises(MatrixError) as error:
        schema.read_settings("Host h", {name: value})
    assert str(error.value) == sentence


def test_roles_are_in_the_order_of_the_catalog():
    assert schema.read_roles("port_matrix", "bmc_host, nim_master") == ("nim_master", "bmc_host")


def test_an_unknown_role_is_named_with_those_there_are():
    with pytest.raises(MatrixError) as error:
        schema.read_roles("port_matrix", ["nim_mastr"])
    assert str(error.value).startswith("port_matrix: 'nim_mastr' is no role; the roles are nim_master, nim_client,")


def test_groups_that_are_not_named_keep_their_defaults():
    groups = schema.read_groups("Host h", {"nim_master": "masters", "nim_client": ["lpars", "vios"]})
    assert groups["nim_master"] == ("masters",)
    assert groups["nim_client"] == ("lpars", "vios")
    assert groups["bmc_host"] == (DEFAULT_GROUPS["bmc_host"],)


@pytest.mark.parametrize(
    "value, part",
    [
        (["nim_masters"], "set it to a mapping of role to list of groups"),
        ({"nim_mastr": []}, "fleet_ports_groups: 'nim_mastr' is no role"),
        ({"nim_master": {"a": 1}}, "fleet_ports_groups.nim_master is {'a': 1}; set it to a list"),
    ],
)
def test_groups_that_cannot_be_read(value, part):
    with pytest.raises(MatrixError) as error:
        schema.read_groups("Host h", value)
    assert part in str(error.value)
