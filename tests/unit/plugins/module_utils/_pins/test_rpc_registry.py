# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of ``rpcinfo -p``: what is read, what is away from its pin, and what a failure means."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import rpc_registry
from ansible_collections.fleet.ports.tests.unit.fakes.commands import FakeCommands
from ansible_collections.fleet.ports.tests.unit.fakes.host import FakeHost

TABLE = """\
   program vers proto   port  service
    100000    4   tcp    111  portmapper
    100005    1   udp  20048  mountd
    100005    3   udp  37231  mountd
    100005    3   tcp  20048  mountd
    100003    3   tcp   2049  nfs
    100021    1   udp   4045  nlockmgr
    100021    4   udp   4045  nlockmgr
    100024    1   tcp  58547  status
    100024    1  tcp6  58547  status
1073741824    1   tcp  40000
"""

OBSERVED = {
    "mountd": {"udp": [20048, 37231], "tcp": [20048]},
    "lockd": {"udp": [4045]},
    "statd": {"tcp": [58547]},
}


def test_the_table():
    assert rpc_registry.parse(TABLE) == OBSERVED


def test_registrations_away_from_their_pin():
    pins = {"mountd": 20048, "lockd": 4045, "statd": 4046}
    assert rpc_registry.misplaced(OBSERVED, pins) == [("mountd", "udp", 37231), ("statd", "tcp", 58547)]
    assert rpc_registry.misplaced(OBSERVED, {"lockd": 4045}) == []
    assert rpc_registry.misplaced({}, pins) == []


def silent():
    """No evidence that rpcbind runs."""
    return None


def test_reading_runs_rpcinfo():
    run = FakeCommands({"rpcinfo -p": (0, TABLE, "")})
    assert rpc_registry.read(FakeHost(run), silent) == OBSERVED
    assert run.run == ["rpcinfo -p"]


@pytest.mark.parametrize("find", [lambda name: name, lambda name: None])
def test_where_rpcbind_does_not_run_nothing_is_registered(find):
    run = FakeCommands({"rpcinfo -p": (1, "", "rpcinfo: can't contact portmapper: RPC: Remote system error\n")})
    host = FakeHost(run)
    host.find = find
    assert rpc_registry.read(host, silent) == {}


@pytest.mark.parametrize("failure, told", [
    ((1, "", "rpcinfo: can't contact portmapper: RPC: Timed out\n"),
     "'rpcinfo -p' failed: rpcinfo: can't contact portmapper: RPC: Timed out."),
    ((127, "", "No such file or directory: 'rpcinfo'"), "'rpcinfo -p' failed: No such file or directory: 'rpcinfo'."),
    ((139, "", ""), "'rpcinfo -p' failed: exit status 139."),
])  # fmt: skip
def test_where_rpcbind_runs_a_failing_rpcinfo_is_an_error(failure, told):
    with pytest.raises(HostError) as caught:
        rpc_registry.read(FakeHost(FakeCommands({"rpcinfo -p": failure})), lambda: "udp port 111 is in use by rpcbind")
    assert str(caught.value) == (
        f"{told} The ports of the NFS daemons are unknown, although udp port 111 is in use by rpcbind; check that "
        "'rpcinfo -p' works on this host, then run again."
    )


def test_where_rpcbind_runs_a_missing_rpcinfo_is_an_error():
    host = FakeHost(None)
    host.find = lambda name: None
    with pytest.raises(HostError, match="^This host has no rpcinfo. The ports .*, although portmap is active; check"):
        rpc_registry.read(host, lambda: "portmap is active")


def test_an_empty_table():
    assert rpc_registry.parse("No remote programs registered.\n") == {}


def test_lines_of_another_form_say_nothing():
    text = "rpcinfo: can't contact\n\n 100005 1 udp\n 100005 1 udp x mountd\n 100005 1 sctp 1 mountd\n" + TABLE
    assert rpc_registry.parse(text) == OBSERVED
