# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data of the page: all of the plans' rows are in it, and hosts that are alike share theirs."""

from __future__ import annotations

import json

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import rows_of, rows_of_fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._report.html.data import data_of


def clients(number):
    return {f"c{count:04}": {"ansible_host": f"198.18.{count // 100}.{count % 100}"} for count in range(number)}


@pytest.fixture
def plans(fleet):
    def build(number):
        hosts = {"m": {"ansible_host": "192.0.2.1"}, **clients(number)}
        groups = {"nim_masters": ["m"], "nim_clients": list(clients(number)), "bmc_hosts": ["c0000"]}
        return fleet(groups, hosts).plans(hosts)

    return build


def data(plans, conflicts=()):
    return json.loads(json.dumps(data_of(plans, rows_of_fleet(plans.values()), conflicts)))


def test_every_row_of_every_host_can_be_told(plans):
    planned = plans(3)
    told = data(planned)
    for name, own, profile in told["hosts"]:
        rows = [
            (
                direction,
                told["kinds"][kind],
                own if source is None else told["groups"][source],
                own if destination is None else told["groups"][destination],
            )
            for kind, direction, source, destination in told["profiles"][profile]["rows"]
        ]
        assert rows == [
            (row.direction, list(row.kind), list(row.source_addresses), list(row.destination_addresses))
            for row in rows_of(planned[name])
        ]


def test_every_row_of_the_fleet_can_be_told(plans):
    planned = plans(3)
    told = data(planned)
    assert [
        (kind, told["groups"][source], told["groups"][destination])
        for kind, (source, destination) in zip(told["kinds"], told["fleet"])
    ] == [
        (list(row.kind), list(row.source_addresses), list(row.destination_addresses))
        for row in rows_of_fleet(planned.values())
    ]


def test_clients_that_are_alike_share_a_profile(plans):
    told = data(plans(300))
    assert len(told["profiles"]) == 3
    few, many = (len(json.dumps(data(plans(number)))) for number in (100, 300))
    assert (many - few) / 200 < 100


def test_the_hosts_of_conflicts_are_numbers_or_names_without_a_plan(plans):
    assert data(plans(2), [{"hosts": ["c0001", "stranger"]}])["conflicts"] == [[2, "stranger"]]


def test_text_of_others_moves_no_cursor(fleet):
    name = "a\u202eb\n\x1b[2J"
    told = data(fleet({"bmc_hosts": [name]}, {name: {}}).plans([name]))
    assert told["hosts"][0][0] == "a\ufffdb \ufffd[2J"
