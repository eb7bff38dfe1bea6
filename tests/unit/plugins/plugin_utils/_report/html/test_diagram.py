# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diagram: an arrow for all that begins between two roles in a phase, and no two labels in one place."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import rows_of_fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._report.html.diagram import diagram_of

GROUPS = {
    "nim_masters": ["m"], "nim_clients": ["c"], "nim_resource_servers": ["r"], "nim_gateways": ["g"],
    "pinned_nfs_servers": ["s"], "pinned_nfs_clients": ["k"], "bmc_hosts": ["c"],
}  # fmt: skip
HOSTS = {name: {"ansible_host": f"192.0.2.{number}"} for number, name in enumerate("mcrgsk", 1)}


@pytest.fixture
def diagram(fleet):
    def draw(groups, **variables):
        hosts = {name: {**HOSTS[name], **variables} for names in groups.values() for name in names}
        return diagram_of(rows_of_fleet(fleet(groups, hosts).plans(hosts).values()))

    return draw


def arrows(drawn):
    return {
        (band.phase, arrow.source, arrow.destination): arrow.words for band in drawn.bands for arrow in band.arrows
    }


def test_phases_go_from_top_to_bottom_and_roles_from_left_to_right(diagram):
    drawn = diagram(GROUPS)
    assert [band.phase for band in drawn.bands] == ["register", "boot", "transfer", "mount", "operate", "shell"]
    assert list(drawn.roles) == [
        "nim_master", "nim_resource_server", "nim_gateway", "nim_client", "nfs_server", "nfs_client",
    ]  # fmt: skip
    assert list(drawn.roles.values()) == sorted(drawn.roles.values())


def test_who_begins_is_where_an_arrow_starts(diagram):
    drawn = arrows(diagram({"nim_masters": ["m"], "nim_clients": ["c"]}))
    assert drawn["boot", "nim_client", "nim_master"] == ["bootp 67"]
    assert drawn["shell", "nim_master", "nim_client"] == ["nimsh 3901"]
    assert drawn["transfer", "nim_master", "nim_client"] == ["tftp"]


def test_a_service_has_the_ports_that_can_be_told(fleet):
    groups = {"pinned_nfs_servers": ["s"], "pinned_nfs_clients": ["k"]}
    told = {(20048,): "mountd 20048", (20048, 9999): "mountd 9999/20048", (1030, 1031, 1032): "mountd"}
    for ports, word in told.items():
        plans = {}
        for number, port in enumerate(ports):
            hosts = {"s": {**HOSTS["s"], "nfs_ports_mountd": port}, "k": HOSTS["k"]}
            plans.update({(number, name): plan for name, plan in fleet(groups, hosts).plans(hosts).items()})
        assert word in arrows(diagram_of(rows_of_fleet(plans.values())))["mount", "nfs_client", "nfs_server"]


def test_no_label_lies_on_another_and_each_fits_its_arrow(diagram):
    drawn = diagram(GROUPS, nim_communication="rsh")
    boxes = []
    for band in drawn.bands:
        for arrow in band.arrows:
            assert band.top < arrow.first_line_y - drawn.line + 4
            assert arrow.y < band.top + band.height
            boxes.append((arrow.first_line_y - drawn.line, arrow.y))
            assert ", ".join(arrow.words) == " ".join(arrow.lines)
    for (_top, bottom), (top, _bottom) in itertools.pairwise(boxes):
        assert bottom <= top
    assert boxes[-1][1] < drawn.height


def test_what_says_nothing_is_not_drawn(diagram):
    assert diagram({"bmc_hosts": ["c"]}) is None
    assert diagram_of([]) is None
