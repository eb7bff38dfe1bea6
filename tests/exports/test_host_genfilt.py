# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scripts for AIX, run on a host whose filters deny by default: what passes, a second run, and removal."""

from __future__ import annotations

import random
import shlex
from ipaddress import ip_address

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._export.export_files import Exports

from . import fleets
from .aix import Machine

WAYS = {"in": "inbound", "out": "outbound"}
STRANGER = "203.0.113.99"


@pytest.fixture(name="script", scope="module")
def fixture_script():
    """A short script."""
    return script_of(fleets.of_aix("pinned_nfs_servers", "pinned_nfs_clients"), "lpar01")


def script_of(fleet, host):
    return dict(Exports(["host_genfilt"], fleet.plans(fleet.names), fleet.system).files())[f"host_genfilt/{host}.sh"]


@pytest.fixture(name="machine")
def fixture_machine(tmp_path):
    return Machine(tmp_path)


def packets_of(plan):
    """A packet at each corner of each flow; a reply over TCP has ACK."""
    own = plan["addresses"][0].partition("/")[0]
    for flow in plan["flows"]:
        ends = []
        for end, own_direction in ((flow["source"], "out"), (flow["destination"], "in")):
            group = end.get("peers")
            is_own = flow["direction"] == own_direction and group not in ("unaddressed", "broadcast")
            address = own if is_own else plan["peers"][group or end["role"]][0].partition("/")[0]
            ports = [int(edge) for text in end["ports"] for edge in text.split("-")]
            ends.append((address, ports))
        (source, source_ports), (destination, destination_ports) = ends
        for source_port in source_ports:
            for destination_port in destination_ports:
                yield (WAYS[flow["direction"]], source, destination, flow["protocol"], source_port, destination_port), (
                    flow["protocol"] == "tcp" and not flow["initiates"]
                )


def is_asked_for(plan, packet, ack):
    """Whether a flow of the plan permits the packet."""
    way, source, destination, protocol, source_port, destination_port = packet
    for flow in plan["flows"]:
        if WAYS[flow["direction"]] != way or flow["protocol"] != protocol:
            continue
        if not flow["initiates"] and protocol == "tcp" and not ack:
            continue
        remote, address = (flow["source"], source) if way == "inbound" else (flow["destination"], destination)
        local = flow["destination"] if way == "inbound" else flow["source"]
        if local.get("peers") in ("unaddressed", "broadcast"):
            continue
        if f"{address}/32" in plan["peers"][remote.get("peers", remote["role"])] and all(
            any(_within(port, text) for text in end["ports"])
            for end, port in ((flow["source"], source_port), (flow["destination"], destination_port))
        ):
            return True
    return False


def _within(port, text):
    first, _dash, last = text.partition("-")
    return int(first) <= port <= int(last or first)


def test_what_the_plan_asks_for_passes_and_nothing_else(machine):
    fleet = fleets.of_aix("nim_masters", "nim_clients")
    plan = fleet.plans(["lpar01"])["lpar01"]
    done = machine.run(script_of(fleet, "lpar01"))
    assert (done.returncode, done.stderr) == (0, "")
    asked = list(packets_of(plan))
    for packet, ack in asked:
        assert machine.host.passes(*packet, ack=ack), packet
    draw = random.Random(0)
    master = plan["peers"]["nim_master"][0].partition("/")[0]
    own = plan["addresses"][0].partition("/")[0]
    ports = sorted({port + beside for packet, _ack in asked for port in packet[4:] for beside in (-1, 0, 1)} - {65536})
    for _each in range(1500):
        way, ends = draw.choice((("inbound", (master, own)), ("outbound", (own, master))))
        packet = (way, *ends, draw.choice(("tcp", "udp")), draw.choice(ports), draw.choice(ports))
        ack = draw.random() < 0.5 and packet[3] == "tcp"
        assert machine.host.passes(*packet, ack=ack) == is_asked_for(plan, packet, ack), (packet, ack)
    for packet, ack in asked:
        if ip_address(packet[1]).is_private and packet[1] == master:
            assert not machine.host.passes(packet[0], STRANGER, *packet[2:], ack=ack)


def test_it_can_be_repeated_and_taken_back(machine, script):
    machine.host.run(shlex.split(
        "genfilt -v 4 -a P -s 0.0.0.0 -m 0.0.0.0 -d 0.0.0.0 -M 0.0.0.0 -g N -c tcp -o any -p 0 -O eq -P 22 -r L -w I"
        " -l N -f Y -t 0 -i all -D ssh"
    ))  # fmt: skip
    machine.host.run(["mkfilt", "-v4", "-u"])
    before = machine.filters()
    assert machine.run(script).returncode == 0
    opened = machine.filters()
    assert opened != before
    assert machine.run(script).returncode == 0
    assert machine.filters() == opened
    assert machine.run(script, "remove").returncode == 0
    assert machine.filters() == before


def test_where_the_default_permits_there_is_nothing_to_open(tmp_path, script):
    machine = Machine(tmp_path, default="P")
    before = machine.filters()
    assert machine.run(script).returncode == 0
    assert machine.filters() == before


def test_a_filter_that_is_not_in_force_is_not_put_in_force(machine, script):
    for family in ("4", "6"):
        machine.host.run(["mkfilt", f"-v{family}", "-d"])
    assert machine.run(script).returncode == 0
    assert [family["active"] for family in machine.filters().values()] == [None, None]
    assert len(machine.filters()["4"]["defined"]) > 5


def test_what_fails_leaves_the_rules_in_force_as_they_were(machine, script):
    before = machine.filters()
    machine.host.fault("genfilt", call=5)
    done = machine.run(script)
    assert done.returncode == 1
    assert done.stderr.endswith("The IPv4 rules could not be defined; the active rules were left unchanged.\n")
    assert machine.filters() == before


@pytest.mark.parametrize("call", range(1, 5))
@pytest.mark.parametrize("words", [(), ("remove",)])
def test_a_failing_lsfilt_is_not_an_empty_table(machine, script, words, call):
    """lsfilt is called for the rules of earlier scripts, the default rule and the active rules, and again for IPv6."""
    machine.host.fault("lsfilt", call=call)
    before = machine.filters()
    done = machine.run(script, *words)
    assert done.returncode == 1 and done.stderr
    if call < 3:
        assert machine.filters() == before


def test_without_a_default_rule_the_script_says_what_to_do(machine, script):
    (machine.programs / "lsfilt").write_text("#!/bin/sh\n")
    done = machine.run(script)
    assert (done.returncode, done.stderr) == (
        1, "lsfilt lists no default rule for IPv4. Make the ipsec devices available and run again.\n"
    )  # fmt: skip


def test_any_other_word_is_no_command(machine, script):
    done = machine.run(script, "delete")
    assert done.returncode == 2 and done.stderr.endswith(" [remove]\n")


def test_a_master_of_thousands_needs_networks():
    fleet = fleets.many(300, fleet_ports_system="aix")
    with pytest.raises(MatrixError, match=r"^Host nim01: its flows need \d+ IP filter rules, .*nim_client_networks"):
        script_of(fleet, "nim01")
