# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Misspelt variables."""

from __future__ import annotations

import glob
import os

import pytest
import yaml
from ansible_collections.fleet.ports.plugins.plugin_utils import _options
from ansible_collections.fleet.ports.plugins.plugin_utils._spelling import misspelt

COLLECTION = os.path.join(os.path.dirname(_options.__file__), "..", "..")


@pytest.mark.parametrize(
    "name, meant",
    [
        ("nim_comunication", "nim_communication"),
        ("nfs_port_mountd", None),
        ("nfs_ports_mount", "nfs_ports_mountd"),
        ("fleet_port_addresses", None),
        ("fleet_ports_adresses", "fleet_ports_addresses"),
        ("port_blocker_port", "port_blocker_ports"),
        ("fleet_ports_group", "fleet_ports_groups"),
    ],
)
def test_a_letter_or_two_are_wrong(name, meant):
    assert misspelt([name]) == ([(name, meant)] if meant else [])


@pytest.mark.parametrize("name", [*_options.VARIABLES, "fleet_ports_groups", "nim_version", "nim_site", "ansible_host"])
def test_what_is_right_or_nothing_like_ours_is_left_alone(name):
    assert misspelt([name]) == []


def test_variables_of_our_roles_are_left_alone():
    names = set()
    for path in glob.glob(os.path.join(COLLECTION, "roles", "*", "defaults", "main.yml")):
        with open(path, encoding="utf-8") as file:
            names.update(yaml.safe_load(file))
        role = path.split(os.sep)[-3]
        names.update(f"{role}_{suffix}" for suffix in ("state", "roles", "plan", "matrix", "result"))
    assert names
    assert misspelt(names) == []
