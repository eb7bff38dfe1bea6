# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""NIM on the simulated AIX hosts: its database as the source of truth, and the housekeeping around it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .handle import HostHandle
from .playbook import PlaybookRun

pytestmark = pytest.mark.any_core

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "nim_topology.yml"
MASTER, CLIENT = HOSTS = ("aixmaster01", "aixclient01")
STATE = "/var/lib/aix-simulator/state.json"
SOURCE = {"fleet_ports_master": MASTER}
LIMIT = ("--limit", ",".join(HOSTS))
CONFIRMED = {"fleet_ports_max_shrink": "100"}
ROLE = [
    {
        "hosts": ",".join(HOSTS),
        "gather_facts": False,
        "tasks": [{"name": "Apply", "ansible.builtin.include_role": {"name": "fleet.ports.nim_firewall"}}],
    }
]
RHOSTS = "aixmaster01 root\nadmin root\n"

Host = Callable[[str], HostHandle]
Playbook = Callable[..., PlaybookRun]


@pytest.fixture(scope="module", autouse=True)
def fresh(host: Host, playbook: Playbook) -> None:
    """Both hosts as they were installed, but for names that resolve, and a client that trusts its master."""
    for name in HOSTS:
        host(name).renew()
    host(MASTER).run("printf '192.0.2.30 aixmaster01\\n198.51.100.31 aixclient01\\n' >> /etc/hosts")
    host(CLIENT).run("cat > /root/.rhosts; chmod 600 /root/.rhosts", RHOSTS)


def passes(sender: str, receiver: HostHandle, port: int, source: int = 1023, interface: str = "en0") -> bool:
    """Whether a packet from a reserved port passes into a host."""
    to = {MASTER: "192.0.2.30", CLIENT: "198.51.100.31"}[receiver.name]
    words = json.dumps(["inbound", sender, to, "tcp", source, port])
    options = json.dumps({"interface": interface})
    return json.loads(receiver.run(f"aix-simulator passes '{words}' '{options}'"))


def state(host: HostHandle) -> dict[str, Any]:
    """The simulated host's whole state."""
    return json.loads(host.run(f"cat {STATE}"))


def inetd(host: HostHandle) -> list[str]:
    """What inetd serves."""
    return state(host)["inetd"]


def database(master: HostHandle) -> dict[str, Any]:
    """The objects of the NIM database."""
    return state(master)["nim"]


def set_database(master: HostHandle, objects: dict[str, Any]) -> None:
    """Let the NIM database have these objects, and no other."""
    master.run(f"cat > {STATE}", json.dumps({**state(master), "nim": objects}))


def test_the_example_opens_what_the_database_says(host: Host, playbook: Playbook) -> None:
    """The client is known by the host name of its interface, and a second run changes nothing."""
    done = playbook(EXAMPLE, *LIMIT, extra_vars=SOURCE)
    assert done.status == 0, done.output
    topology = done.result(MASTER, "fleet.ports.nim_topology_info")["topology"]
    assert {name: machine["roles"] for name, machine in topology.items()} == {
        "master": ["nim_master"], CLIENT: ["nim_client"],
    }
    assert passes("198.51.100.31", host(MASTER), 1058)
    assert not passes("198.51.100.32", host(MASTER), 1058)
    assert passes("192.0.2.30", host(CLIENT), 3901)
    assert playbook(EXAMPLE, *LIMIT, extra_vars=SOURCE).changed_hosts() == []


def test_a_client_that_the_database_lost_is_closed(host: Host, playbook: Playbook) -> None:
    """What the groups say does not count."""
    known = database(host(MASTER))
    set_database(host(MASTER), {name: found for name, found in known.items() if name != CLIENT})
    assert set(playbook(EXAMPLE, *LIMIT, extra_vars=SOURCE).complaints()) == set(HOSTS), "it is the only one"
    done = playbook(EXAMPLE, *LIMIT, extra_vars=SOURCE | CONFIRMED)
    assert sorted(done.changed_hosts()) == sorted(HOSTS), done.output
    assert not passes("198.51.100.31", host(MASTER), 1058)
    set_database(host(MASTER), known)


def test_a_retired_client_is_closed_on_both_sides_and_trusts_nobody(host: Host, playbook: Playbook) -> None:
    """With check mode first, which tells the same and does nothing."""
    assert playbook(ROLE).status == 0
    assert passes("198.51.100.31", host(MASTER), 1058)
    retire = {"nim_state": "retired"} | CONFIRMED
    for arguments in ("--check",), ():
        done = playbook(ROLE, *arguments, extra_vars=retire)
        assert done.status == 0, done.output
        assert CLIENT in done.changed_hosts()
    assert not passes("192.0.2.30", host(CLIENT), 3901)
    assert not passes("198.51.100.31", host(MASTER), 1058)
    assert host(CLIENT).run("cat /root/.rhosts") == "admin root\n"
    assert host(CLIENT).run("stat -c %a /root/.rhosts").strip() == "600"
    assert inetd(host(CLIENT)) == []
    assert playbook(ROLE, extra_vars=retire).changed_hosts() == []


def test_a_client_that_comes_back_is_as_it_was(host: Host, playbook: Playbook) -> None:
    """Its flows are open again, and its files are byte for byte what they were."""
    assert sorted(playbook(ROLE).changed_hosts()) == sorted(HOSTS)
    assert passes("192.0.2.30", host(CLIENT), 3901)
    assert host(CLIENT).run("cat /root/.rhosts") == RHOSTS
    assert inetd(host(CLIENT)) == ["shell"]


def test_fewer_reserved_ports_and_a_secondary_interface(host: Host, playbook: Playbook) -> None:
    """Five ports for one operation at a time, and only packets that come in where NIM has its network."""
    narrow = {"nim_concurrent_operations": "1", "nim_interfaces": "en1"}
    assert MASTER in playbook(ROLE, extra_vars=narrow).changed_hosts()
    asked = [(1019, "en1"), (1018, "en1"), (1019, "en0")]
    assert [
        passes("198.51.100.31", host(MASTER), 1058, source, interface) for source, interface in asked
    ] == [True, False, False]
    assert MASTER in playbook(ROLE).changed_hosts()
    assert all(passes("198.51.100.31", host(MASTER), 1058, source, interface) for source, interface in asked)


def test_tftp_gives_away_one_folder_and_is_given_back(host: Host, playbook: Playbook) -> None:
    """And a file that allows more is left alone, with a sentence."""
    limited = {"nim_firewall_tftpaccess": "true"}
    assert MASTER in playbook(ROLE, extra_vars=limited).changed_hosts()
    assert host(MASTER).run("cat /etc/tftpaccess.ctl; stat -c %a /etc/tftpaccess.ctl") == "allow:/tftpboot\n644\n"
    assert playbook(ROLE, extra_vars=limited).changed_hosts() == []
    host(MASTER).run("echo allow:/home >> /etc/tftpaccess.ctl")
    assert "has the line 'allow:/home', so TFTP cannot be limited" in playbook(ROLE, extra_vars=limited).complaints()[MASTER]
    assert playbook(ROLE, extra_vars={"nim_firewall_state": "absent"}).status == 0
    assert host(MASTER).run("cat /etc/tftpaccess.ctl") == "allow:/home\n"
    assert not host(MASTER).succeeds("test -e /var/lib/fleet.ports")
