# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleet of fifty: as many hosts as it says, each with an address of its own, in groups that give roles."""

from __future__ import annotations

from ansible_collections.fleet.ports.tests.bench import fifty


def test_there_are_fifty_with_addresses_of_their_own():
    assert len({host.name for host in fifty.HOSTS}) == 50
    places = [place for host in fifty.HOSTS for place in host.places]
    assert len(set(places)) == len(places)


def test_each_is_in_groups_that_give_roles():
    groups = fifty.inventory({"node01": {"known": True}})["all"]["children"]
    placed = {name for group, content in groups.items() if not group.startswith("bench_") for name in content["hosts"]}
    assert placed == {host.name for host in fifty.HOSTS}
    assert groups["bmc_hosts"]["hosts"]["node01"]["known"] is True
    assert {*fifty.TWO, fifty.ONE} <= placed
    assert set(groups["nim_masters"]["hosts"]) == {"master01", "bmcmaster01"}
