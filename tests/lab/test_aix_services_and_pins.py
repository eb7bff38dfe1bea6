# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated AIX hosts: ports named, daemons pinned through SRC, faults of it, and everything given back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .handle import HostHandle
from .playbook import PlaybookRun

pytestmark = pytest.mark.any_core

MASTER, CLIENT = "aixmaster01", "aixclient01"
ROLES = ("rmcp_services", "nfs_ports")
ALL_ROLES: dict[str, Any] = {f"{role}_roles": [] for role in ROLES}
IN_ORDER = [
    "stopsrc rpc.lockd", "stopsrc rpc.statd", "startsrc rpc.statd", "startsrc rpc.lockd",
    "stopsrc rpc.mountd", "startsrc rpc.mountd",
]  # fmt: skip
NAMES = {"nim/tcp": 1058, "nimreg/tcp": 1059, "nimsh/tcp": 3901, "nimaux/tcp": 3902, "nimhttp/tcp": 4901}

Apply = Callable[..., PlaybookRun]


@pytest.fixture(autouse=True)
def hosts(host: Callable[[str], HostHandle]) -> Iterator[dict[str, HostHandle]]:
    """Both hosts, as they were when the lab came up."""
    both = {name: host(name) for name in (MASTER, CLIENT)}
    for each in both.values():
        each.renew()
    yield both
    for each in both.values():
        each.renew()


@pytest.fixture
def apply(playbook: Callable[..., PlaybookRun]) -> Apply:
    """Apply both roles to both hosts, or to one."""

    def run(*arguments: str, name: str = f"{MASTER},{CLIENT}", **variables: Any) -> PlaybookRun:
        play = {"hosts": name, "gather_facts": False, "roles": [{"role": f"fleet.ports.{role}"} for role in ROLES]}
        return playbook([play], *arguments, extra_vars={**ALL_ROLES, **variables})

    return run


def turns(handle: HostHandle) -> list[str]:
    """The starts of stopsrc and startsrc so far."""
    calls = json.loads(handle.run("""aix-simulator calls '["stopsrc", "startsrc"]'"""))
    return [f"{call[0]} {call[-1]}" for call in calls]


def subsystems(handle: HostHandle) -> list[str]:
    """What SRC says of them, without process numbers."""
    return [f"{line[:18].strip()}: {line[48:].strip()}" for line in handle.run("lssrc -a").splitlines()[1:]]


def registered(handle: HostHandle) -> dict[str, set[int]]:
    """Where the portmapper says that daemons are."""
    found: dict[str, set[int]] = {}
    for line in handle.run("rpcinfo -p").splitlines()[1:]:
        found.setdefault(line.split()[4], set()).add(int(line.split()[3]))
    return found


def test_names_and_pins_come_and_go(hosts: dict[str, HostHandle], apply: Apply) -> None:
    """Daemons move in the right order, a second run starts nothing, and the end is the beginning byte for byte."""
    before = {name: (handle.run("cat /etc/services"), subsystems(handle)) for name, handle in hosts.items()}

    done = apply("-e", "nim_http=true")
    assert done.status == 0, done.output
    assert turns(hosts[MASTER]) == IN_ORDER
    assert registered(hosts[MASTER])["mountd"] == {20048} and registered(hosts[MASTER])["nlockmgr"] == {4045}
    assert min(registered(hosts[MASTER])["status"]) >= 32768
    result = done.result(MASTER, "fleet.ports.rpc_ports")
    assert result["pins"] == {"mountd": 20048, "lockd": 4045, "statd": None} and list(result["unpinnable"]) == ["statd"]
    for handle in hosts.values():
        assert [int(handle.run(_lookup(name))) for name in NAMES] == list(NAMES.values())
        handle.run("aix-simulator forget_calls")

    for arguments in (["--check"], []):
        assert apply("-e", "nim_http=true", *arguments).changed_hosts() == []
    assert turns(hosts[MASTER]) == turns(hosts[CLIENT]) == []

    assert apply(rmcp_services_state="absent", nfs_ports_state="absent").status == 0
    after = {name: (handle.run("cat /etc/services"), subsystems(handle)) for name, handle in hosts.items()}
    assert after == before
    assert not hosts[MASTER].succeeds("test -e /var/lib/fleet.ports")


def _lookup(name: str) -> str:
    """Look a name up as a program of the host does."""
    service, protocol = name.split("/")
    return f'python3 -c \'import socket; print(socket.getservbyname("{service}", "{protocol}"))\''


def test_a_client_with_a_pin_of_its_own_starts_nothing_that_did_not_run(
    hosts: dict[str, HostHandle], apply: Apply
) -> None:
    """Only lockd and the statd that it needs are restarted; mountd, which does not run, is configured."""
    before = subsystems(hosts[CLIENT])
    assert "rpc.mountd: inoperative" in before
    done = apply(name=CLIENT, nfs_ports_lockd="4045", nfs_ports_mountd=20048)
    assert done.result(CLIENT, "fleet.ports.rpc_ports")["restarted"] == ["rpc.statd", "rpc.lockd"]
    assert subsystems(hosts[CLIENT]) == before


@pytest.mark.parametrize("system", ["aix", "linux"])
def test_a_number_for_statd_is_refused_by_the_plan_or_by_the_host(
    hosts: dict[str, HostHandle], apply: Apply, system: str
) -> None:
    """Both quote why; the host needs no variable to know what it runs."""
    done = apply(name=MASTER, nfs_ports_statd=4046, fleet_ports_system=system)
    assert "statd cannot be bound to a specific port, and will always choose" in done.complaints()[MASTER]
    assert turns(hosts[MASTER]) == [] and "20048" not in hosts[MASTER].run("cat /etc/services")


def test_a_daemon_that_does_not_stop(hosts: dict[str, HostHandle], apply: Apply) -> None:
    """What was stopped is up again, the sentence names the daemon, and the next run mends it."""
    before = [line.partition(":")[0] for line in subsystems(hosts[MASTER]) if not line.endswith("inoperative")]
    hosts[MASTER].run("""aix-simulator be_stubborn '["rpc.statd"]'""")
    assert apply(name=MASTER).complaints()[MASTER] == (
        "rpc.statd was requested to stop, but after 30 seconds lssrc reports 'stopping'; end what it waits for, "
        "then run again."
    )
    assert "rpc.lockd: active" in subsystems(hosts[MASTER])
    hosts[MASTER].run("""aix-simulator change '[]' '{"faults": [], "stop_seconds": 0}'; stopsrc -s rpc.statd""")
    assert apply(name=MASTER).status == 0
    after = [line.partition(":")[0] for line in subsystems(hosts[MASTER]) if line.endswith(": active")]
    assert after == before


def test_a_run_that_is_killed_with_daemons_down(hosts: dict[str, HostHandle], apply: Apply) -> None:
    """The record knows what was stopped, so the next run starts it."""
    before = subsystems(hosts[MASTER])
    hosts[MASTER].run("""aix-simulator fault '["stopsrc"]' '{"call": 2, "kills_caller": true}'""")
    assert apply(name=MASTER).status != 0
    assert apply(name=MASTER).status == 0
    assert subsystems(hosts[MASTER]) == before and registered(hosts[MASTER])["nlockmgr"] == {4045}
    hosts[MASTER].run("aix-simulator forget_calls")
    assert apply(name=MASTER).changed_hosts() == [] and turns(hosts[MASTER]) == []
