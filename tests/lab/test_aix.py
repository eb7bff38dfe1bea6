# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated AIX hosts: flows opened and closed over ssh, and packets asked about at both ends."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .aix import packets
from .handle import HostHandle
from .playbook import PlaybookRun
from .probes import aix_edits

HOSTS = ("aixmaster01", "aixclient01")
ENDS = ("source", "destination")
WAYS = {"in": "inbound", "out": "outbound"}

OPEN = [
    {"name": "Compute", "fleet.ports.port_matrix": {}, "register": "matrix"},
    {
        "name": "Open",
        "fleet.ports.firewall_flows": {"flows": "{{ matrix.plan.flows }}", "peers": "{{ matrix.plan.peers }}"},
    },
]
CLOSE = [{"name": "Close", "fleet.ports.firewall_flows": {"state": "absent"}}]


class Site:
    """Both hosts, and what the playbooks did to them."""

    def __init__(self, host: Callable[[str], HostHandle], playbook: Callable[..., PlaybookRun]) -> None:
        self.handles = {name: host(name) for name in HOSTS}
        self._playbook = playbook

    def play(self, tasks: list[dict[str, Any]], *arguments: str, name: str = "all") -> PlaybookRun:
        """Run tasks on both hosts, or on one."""
        hosts = ",".join(HOSTS) if name == "all" else name
        return self._playbook([{"hosts": hosts, "gather_facts": False, "tasks": tasks}], *arguments)

    def state(self, name: str) -> dict[str, Any]:
        """The simulated host's whole state."""
        return json.loads(self.handles[name].run("cat /var/lib/aix-simulator/state.json"))

    def tables(self, name: str) -> dict[str, Any]:
        """Both tables of both families, but for the time of loading."""
        found = self.state(name)["filters"]
        for family in found.values():
            if family["active"]:
                del family["active"]["since"]
        return found

    def edits(self, name: str) -> list[list[str]]:
        """The starts of programs that change something, since the last time they were forgotten."""
        return aix_edits(self.handles[name])


@pytest.fixture(scope="module")
def site(host: Callable[[str], HostHandle], playbook: Callable[..., PlaybookRun]) -> Iterator[Site]:
    """Both hosts, given back at the end."""
    both = Site(host, playbook)
    yield both
    both.play(CLOSE)


@pytest.fixture(scope="module")
def plans(site: Site) -> dict[str, dict[str, Any]]:
    """The plans of both hosts, whose flows are open."""
    done = site.play(OPEN)
    assert done.status == 0, done.output
    return {name: done.result(name, "fleet.ports.port_matrix")["plan"] for name in HOSTS}


def test_facts_say_that_it_is_aix(site: Site) -> None:
    """Ansible takes the hosts for AIX."""
    done = site.play([{"name": "Look", "ansible.builtin.setup": {"gather_subset": ["!all", "platform"]}}])
    for name in HOSTS:
        assert done.result(name, "ansible.builtin.setup")["ansible_facts"]["ansible_system"] == "AIX"


def test_a_second_run_starts_no_program_that_changes(site: Site, plans: dict[str, Any]) -> None:
    """The second run changes nothing, in check mode neither."""
    for name in HOSTS:
        site.handles[name].run("aix-simulator forget_calls")
    assert site.play(OPEN, "--check").changed_hosts() == []
    assert site.play(OPEN).changed_hosts() == []
    assert [site.edits(name) for name in HOSTS] == [[], []]


@pytest.mark.any_core
@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("direction", ["in", "out"])
@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_flows_pass_at_each_edge_and_nothing_beside(
    site: Site, plans: dict[str, Any], name: str, direction: str, protocol: str
) -> None:
    """First, last and a middle port of each range pass; a port outside passes only if another flow says so."""
    state, plan = site.state(name), plans[name]
    flows = [flow for flow in plan["flows"] if (flow["direction"], flow["protocol"]) == (direction, protocol)]
    asked = 0
    for flow in flows:
        ends = [_address(plan, flow, end) for end in ENDS]
        alike = [other for other in flows if all(_includes(plan, other, end, at) for end, at in zip(ENDS, ends))]
        for source, destination in itertools.product(_edges(flow["source"]), _edges(flow["destination"])):
            for ack in (False, True):
                packet = packets.packet(WAYS[direction], *ends, protocol, source, destination, ack=ack)
                assert packets.passes(state, packet) == any(_says(other, source, destination, ack) for other in alike)
                asked += 1
    assert asked > 50


def _ranges(end: dict[str, Any]) -> list[tuple[int, int]]:
    return [(int(text.split("-")[0]), int(text.split("-")[-1])) for text in end["ports"]]


def _edges(end: dict[str, Any]) -> list[int]:
    beside = {port for first, last in _ranges(end) for port in (first - 1, first, (first + last) // 2, last, last + 1)}
    return sorted(port for port in beside if 1 <= port <= 65535)


def _group(plan: dict[str, Any], flow: dict[str, Any], end: str) -> list[str]:
    """The networks at an end; the host's own end is itself, unless it is named."""
    is_own = (flow["direction"] == "out") == (end == "source")
    named = flow[end].get("peers")
    return plan["peers"][named] if named else plan["addresses"] if is_own else plan["peers"][flow[end]["role"]]


def _address(plan: dict[str, Any], flow: dict[str, Any], end: str) -> str:
    return _group(plan, flow, end)[0].partition("/")[0]


def _includes(plan: dict[str, Any], flow: dict[str, Any], end: str, address: str) -> bool:
    is_own = (flow["direction"] == "out") == (end == "source")
    return (is_own and "peers" not in flow[end]) or f"{address}/32" in _group(plan, flow, end)


def _says(flow: dict[str, Any], source: int, destination: int, ack: bool) -> bool:
    return (
        (ack or flow["initiates"] or flow["protocol"] == "udp")
        and any(first <= source <= last for first, last in _ranges(flow["source"]))
        and any(first <= destination <= last for first, last in _ranges(flow["destination"]))
    )


@pytest.mark.any_core
def test_a_module_that_is_killed_half_way_is_mended_by_the_next_run(site: Site, plans: dict[str, Any]) -> None:
    """Whatever command was the last, the next run ends in the wanted table."""
    name = HOSTS[0]
    wanted = site.tables(name)
    site.play(CLOSE, name=name)
    site.handles[name].run("""aix-simulator fault '["genfilt"]' '{"call": 30, "kills_caller": true}'""")
    assert site.play(OPEN, name=name).status != 0
    assert site.tables(name) != wanted
    assert site.play(OPEN, name=name).status == 0
    assert site.tables(name) == wanted


def test_giving_back_leaves_the_tables_as_they_were(site: Site) -> None:
    """The tables are what the set-up made them, and the record is gone."""
    site.play(CLOSE)
    before = site.tables(HOSTS[1])
    assert site.play(OPEN).changed_hosts() == sorted(HOSTS)
    assert site.play(CLOSE).changed_hosts() == sorted(HOSTS)
    assert site.tables(HOSTS[1]) == before
    assert not site.handles[HOSTS[1]].succeeds("test -e /var/lib/fleet.ports")
