# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Misspelt variables and groups."""

from __future__ import annotations

import glob
import os
import random

import pytest
import yaml

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import DEFAULT_GROUPS
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema, spelling
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.spelling import misspelt_groups, misspelt_variables

COLLECTION = os.path.join(os.path.dirname(schema.__file__), "..", "..", "..")


@pytest.mark.parametrize(
    "name, meant",
    [
        ("nim_comunication", "nim_communication"),
        ("nfs_port_mountd", "nfs_ports_mountd"),
        ("nfs_ports_mount", "nfs_ports_mountd"),
        ("fleet_port_addresses", "fleet_ports_addresses"),
        ("fleet_ports_adresses", "fleet_ports_addresses"),
        ("port_blocker_port", "port_blocker_ports"),
        ("fleet_ports_group", "fleet_ports_groups"),
        ("portblocker_ports", "port_blocker_ports"),
        ("nimdomain", "nim_domain"),
        ("nim_firewall_on_block", "nim_firewall_on_blocked"),
    ],
)
def test_a_letter_or_two_are_wrong(name, meant):
    assert misspelt_variables([name]) == ([(name, meant)] if meant else [])


@pytest.mark.parametrize("name", [*schema.VARIABLES, *schema.HOST_VARIABLES, "fleet_ports_groups", "nim_version", "nim_site", "ansible_host",
                                  "nfs_port", "nfs_exports", "nfs_mountd_port", "ports", "port", "fleet_domain",
                                  "nfs_server_ports", "nfs_rpc_mountd_port", "nim_master_host", "port_blocker_path"])
def test_what_is_right_or_nothing_like_ours_is_left_alone(name):
    assert misspelt_variables([name]) == []


@pytest.mark.parametrize(
    "name, meant",
    [
        ("bmc_host", "bmc_hosts"),
        ("bcm_hosts", "bmc_hosts"),
        ("nim-masters", "nim_masters"),
        ("nim_gateway", "nim_gateways"),
        ("nfs_servers", None),
        ("nim_servers", None),
        ("aix", None),
        ("nim_clients_aix", None),
        *((group, None) for group in DEFAULT_GROUPS.values()),
    ],
)
def test_groups(name, meant):
    ours = list(DEFAULT_GROUPS.values())
    assert list(misspelt_groups(["all", name, "ungrouped"], ours)) == ([(name, meant)] if meant else [])


def test_the_first_look_passes_over_no_likeness(monkeypatch):
    draw, ours = random.Random(1), list(DEFAULT_GROUPS.values())
    names = set()
    for _time in range(2000):
        letters = list(draw.choice(ours))
        for _time in range(draw.randint(1, 3)):
            letters[draw.randrange(len(letters))] = draw.choice(["", "x", "s", "_", "nn"])
        names.add("".join(letters))
    found = list(misspelt_groups(names, ours))
    monkeypatch.setattr(spelling, "_may_be_similar", lambda name, other: True)
    assert found == list(misspelt_groups(names, ours))
    assert 100 < len(found) < len(names)


def test_variables_of_our_roles_are_left_alone():
    names = set()
    for path in glob.glob(os.path.join(COLLECTION, "roles", "*", "defaults", "main.yml")):
        with open(path, encoding="utf-8") as file:
            names.update(yaml.safe_load(file))
        role = path.split(os.sep)[-3]
        names.update(f"{role}_{suffix}" for suffix in ("state", "roles", "plan", "matrix", "result"))
    assert names
    assert misspelt_variables(names) == []
