# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Permitted paths: what the plans of both hosts permit."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.endpoint import Endpoint
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.permitted_paths import (
    Openings,
    permitted_paths,
    phases_in_windows,
    without_address,
)

TO_MASTER = ("198.51.100.1", "192.0.2.1")


@pytest.fixture
def ends(pair):
    """The client and its master, the sender first."""

    def build(**options):
        return [Endpoint(plan, tuple(plan["addresses"]), "") for plan in (pair("c", **options), pair("m", **options))]

    return build


def by_flow(paths):
    return {flow: (path.protocol, path.source, path.destination) for path in paths for flow in path.flows}


def test_a_path_has_the_ports_that_both_plans_have(ends):
    found = by_flow(permitted_paths(*ends(c={"nim_reserved_ports": "900-1023"}), TO_MASTER, PHASES))
    assert found["nim-request"] == ("tcp", ("900-1023",), ("1058",))
    assert "nimsh-request" not in found, "the master initiates it"


def test_flows_between_the_same_ports_are_one_path(ends):
    paths = permitted_paths(*ends(), TO_MASTER, PHASES)
    assert ("tftp-image-request", "tftp-info-request") in {path.flows for path in paths}


def test_an_address_that_a_plan_does_not_have_has_no_path(ends):
    assert permitted_paths(*ends(), ("203.0.113.1", "192.0.2.1"), PHASES) == []


def test_other_phases_are_left_out(ends):
    assert "nim-request" not in by_flow(permitted_paths(*ends(), TO_MASTER, ("mount",)))


def test_openings_have_replies_and_initiating_flows(ends):
    openings = Openings(*ends(), TO_MASTER)
    assert ("tcp", 600, 1058) in openings
    assert ("tcp", 3901, 600) in openings, "the reply to nimsh-request"
    assert ("tcp", 600, 1057) not in openings
    assert ("udp", 600, 1058) not in openings


def test_flows_of_hosts_without_an_address_are_named(ends):
    assert set(without_address(ends()[0].plan["flows"])) == {"bootp-broadcast-request", "bootp-broadcast-reply"}


def test_flows_in_a_window_have_no_path_and_their_phases_are_named(ends):
    window = {"nim_firewall_window": "2h"}
    client, master = ends(c=window, m=window)
    assert set(phases_in_windows(client.plan["flows"])) == {"boot", "transfer", "mount"}
    assert "tftp-image-request" not in by_flow(permitted_paths(client, master, TO_MASTER, PHASES))
