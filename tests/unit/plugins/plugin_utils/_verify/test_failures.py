# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures: which probes are one line, and what the line says."""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.plugin_utils._verify.failures import failures, in_order


def probe(sender, receiver, flow, ports=(600, 3901), why="lost"):
    return {
        "from": sender, "to": receiver, "flows": [flow] if flow else [], "protocol": "tcp", "why": why,
        "source_port": ports[0], "destination_port": ports[1],
    }  # fmt: skip


def lines(probes, others=()):
    return list(map(str, failures(probes, [*probes, *others])))


def test_a_flow_of_several_hosts_is_one_line():
    clients = [f"c{number}" for number in range(1, 6)]
    probes = [probe("m", client, "nimsh-request") for client in clients]
    passed = [probe("m", client, "nim-stderr") for client in clients]
    assert lines(probes, passed) == ["nimsh-request from m to c1, c2, c3 and 2 more (tcp, 600 to 3901): lost"]


def test_a_whole_flow_has_a_range_and_a_part_of_it_has_ports():
    whole = [probe("m", "c", "nimsh-request", (port, 3901)) for port in (513, 700, 1023)]
    other = [probe("m", "c", "nim-stderr")]
    assert lines(whole, other) == ["nimsh-request from m to c (tcp, 513-1023 to 3901): lost"]
    assert lines(whole[:2], [whole[2], *other]) == [
        "nimsh-request from m to c (tcp, only 513 to 3901, 700 to 3901): lost"
    ]


def test_hosts_between_which_nothing_passes_are_one_line():
    probes = [probe("m", "c", flow) for flow in ("nimsh-request", "nim-stderr", "mountd-tcp")]
    assert lines(probes) == ["all flows from m to c (3 flows): lost"]


def test_other_reasons_are_other_lines():
    probes = [probe("m", "c", "nimsh-request"), probe("m", "d", "nimsh-request", why="rejected")]
    assert lines(probes, [probe("m", host, "nim-stderr") for host in "cd"]) == [
        "nimsh-request from m to c (tcp, 600 to 3901): lost",
        "nimsh-request from m to d (tcp, 600 to 3901): rejected",
    ]


def test_a_control_belongs_to_no_flow():
    assert lines([probe("m", "c", None, why="")]) == ["a control packet from m to c (tcp, 600 to 3901)"]


def test_flows_have_the_order_of_the_catalog():
    assert in_order(["nfs-tcp", "mountd-tcp", "nimsh-request"]) == ["nimsh-request", "mountd-tcp", "nfs-tcp"]
