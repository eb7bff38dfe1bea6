# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole collection on the whole fleet, in the order of an operator's day: look, apply, look again, give back.

The tests of this file build on each other; the first starts from hosts as they were installed.
"""

from __future__ import annotations

import re

import pytest

from .fleet import HOSTS
from .handle import HostHandle
from .probes import aix_edits, aix_state, connect, fingerprint, ruleset, takeable

NAMES = [each.name for each in HOSTS]
AIX = [each.name for each in HOSTS if each.aix_role]
LINUX = [name for name in NAMES if name not in AIX]
ON_THE_CONTROLLER = {"run_check", "run_summary"}
PINS = {"mountd": {20048}, "nlockmgr": {4045}, "status": {4046}}
PINNED = {(name, transport): ports for name, ports in PINS.items() for transport in ("tcp", "udp")}
MASTER = "192.0.2.10"


@pytest.fixture(scope="module", autouse=True)
def fresh(lab):
    """The fleet as it was installed, and what its files are like."""
    lab.renew(*NAMES)


def state(host: HostHandle) -> tuple[str, object]:
    """All of a host that this collection may touch: its files, and its packet filter and daemons."""
    return fingerprint(host), aix_state(host) if host.name in AIX else ruleset(host)


@pytest.fixture(scope="module")
def installed(host, fresh):
    """Each host before anything was done."""
    return {name: state(host(name)) for name in NAMES}


def rpc_ports(server):
    """Which ports mountd, lockd and statd have, by program."""
    ports = {}
    for line in server.run("rpcinfo -p").splitlines()[1:]:
        _program, _version, transport, port, name = line.split()[:5]
        if name in PINS:
            ports.setdefault((name, transport), set()).add(int(port))
    return ports


def assert_bmc_ports_are_held(bmc):
    assert takeable(bmc) == []
    for port in 623, 664:
        assert not bmc.succeeds(f"socat -u OPEN:/dev/null TCP:127.0.0.1:{port},connect-timeout=1")
    assert "rpc.statd" in bmc.run("ss -Hlunp")
    assert "rpc.statd" not in bmc.run("ss -Hlunp 'sport = :623 or sport = :664'")


def test_statd_has_a_port_of_the_bmc_at_first(host):
    assert "rpc.statd" in host("bmc01").run("ss -Hlunp src 127.0.0.1:664")


def test_check_mode_shows_what_would_change_and_changes_nothing(host, playbook, installed):
    run = playbook("fleet.ports.site", "--check", "--diff")
    assert run.status == 0, run.output
    assert sorted(run.changed_hosts()) == sorted(NAMES)
    assert re.search(r"^\+rmcps\s+664/udp", run.output, re.MULTILINE), run.output
    assert {name: state(host(name)) for name in NAMES} == installed


def test_site_brings_the_fleet_in_order(playbook, installed):
    run = playbook("fleet.ports.site")
    assert run.status == 0, run.output
    assert sorted(run.changed_hosts()) == sorted(NAMES)


@pytest.mark.any_core
def test_nobody_can_take_the_bmcs_ports(host):
    assert_bmc_ports_are_held(host("bmc01"))
    assert takeable(host("client01")) == []


@pytest.mark.any_core
def test_pins_are_where_rpcbind_says(host):
    assert rpc_ports(host("nfs01")) == PINNED


def test_second_run_changes_nothing_and_costs_one_execution_a_host(host, playbook):
    for name in AIX:
        aix_edits(host(name), forget=True)
    for options in ("--check",), ():
        run = playbook("fleet.ports.site", *options)
        assert run.status == 0, run.output
        assert run.changed_hosts() == []
        tasks = [(task["host"], task["action"].rpartition(".")[2]) for task in run.tasks if task["status"] == "ok"]
        remote = [(name, module) for name, module in tasks if module not in ON_THE_CONTROLLER]
        assert sorted(remote) == [(name, "host_ports") for name in sorted(NAMES)]
    assert [aix_edits(host(name)) for name in AIX] == [[] for name in AIX]


@pytest.mark.any_core
def test_the_matrix_flows_pass_and_their_neighbours_do_not(host):
    """From a client through the gateway to the master: each of the three enforces."""
    for client in "client01", "client02":
        assert connect(host(client), 1000, MASTER, 1058) == "refused"
        assert connect(host(client), 1000, MASTER, 1059) == "refused"
        assert connect(host(client), 1000, MASTER, 1060) == "blocked"
        assert connect(host(client), 40000, MASTER, 1058) == "blocked"
        assert connect(host(client), 1000, MASTER, 22) == "blocked"
    assert connect(host("master01"), 1000, "198.51.100.11", 3901) == "refused"
    assert connect(host("master01"), 1000, "198.51.100.12", 3901) == "refused"
    assert connect(host("master01"), 1000, "198.51.100.12", 3903) == "blocked"


@pytest.mark.any_core
def test_a_client_reads_from_the_resource_server_through_the_gateway(host):
    """A real NFSv3 client asks portmapper and mountd first, each from a port of its own choice."""
    client = host("client01")
    client.run("timeout 60 nfs-cp 'nfs://192.0.2.20/export/image?version=3' /tmp/image")
    assert client.run("stat --format %s /tmp/image") == host("nfs01").run("stat --format %s /export/image")


@pytest.mark.any_core
@pytest.mark.parametrize(
    "name, service", [("master01", "nftables"), ("gateway01", "nftables"), ("client01", "firewalld")]
)
def test_flows_stay_open_when_the_firewall_service_restarts(host, name, service):
    host(name).run(f"systemctl restart {service}")
    assert connect(host("client01"), 1000, MASTER, 1058) == "refused"
    assert connect(host("client01"), 1000, MASTER, 1060) == "blocked"


@pytest.mark.any_core
def test_reboot_brings_no_change(lab, host, playbook):
    lab.reboot(*LINUX)
    assert_bmc_ports_are_held(host("bmc01"))
    assert takeable(host("client01")) == []
    assert rpc_ports(host("nfs01")) == PINNED
    assert connect(host("client01"), 1000, MASTER, 1058) == "refused"
    assert connect(host("client02"), 1000, MASTER, 1060) == "blocked"
    run = playbook("fleet.ports.site")
    assert run.status == 0, run.output
    assert run.changed_hosts() == []


def test_a_concern_that_a_host_lost_is_removed(host, playbook):
    """client01 is in two groups; without bmc_hosts it keeps its flows and gives its holds back."""
    lost = {"fleet_ports_groups": {"bmc_host": ["none_of_these"]}}
    check = playbook("fleet.ports.site", "--check", "--limit", "client01", extra_vars=lost)
    assert check.changed_hosts() == ["client01"], check.output
    assert takeable(host("client01")) == []
    assert playbook("fleet.ports.site", "--limit", "client01", extra_vars=lost).status == 0
    assert "udp 0.0.0.0:623" in takeable(host("client01"))
    assert connect(host("client01"), 1000, MASTER, 1058) == "refused"
    assert playbook("fleet.ports.site", "--limit", "client01").changed_hosts() == ["client01"]
    assert takeable(host("client01")) == []


def test_a_gateway_that_lost_its_last_master_is_closed(host, playbook):
    """Its plan asks for nothing then, and the host still has rules: a run takes them away if that is confirmed."""
    groups = {"fleet_ports_groups": {"nim_master": ["none_of_these"], "nim_resource_server": ["none_of_these"]}}
    gateway = host("gateway01")
    assert "192.0.2.10" in ruleset(gateway)
    refused = playbook("fleet.ports.site", "--limit", "gateway01", extra_vars=groups)
    assert "or permit it with -e fleet_ports_max_shrink=100" in refused.complaints()["gateway01"], refused.output
    assert "192.0.2.10" in ruleset(gateway)
    confirmed = {**groups, "fleet_ports_max_shrink": "100"}
    for expected in ["gateway01"], []:
        run = playbook("fleet.ports.site", "--limit", "gateway01", extra_vars=confirmed)
        assert (run.status, run.changed_hosts()) == (0, expected), run.output
        assert "192.0.2.10" not in ruleset(gateway)
    assert playbook("fleet.ports.site", "--limit", "gateway01").changed_hosts() == ["gateway01"]
    assert connect(host("client01"), 1000, MASTER, 1058) == "refused"


def test_remove_gives_every_host_back(host, playbook, installed):
    run = playbook("fleet.ports.remove")
    assert run.status == 0, run.output
    for name in NAMES:
        assert state(host(name)) == installed[name]
    assert "udp 0.0.0.0:623" in takeable(host("bmc01"))
    again = playbook("fleet.ports.remove")
    assert again.status == 0 and again.changed_hosts() == []
