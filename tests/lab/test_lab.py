# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab is what it claims to be: otherwise every other test of it proves nothing."""

from __future__ import annotations

import json
import subprocess

import pytest

from .controller import INVENTORY
from .fleet import HOSTS
from .lab import STATE, Lab
from .root_tree import CACHE

pytestmark = pytest.mark.any_core

STATD_SOCKET = "ss -Hlunp src 127.0.0.1:664"


@pytest.mark.parametrize("name", [each.name for each in HOSTS])
def test_every_host_has_booted_without_a_failed_unit(host, name):
    assert host(name).run("hostname") == f"{name}\n"
    assert host(name).run("systemctl --failed --no-legend --plain") == ""


def test_inventory_names_the_fleet(lab):
    argv, environment = lab.controller.ansible(["ansible-inventory", "-i", INVENTORY, "--list"])
    inventory = json.loads(subprocess.check_output(argv, env=environment))
    named = {name: facts["ansible_host"] for name, facts in inventory["_meta"]["hostvars"].items()}
    assert named == {each.name: each.address for each in HOSTS}


def test_a_playbook_reaches_every_host(playbook):
    ping = {"hosts": "all", "gather_facts": False, "tasks": [{"ansible.builtin.ping": {}}]}
    run = playbook([ping])
    assert run.status == 0, run.output
    assert {task["host"] for task in run.tasks if task["result"]["ping"] == "pong"} == {each.name for each in HOSTS}


def test_statd_holds_the_secondary_rmcp_port_at_each_start(host):
    bmc = host("bmc01")
    bmc.renew()
    assert "rpc.statd" in bmc.run(STATD_SOCKET)
    bmc.run("systemctl restart rpc-statd")
    assert "rpc.statd" in bmc.run(STATD_SOCKET)
    bmc.reboot()
    assert "rpc.statd" in bmc.run(STATD_SOCKET)


def test_services_database_of_the_bmc_host_knows_neither_port(host):
    assert not host("bmc01").succeeds("grep -E '[[:space:]](623|664)/' /etc/services")


def test_reboot_forgets_what_a_kernel_forgets_and_keeps_files(host):
    master = host("master01")
    master.run("nft add table ip passing && echo kept > /var/lib/kept && sysctl -qw net.ipv4.ip_default_ttl=99")
    master.reboot()
    assert "passing" not in master.run("nft list tables")
    assert "99" not in master.run("sysctl net.ipv4.ip_default_ttl")
    assert master.run("cat /var/lib/kept") == "kept\n"


def test_masters_firewall_lets_only_ssh_in(host):
    assert "LISTEN" in host("master01").run("ss -Hltn sport = :111")
    neighbour = host("gateway01")
    assert neighbour.succeeds("socat -u OPEN:/dev/null TCP:192.0.2.10:22,connect-timeout=1")
    assert not neighbour.succeeds("socat -u OPEN:/dev/null TCP:192.0.2.10:111,connect-timeout=1")


def test_gateway_forwards_nothing_but_icmp(host):
    client = host("client02")
    assert client.succeeds("ping -c1 -W2 192.0.2.10") and client.succeeds("ping -6 -c1 -W2 2001:db8:1::10")
    assert not client.succeeds("socat -u OPEN:/dev/null TCP:192.0.2.10:22,connect-timeout=1")


def test_firewalld_runs_where_it_should_and_nowhere_else(host):
    assert host("client01").run("firewall-cmd --state") == "running\n"
    assert not host("client02").succeeds("command -v firewalld")


def test_kernel_nfs_server_registers_its_programs(host):
    registered = host("nfs01").run("rpcinfo -p")
    for program in ("mountd", "nlockmgr", "status", "nfs"):
        assert program in registered


def test_exported_file_is_readable_on_the_server(host):
    assert "image" in host("nfs01").run("nfs-ls 'nfs://192.0.2.20/export?version=3'")


def test_down_leaves_nothing_behind():
    def traces() -> str:
        look = (
            "ip netns; cat /proc/mounts; ps -eo args; ip -br link; ls /run/systemd/nspawn/propagate 2>/dev/null;"
            f" ls -d {STATE}/*; find /sys/fs/cgroup -type d; find {CACHE}/running -maxdepth 1"
        )
        lines = subprocess.run(["sh", "-c", look], capture_output=True, text=True, check=False).stdout.splitlines()
        return "\n".join(line for line in lines if "gone" in line and "sh -c" not in line)

    other = Lab("gone")
    other.up(["client02"])
    assert other.run("client02", "hostname").stdout == "client02\n"
    assert "fleet-gone-client02" in traces()
    other.down()
    assert traces() == ""
